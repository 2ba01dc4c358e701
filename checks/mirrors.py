"""Where the runtimes are told to look for this registry's images, and whether anything is there.

A runtime asks the hosts in order and shows the words of one alone, which is why each of them is
asked here. Docker's registry-mirrors serve Docker Hub alone; for any other registry a hosts.toml
decides, in /etc/containerd/certs.d, and in /etc/docker/certs.d for docker's containerd image store
(moby 28.0, daemon/hosts.go).
"""

from dataclasses import dataclass

from checks import answers, asks, listening, mirror_answers
from checks.contract import Check, Fact, Health, Unseen
from checks.machine_replies import MirrorReply
from checks.ports import World
from checks.replies import Failure
from checks.target import Target

_SERVICE = {
    "running": "; the unit acr-mirror, artifact streaming's, runs",
    "stopped": "; the unit acr-mirror, artifact streaming's, does not run",
    "absent": "; there is no unit acr-mirror, artifact streaming's",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    runtime: str  # docker | containerd
    registry: str  # whose images: the login server, docker.io, or _default for all
    hosts: tuple[str, ...]  # in the order in which they are asked
    silent: tuple[str, ...]  # those that do not resolve or do not take a connection
    source: str
    answered: tuple[tuple[str, str], ...] = ()  # host, what it answered; not the registry itself
    service: str = ""  # artifact streaming's, where a host is its own: running | stopped | absent

    @property
    def told(self) -> str:
        """Say who is asked, and what each of them answers."""
        said = dict(self.answered)
        hosts = (f"{h} ({said[h]})" if h in said else h for h in self.hosts)
        told = f"{self.runtime} asks {', '.join(hosts)} for {self.registry}"
        told += ", and shows the error of one of them alone" * (len(self.hosts) > 1)
        return told + _SERVICE.get(self.service, "")

    @property
    def named(self) -> str:
        """Say which hosts its file names."""
        return f"{self.source} names {', '.join(self.hosts)}{_SERVICE.get(self.service, '')}"

    def hides(self, login_server: str) -> bool:
        """Tell whether the last host's error may be shown in place of the registry's own."""
        return login_server in self.hosts and self.hosts[-1] != login_server

    def bypasses(self, login_server: str) -> bool:
        """Tell whether the registry itself is never asked."""
        return self.registry != "docker.io" and login_server not in self.hosts

    def dead(self, login_server: str) -> bool:
        """Tell whether nothing answers where this registry's images are looked for."""
        return self.bypasses(login_server) and set(self.hosts) == set(self.silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors(Fact):
    login_server: str
    mirrors: tuple[Mirror, ...]

    def for_registry(self, runtime: str) -> Mirror | None:
        """Give what one runtime is told for this registry, its own entry before ``_default``."""
        mine = [m for m in self.mirrors if m.runtime == runtime and m.registry != "docker.io"]
        return min(mine, key=lambda mirror: mirror.registry == "_default", default=None)

    @property
    def dead(self) -> Mirror | None:
        """What leads containerd to nothing; docker says so itself when it pulls."""
        mirror = self.for_registry("containerd")
        return mirror if mirror and mirror.dead(self.login_server) else None

    @property
    def health(self) -> Health:
        return Health.FAIL if self.dead else Health.OK

    @property
    def summary(self) -> str:
        if not self.mirrors:
            return "no runtime is told to look elsewhere"
        return "; ".join(mirror.told for mirror in self.mirrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorsUnknown(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"the runtimes' mirrors are unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"Where the runtimes look for images could not be read: {self.why}."


def gather(world: World, target: Target) -> Mirrors | MirrorsUnknown:
    replies = world.node.mirrors(target.login_server)
    if isinstance(replies, Failure):
        return MirrorsUnknown(why=answers.clean(replies.detail) or str(replies.trouble))
    told = [reply for reply in replies if reply.hosts]
    hub = {reply for reply in told if reply.registry == "docker.io"}
    return Mirrors(
        login_server=target.login_server,
        mirrors=tuple(
            parse(
                reply,
                () if reply in hub else mirror_answers.asked(world, reply, target.login_server),
            )
            for reply in told
        ),
    )


def parse(reply: MirrorReply, asked: tuple[tuple[str, str, bool], ...]) -> Mirror:
    """``asked`` has host, answer and whether nothing is there, of each that was asked."""
    hosts = tuple(listening.place(url)[0] for url in reply.hosts)
    silent = {host for host, _, nothing in asked if nothing}
    return Mirror(
        runtime=reply.runtime,
        registry=reply.registry,
        hosts=hosts,
        silent=tuple(host for host in hosts if host in silent),
        source=reply.source,
        answered=tuple((host, answer) for host, answer, _ in asked),
        service=reply.service,
    )


CHECK = Check(
    id="mirrors",
    title="the runtimes look for images where they are",
    gather=gather,
    asks=(
        asks.read("/etc/containerd/certs.d", "is a pull sent elsewhere"),
        asks.read("/etc/containerd/config.toml", "is a pull sent elsewhere"),
        asks.read("/etc/docker/certs.d", "is a pull sent elsewhere"),
        asks.read("/run/systemd/units", "does artifact streaming's own mirror run"),
        asks.read("/etc/docker/daemon.json", "is a pull sent elsewhere"),
        asks.tcp("{mirror}", "does the mirror answer", port=0),
        asks.mirror("what does the mirror answer"),
    ),
)
