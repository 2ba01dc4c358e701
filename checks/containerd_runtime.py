"""The container runtime of a node, asked as the kubelet asks it: over its CRI socket.

Only this is faithful. ``crictl pull`` does not use the kubelet's credential provider, so that a
private registry refuses it on a healthy node; ``ctr`` does not read the registry settings of the
runtime's CRI plugin (without ``--hosts-dir``), and containerd 1.x does its requests in ctr's own
process, with ctr's proxy and resolver (containerd, cmd/ctr/commands/images/pull.go).
"""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.ports import World
from checks.replies import Failure, Trouble
from checks.runtime_replies import RuntimeReply

_NOT_HERE = (Trouble.ABSENT, Trouble.SWITCHED_OFF)
_CONDITIONS = 10  # that are told; a runtime has two
_UNSEEN = (Trouble.FORBIDDEN, Trouble.PROTOCOL, Trouble.TOO_LARGE, Trouble.DEADLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdRuntime(Fact):
    name: str  # containerd, or another runtime that speaks CRI
    version: str
    not_ready: tuple[str, ...] = ()  # what it says itself that it lacks, for pods

    @property
    def summary(self) -> str:
        lacks = f"; not ready: {', '.join(self.not_ready)}" if self.not_ready else ""
        return f"{self.name} {self.version} answers{lacks}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdDown(Fact):
    """Its socket is there, or has to be, and nobody answers."""

    trouble: Trouble
    detail: str

    @property
    def health(self) -> Health:
        return Health.FAIL

    @property
    def summary(self) -> str:
        return f"containerd does not answer: {self.trouble}" + (
            f" ({self.detail})" if self.detail else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdUnknown(Unseen):
    """It may be there, and could not be asked: no right, no library, no CRI v1."""

    why: str

    @property
    def summary(self) -> str:
        return f"could not be asked: {self.why}"

    @property
    def limit(self) -> str:
        return f"Containerd's own pull was not tried: {self.why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerdAbsent(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return self.why


def gather(
    world: World,
) -> ContainerdRuntime | ContainerdDown | ContainerdUnknown | ContainerdAbsent:
    return parse(world.containerd.version())


def parse(
    reply: RuntimeReply | Failure,
) -> ContainerdRuntime | ContainerdDown | ContainerdUnknown | ContainerdAbsent:
    if isinstance(reply, RuntimeReply):
        return ContainerdRuntime(
            name=answers.clean(reply.name, 60) or "containerd",
            version=answers.clean(reply.version, 60),
            not_ready=tuple(answers.clean(one, 100) for one in reply.not_ready[:_CONDITIONS]),
        )
    detail = answers.clean(reply.detail)
    if reply.trouble in _NOT_HERE:
        switched = reply.trouble is Trouble.SWITCHED_OFF
        return ContainerdAbsent(why=f"not asked ({detail})" if switched else detail)
    if reply.trouble in _UNSEEN:
        return ContainerdUnknown(why=detail or str(reply.trouble))
    return ContainerdDown(trouble=reply.trouble, detail=detail)


CHECK = Check(
    id="containerd",
    title="containerd answers as it does to the kubelet",
    gather=gather,
    asks=(
        asks.cri("RuntimeService/Version", "does it answer, and which version"),
        asks.cri("RuntimeService/Status", "is it ready"),
    ),
)
