"""The real pull on a node: containerd's own, over CRI, with the credentials the kubelet would get.

Where the kubelet's plug-in fails, the kubelet pulls without credentials, and so does this. Where
there is no plug-in, this run's own token is used. It is not tried where nothing on the way to the
registry answers this program, and containerd is told of no other way: it waits longer than a run.
"""

from dataclasses import dataclass

from checks import asks, bearer, trial_pull
from checks.challenge import Challenge, ChallengeSilent
from checks.containerd_runtime import ContainerdRuntime
from checks.contract import Check, Fact, Failed, Unseen
from checks.kubelet_credentials import (
    KubeletCredentials,
    KubeletCredentialsFailed,
    KubeletCredentialsUnknown,
)
from checks.machine_replies import PullReply
from checks.mirrors import Mirrors
from checks.pod_network import OwnNetwork
from checks.ports import World
from checks.replies import Failure
from checks.stored import StoredLogins
from checks.target import Target
from checks.tcp_path import TcpReached
from checks.token import PullToken
from checks.units import Units

_KUBELET, _OURS, _NOTHING = "the kubelet's credentials", "this run's token", "no credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdPulled(Fact):
    login: str  # whose credentials, in words
    kept: bool  # the image was there before and stays; then only its manifest was asked for
    left: bool = False  # it was brought, and is still there

    @property
    def summary(self) -> str:
        after = "left behind" if self.left else "removed again"
        after = "it was there before and stays" if self.kept else after
        return f"containerd pulled the image with {self.login}; {after}"

    @property
    def limit(self) -> str:
        return "The image of the trial pull could not be removed again." if self.left else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdPullFailed(Failed):
    login: str
    error: str  # containerd's own words, one line

    @property
    def summary(self) -> str:
        return f"containerd, with {self.login}: {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdPullUnasked(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"not tried: {self.why}"

    @property
    def limit(self) -> str:
        return f"Containerd's own pull was not tried: {self.why}."


def gather(
    world: World,
    target: Target,
    _containerd: ContainerdRuntime,
    kubelet: KubeletCredentials | None,
    failed: KubeletCredentialsFailed | None,
    unknown: KubeletCredentialsUnknown | None,
    token: PullToken | None,
    stored: StoredLogins | None,
    challenge: Challenge | None,
    here: OwnNetwork | None = None,
    silent: ChallengeSilent | None = None,
    reached: TcpReached | None = None,
    mirrors: Mirrors | None = None,
    units: Units | None = None,
) -> ContainerdPulled | ContainerdPullFailed | ContainerdPullUnasked:
    """Pull the image, unless that could only wait for what this machine waited for already."""
    if not target.repository:
        return ContainerdPullUnasked(why="no image was named")
    why = trial_pull.withheld(challenge)
    vain = trial_pull.in_vain(here, silent, reached, "containerd")
    if vain and _goes_straight(mirrors, units):
        why = why or vain
    if why:
        return ContainerdPullUnasked(why=why)
    login, whose = (kubelet.token if kubelet else None), _KUBELET
    if not kubelet and not failed and unknown:
        login, whose = bearer.refresh(token, stored), _OURS
    reply = world.containerd.pull(target.image, login)
    return parse(reply, whose if login else _NOTHING)


def _goes_straight(mirrors: Mirrors | None, units: Units | None) -> bool:
    """Tell whether containerd is known to be told of no mirror and no proxy."""
    if mirrors is None or units is None or mirrors.for_registry("containerd"):
        return False
    return not units.source("containerd")


def parse(
    reply: PullReply | Failure, login: str
) -> ContainerdPulled | ContainerdPullFailed | ContainerdPullUnasked:
    why = trial_pull.unasked(reply)
    if why:
        return ContainerdPullUnasked(why=why)
    if isinstance(reply, Failure) or reply.error:
        return ContainerdPullFailed(login=login, error=trial_pull.error(reply))
    left = not reply.was_present and not reply.removed
    return ContainerdPulled(login=login, kept=reply.was_present, left=left)


_PULL = ("pull", "image")
CHECK = Check(
    id="containerd-pull",
    title="containerd itself can pull the image",
    gather=gather,
    asks=(
        asks.cri("ImageService/ImageStatus", "is the image there already", *_PULL),
        asks.cri("ImageService/ListImages", "is it there under another name", *_PULL),
        asks.cri("ImageService/PullImage", "the pull; containerd asks the registry", *_PULL),
        asks.cri("ImageService/RemoveImage", "removes what the pull brought", *_PULL),
    ),
)
