"""A pull that a runtime failed at although this machine can do it without one; no cause of its own.

The layer's first byte is what speaks for the path: without it the network may be what is wrong, and
no runtime is to be blamed; where the registry itself refuses it, its own settings are cleared.
Where both docker and containerd failed, containerd is spoken of: it is asked beside docker only on
a node, where the kubelet pulls with it.
"""

from dataclasses import dataclass

from checks import proxy_rules, runtime_words
from checks.containerd_pull import ContainerdPullFailed
from checks.contract import View
from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.layer import Layer
from checks.runtime_words import Reading, Said
from checks.target import Target
from checks.units import Units
from diagnose.causes.contract import Evidence, FixStep, Rejected, Risk

ROOT = "root on this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon(View):
    """A runtime's own failure beside our success; `failed` is None where no runtime failed."""

    layer: Layer | None
    docker_failed: DockerPullFailed | None
    docker: DockerRuntime | None
    containerd_failed: ContainerdPullFailed | None
    units: Units | None
    target: Target
    host: Host

    @property
    def failed(self) -> DockerPullFailed | ContainerdPullFailed | None:
        return self.containerd_failed or self.docker_failed

    @property
    def unit(self) -> str:
        """The name of the runtime's unit, and of the runtime."""
        return "containerd" if self.containerd_failed else "docker"

    @property
    def check(self) -> str:
        """The id of the check that tells of its settings."""
        return "units" if self.containerd_failed else "docker"

    @property
    def proxies(self) -> dict[str, str]:
        """The runtime's own proxy variables; containerd's are those of its unit."""
        if self.containerd_failed:
            unit = self.units.named("containerd") if self.units else None
            return dict(unit.proxies) if unit else {}
        return dict(self.docker.proxies) if self.docker else {}

    @property
    def source(self) -> str:
        """The file that gives the runtime's unit a proxy, or nothing."""
        return self.units.source(self.unit) if self.units else ""

    @property
    def reading(self) -> Reading:
        return runtime_words.read(self.failed.error if self.failed else "")

    @property
    def asked_us(self) -> bool:
        """Tell whether it asked the registry or its layers' host, as far as its words name one."""
        layers = self.layer.host if self.layer else ""
        return self.reading.host in ("", self.target.login_server, layers)

    @property
    def proxy(self) -> str:
        """The proxy by which the runtime goes to the registry, or nothing."""
        return proxy_rules.for_host(self.target.login_server, self.proxies)

    @property
    def our_proxy(self) -> str:
        """The proxy by which this program went, by its environment, or nothing."""
        return proxy_rules.for_host(self.target.login_server, dict(self.host.proxies))

    @property
    def own_proxy(self) -> bool:
        """Tell whether the runtime goes by a proxy that this program did not need."""
        return bool(self.proxy) and self.proxy.rstrip("/") != self.our_proxy.rstrip("/")

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        said = self.failed.summary if self.failed else ""
        seen = self.layer.summary if self.layer else ""
        return (
            Evidence(check=f"{self.unit}-pull", saw=said),
            Evidence(check="layer", saw=f"without {self.unit}: {seen}"),
        )

    @property
    def cleared(self) -> Rejected | None:
        """What to say where this program's own pull fails as well."""
        if not self.failed or self.own_proxy:
            return None
        return cleared(self.reading, self.target.login_server)


def cleared(reading: Reading | None, login_server: str) -> Rejected | None:
    """Rule a runtime's own settings out: the registry itself answered it, and refused."""
    answered = reading and reading.said in (Said.ADDRESS_REFUSED, Said.LOGIN_REFUSED)
    if not reading or not answered or reading.host not in ("", login_server):
        return None
    return Rejected(because="the registry itself answered the runtime, and refused it")


def restart(why: str, unit: str) -> FixStep:
    return FixStep(
        command=f"sudo systemctl restart {unit}",
        needs=ROOT,
        risk=Risk.DISRUPTIVE,
        why=f"{why}{stopping(unit)}",
    )


def stopping(unit: str) -> str:
    """Say what a restart ends: containers outlive containerd, docker's only with live restore."""
    return " Stops running containers, unless live restore is on." if unit == "docker" else ""


def by_hand(why: str, risk: Risk = Risk.DISRUPTIVE) -> FixStep:
    return FixStep(command="", needs=ROOT, risk=risk, why=why)
