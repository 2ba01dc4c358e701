"""Where the runtimes are told to look for this registry's images, and whether anything is there.

A runtime asks the hosts in order and shows the words of the last one. Docker's registry-mirrors
serve Docker Hub alone; for any other registry a hosts.toml decides, in /etc/containerd/certs.d,
and in /etc/docker/certs.d for docker's containerd image store (moby 28.0, daemon/hosts.go).
"""

from dataclasses import dataclass

from checks import answers, asks, listening
from checks.contract import Check, Fact, Health, Unseen
from checks.machine_replies import MirrorReply
from checks.ports import Failure, World
from checks.target import Target
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    runtime: str  # docker | containerd
    registry: str  # whose images: the login server, docker.io, or _default for all
    hosts: tuple[str, ...]  # in the order in which they are asked
    silent: tuple[str, ...]  # those that do not resolve or do not take a connection
    source: str

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
        told = (f"{m.runtime} asks {', '.join(m.hosts)} for {m.registry}" for m in self.mirrors)
        silent = sorted({host for mirror in self.mirrors for host in mirror.silent})
        return "; ".join(told) + (f"; no answer from {', '.join(silent)}" if silent else "")


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
    foreign = {
        address
        for reply in told
        if reply.registry != "docker.io"
        for address in map(listening.place, reply.hosts)
        if address[0] != target.login_server
    }
    ordered = sorted(foreign)
    mute = together(lambda address: listening.silent(world, *address), ordered)
    silent = {host for (host, _), yes in zip(ordered, mute, strict=True) if yes}
    return Mirrors(
        login_server=target.login_server, mirrors=tuple(parse(reply, silent) for reply in told)
    )


def parse(reply: MirrorReply, silent: set[str]) -> Mirror:
    hosts = tuple(listening.place(url)[0] for url in reply.hosts)
    return Mirror(
        runtime=reply.runtime,
        registry=reply.registry,
        hosts=hosts,
        silent=tuple(host for host in hosts if host in silent),
        source=reply.source,
    )


CHECK = Check(
    id="mirrors",
    title="the runtimes look for images where they are",
    gather=gather,
    asks=(
        asks.read("/etc/containerd/certs.d", "is a pull sent elsewhere"),
        asks.read("/etc/containerd/config.toml", "is a pull sent elsewhere"),
        asks.read("/etc/docker/certs.d", "is a pull sent elsewhere"),
        asks.read("/etc/docker/daemon.json", "is a pull sent elsewhere"),
        asks.tcp("{mirror}", "does the mirror answer", port=0),
    ),
)
