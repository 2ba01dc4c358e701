"""The proxies that the container runtimes' own units run under, and whether they are there.

A daemon does not see the environment of the shell: its proxy stands in its unit, in a drop-in, in
systemd's defaults or, for docker, in daemon.json. A proxy that this program does not use is tried
with a connection that is closed at once.
"""

from dataclasses import dataclass

from checks import asks, listening, proxy_rules
from checks.contract import Check, Fact, Health
from checks.host import Host
from checks.machine_replies import UnitReply
from checks.ports import World
from checks.target import Target
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    name: str  # docker | containerd | kubelet
    proxies: tuple[tuple[str, str], ...]  # variable, URL without credentials
    source: str
    other_proxy: str = ""  # by which it goes to the registry, and this program does not
    silent: bool = False  # nothing listens there


@dataclass(frozen=True, slots=True, kw_only=True)
class Units(Fact):
    units: tuple[Unit, ...]

    def named(self, name: str) -> Unit | None:
        return next((unit for unit in self.units if unit.name == name), None)

    def source(self, name: str) -> str:
        """Give the file that sets a proxy for the unit, or nothing."""
        unit = self.named(name)
        return unit.source if unit and unit.proxies else ""

    @property
    def dead(self) -> Unit | None:
        """Containerd, where its own proxy is not there; docker says so itself when it pulls."""
        unit = self.named("containerd")
        return unit if unit and unit.silent else None

    @property
    def health(self) -> Health:
        return Health.FAIL if self.dead else Health.OK

    @property
    def summary(self) -> str:
        told = [
            f"{unit.name} goes by {unit.other_proxy} ({unit.source})"
            + (", where nothing listens" if unit.silent else "")
            for unit in self.units
            if unit.other_proxy
        ]
        return "; ".join(told) or f"{len(self.units)} unit(s), none with a proxy of its own"


def gather(world: World, target: Target, host: Host) -> Units:
    ours = proxy_rules.for_host(target.login_server, dict(host.proxies)).rstrip("/")
    units = [parse(reply, target.login_server, ours) for reply in world.node.units()]
    others = sorted({unit.other_proxy for unit in units if unit.other_proxy})
    mute = together(lambda url: listening.silent(world, *listening.place(url, "http")), others)
    silent = {url for url, yes in zip(others, mute, strict=True) if yes}
    return Units(
        units=tuple(
            Unit(
                name=unit.name,
                proxies=unit.proxies,
                source=unit.source,
                other_proxy=unit.other_proxy,
                silent=unit.other_proxy in silent,
            )
            for unit in units
        )
    )


def parse(reply: UnitReply, login_server: str, ours: str) -> Unit:
    proxy = proxy_rules.for_host(login_server, reply.proxies).rstrip("/")
    return Unit(
        name=reply.name,
        proxies=tuple(sorted(reply.proxies.items())),
        source=reply.source,
        other_proxy="" if proxy == ours else proxy,
    )


CHECK = Check(
    id="units",
    title="the runtimes' own proxies are there",
    gather=gather,
    asks=(
        asks.read("/etc/systemd/system", "the runtimes' own proxies"),
        asks.read("/usr/lib/systemd/system", "the runtimes' own proxies"),
        asks.read("/etc/docker/daemon.json", "docker's own proxy"),
        asks.tcp("{unit_proxy}", "does a runtime's own proxy answer", port=0),
    ),
)
