"""The docker engine on this machine, if there is one."""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.machine_replies import DockerReply
from checks.ports import World
from checks.replies import Failure, Trouble

_UNSEEN = (
    Trouble.FORBIDDEN,
    Trouble.PROTOCOL,
    Trouble.TOO_LARGE,
    Trouble.UNTRUSTED,
    Trouble.DEADLINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerRuntime(Fact):
    version: str
    storage_driver: str
    proxies: tuple[tuple[str, str], ...] = ()  # the daemon's own; variable, no credentials
    mirrors: tuple[str, ...] = ()  # registry-mirrors; they serve Docker Hub alone
    root: str = ""  # its data directory

    @property
    def summary(self) -> str:
        return f"docker {self.version} answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerDown(Fact):
    """Docker is installed, but its engine does not answer, or does not answer us."""

    trouble: Trouble
    detail: str

    @property
    def unseen(self) -> bool:
        """It may well run: it is not for us, or what it says is not to be understood."""
        return self.trouble in _UNSEEN

    @property
    def health(self) -> Health:
        return Health.UNKNOWN if self.unseen else Health.FAIL

    @property
    def summary(self) -> str:
        return f"docker does not answer: {self.trouble}" + (
            f" ({self.detail})" if self.detail else ""
        )

    @property
    def limit(self) -> str:
        if not self.unseen:
            return ""
        why = self.detail or str(self.trouble)
        if self.trouble is Trouble.FORBIDDEN:
            why = "this user may not open its socket"
        return f"Docker's own pull was not tried: {why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerAbsent(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return self.why


def gather(world: World) -> DockerRuntime | DockerDown | DockerAbsent:
    return parse(world.docker.version())


def parse(reply: DockerReply | Failure) -> DockerRuntime | DockerDown | DockerAbsent:
    if isinstance(reply, DockerReply):
        return DockerRuntime(
            version=answers.clean(reply.version, 60),
            storage_driver=answers.clean(reply.storage_driver, 60),
            proxies=tuple((k, answers.clean(v)) for k, v in sorted(reply.proxies.items())),
            mirrors=tuple(map(answers.clean, reply.mirrors)),
            root=answers.clean(reply.root),
        )
    if reply.trouble is Trouble.SWITCHED_OFF:
        return DockerAbsent(why=f"not asked ({answers.clean(reply.detail)})")
    if reply.trouble is Trouble.ABSENT:
        return DockerAbsent(why="no docker on this machine")
    return DockerDown(trouble=reply.trouble, detail=answers.clean(reply.detail))


CHECK = Check(
    id="docker",
    title="the docker engine answers",
    gather=gather,
    asks=(
        asks.engine("GET", "/_ping", "does it answer"),
        asks.engine("GET", "/version", "which version"),
        asks.engine("GET", "/info", "its proxies and mirrors"),
    ),
)
