"""What the kubelet's own credential provider says when it is run as the kubelet runs it.

The kubelet logs the plug-in's words and goes on without credentials, so that a pod's event shows
only that an anonymous pull was refused. The words are those of acr-credential-provider
(kubernetes-sigs/cloud-provider-azure, pkg/credentialprovider).
"""

import re
from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Unseen
from checks.ports import World
from checks.replies import Failure, Trouble
from checks.runtime_replies import ProviderRun
from checks.target import Target
from checks.token_replies import Token
from checks.words import Word

_SHOWN = 10  # hosts; Azure's plug-in names six
_NAMELESS = "the kubelet's plug-in"


class Meaning(Word):
    """What the plug-in's words come to."""

    NETWORK_REFUSED = "the registry refuses the network"
    UNREACHED = "it does not reach the registry"
    IDENTITY_REFUSED = "the registry refuses the identity"
    NO_TOKEN = "it gets no token of the identity"  # noqa: S105 a sentence
    SILENT = "it does not come to an end"
    OTHER = "it fails"


_WORDINGS = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"AAD challenge, status: 403|responded with status code 403", Meaning.NETWORK_REFUSED),
        (r"error reaching registry endpoint|failed to reach auth url", Meaning.UNREACHED),
        (r"auth url \S+ responded with status code 40[01]", Meaning.IDENTITY_REFUSED),
        (r"failed to get token credential|ManagedIdentityCredential", Meaning.NO_TOKEN),
        (r"\Ano answer in time\Z", Meaning.SILENT),  # this program's own words
    )
)


# klog's line header, and what Entra adds to its words: a fact holds no time and no number of a run.
_VARYING = re.compile(
    r"[IWEF]\d{4} [\d:.]+ +\d+ \S+\] |\b(?:Trace ID|Correlation ID): [0-9a-f-]+ ?"
    r"|\bTimestamp: [\d: -]+Z? ?"
)


def meaning(text: str) -> Meaning:
    """Give the first reading of ``text``; the order decides, as words of a cause are wrapped."""
    return next((told for pattern, told in _WORDINGS if pattern.search(text)), Meaning.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeletCredentials(Fact):
    provider: str
    hosts: tuple[str, ...]
    token: Token | None  # None: what it gave is for anybody, or for other hosts

    @property
    def summary(self) -> str:
        if self.token is None:
            return f"{self.provider} ran, and gave no credentials for this image"
        return f"{self.provider} gave credentials for {', '.join(self.hosts[:_SHOWN])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeletCredentialsFailed(Failed):
    provider: str  # empty: its program is not there
    exit_code: int  # 0: it ended well and said nothing that the kubelet understands
    said: str  # its own words, one line

    @property
    def meaning(self) -> Meaning:
        return meaning(self.said)

    @property
    def summary(self) -> str:
        if not self.provider:
            return self.said
        how = f"exit status {self.exit_code}" if self.exit_code else "no response to understand"
        return f"{self.provider}: {how}" + (f": {self.said}" if self.said else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeletCredentialsUnknown(Unseen):
    why: str
    limited: bool  # there is a plug-in, and it was not run

    @property
    def summary(self) -> str:
        return f"not run: {self.why}"

    @property
    def limit(self) -> str:
        if not self.limited:
            return ""
        return f"The kubelet's credential plug-in was not run: {self.why}."


Outcome = KubeletCredentials | KubeletCredentialsFailed | KubeletCredentialsUnknown


def gather(
    world: World, target: Target
) -> KubeletCredentials | KubeletCredentialsFailed | KubeletCredentialsUnknown:
    return parse(world.containerd.credentials(target.image))


def parse(reply: ProviderRun | Failure) -> Outcome:
    if isinstance(reply, Failure):
        why = answers.clean(reply.detail) or str(reply.trouble)
        if reply.trouble is Trouble.REFUSED:  # the program is not there, which the kubelet meets
            return KubeletCredentialsFailed(provider="", exit_code=0, said=why)
        if reply.trouble is Trouble.TIMEOUT:  # the kubelet ends it as well, after a minute
            return KubeletCredentialsFailed(provider=_NAMELESS, exit_code=0, said=why)
        limited = reply.trouble not in (Trouble.ABSENT, Trouble.SWITCHED_OFF)
        return KubeletCredentialsUnknown(why=why, limited=limited)
    name = answers.clean(reply.name, 100)
    if reply.exit_code or not reply.understood:
        said = answers.clean(_VARYING.sub("", reply.stderr), 800)
        return KubeletCredentialsFailed(provider=name, exit_code=reply.exit_code, said=said)
    hosts = tuple(answers.clean(host, 100) for host in reply.hosts)
    return KubeletCredentials(provider=name, hosts=hosts, token=reply.token)


CHECK = Check(
    id="kubelet-credentials",
    title="the kubelet's plug-in gives it credentials",
    gather=gather,
    asks=(
        asks.read("/var/lib/kubelet/credential-provider-config.yaml", "which plug-in, as root"),
        asks.run(
            "{credential_provider}",
            "the kubelet's own plug-in, as root; it asks the registry itself",
            "containerd",
            "identity",
        ),
    ),
)
