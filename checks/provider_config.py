"""The kubelet's credential providers: does one of them speak for this image?

The kubelet asks a provider only where a pattern of its ``matchImages`` fits the image. The rules
are the kubelet's own (https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/):
as many labels in the host's name, each matched by itself, the same port, and a prefix of the path.
"""

import fnmatch
from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Unseen
from checks.machine_replies import ProviderReply
from checks.ports import World
from checks.replies import Failure, Trouble
from checks.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMatched(Fact):
    name: str
    pattern: str

    @property
    def summary(self) -> str:
        return f"{self.name} speaks for this registry by {self.pattern}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUnmatched(Failed):
    """The kubelet has providers, and asks none of them about this image."""

    names: tuple[str, ...]
    patterns: tuple[str, ...]
    source: str

    @property
    def summary(self) -> str:
        return f"no pattern in {self.source} fits: {', '.join(self.patterns)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUnknown(Unseen):
    """There is no kubelet, or none that could be read."""

    why: str

    @property
    def summary(self) -> str:
        return self.why


def gather(world: World, target: Target) -> ProviderMatched | ProviderUnmatched | ProviderUnknown:
    return parse(world.node.providers(), target)


def parse(
    replies: tuple[ProviderReply, ...] | Failure, target: Target
) -> ProviderMatched | ProviderUnmatched | ProviderUnknown:
    if isinstance(replies, Failure):
        if replies.trouble is Trouble.ABSENT:
            return ProviderUnknown(why="no kubelet on this machine")
        return ProviderUnknown(why=f"{answers.clean(replies.detail)}: {replies.trouble}")
    if not replies:
        return ProviderUnknown(why="the kubelet is told of no credential provider")
    image = "/".join(filter(None, (target.login_server, target.repository)))
    for one in replies:
        for pattern in one.match_images:
            if matches(pattern, image):
                name = answers.clean(one.name)
                return ProviderMatched(name=name, pattern=answers.clean(pattern))
    patterns = [answers.clean(p, 100) for one in replies for p in one.match_images]
    return ProviderUnmatched(
        names=tuple(answers.clean(one.name, 100) for one in replies),
        patterns=tuple(dict.fromkeys(patterns)),
        source=answers.clean(replies[0].source),
    )


def matches(pattern: str, image: str) -> bool:
    """Tell whether the kubelet asks a provider with ``pattern`` about ``image`` (without tag)."""
    wanted, wanted_port, wanted_path = _split(pattern)
    labels, port, path = _split(image)
    if port != wanted_port or len(labels) != len(wanted) or not path.startswith(wanted_path):
        return False
    pairs = zip(labels, wanted, strict=True)
    return all(fnmatch.fnmatchcase(label, glob) for label, glob in pairs)


def _split(text: str) -> tuple[list[str], str, str]:
    """Give the host's labels, the port and the path with its leading slash."""
    bare = text.partition("://")[2] or text
    place, slash, path = bare.partition("/")
    host, _, port = place.partition(":")
    return host.split("."), port, slash + path


CHECK = Check(
    id="credential-provider",
    title="the kubelet's provider speaks for the registry",
    gather=gather,
    asks=(asks.read("/var/lib/kubelet/credential-provider-config.yaml", "whom it speaks for"),),
)
