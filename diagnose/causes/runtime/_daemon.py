"""A pull that docker failed at although this machine can do it without docker; no cause of its own.

The layer's first byte is what speaks for the path: without it the network may be what is wrong, and
no runtime is to be blamed.
"""

from dataclasses import dataclass

from checks import proxy_rules, runtime_words
from checks.contract import View
from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.layer import Layer
from checks.runtime_words import Reading
from checks.target import Target
from diagnose.causes.contract import Evidence, FixStep, Risk

ROOT = "root on this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon(View):
    """Docker's own failure beside our success."""

    layer: Layer
    failed: DockerPullFailed
    docker: DockerRuntime
    target: Target
    host: Host

    @property
    def reading(self) -> Reading:
        return runtime_words.read(self.failed.error)

    @property
    def asked_us(self) -> bool:
        """Tell whether it asked the registry or its layers' host, as far as its words name one."""
        return self.reading.host in ("", self.target.login_server, self.layer.host)

    @property
    def proxy(self) -> str:
        """The proxy by which docker goes to the registry, or nothing."""
        return proxy_rules.for_host(self.target.login_server, dict(self.docker.proxies))

    @property
    def our_proxy(self) -> str:
        """The proxy by which this program went, by its environment, or nothing."""
        return proxy_rules.for_host(self.target.login_server, dict(self.host.proxies))

    @property
    def own_proxy(self) -> bool:
        """Tell whether docker goes by a proxy that this program did not need."""
        return bool(self.proxy) and self.proxy.rstrip("/") != self.our_proxy.rstrip("/")

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (
            Evidence(check="docker-pull", saw=self.failed.summary),
            Evidence(check="layer", saw=f"without docker: {self.layer.summary}"),
        )


def restart(why: str) -> FixStep:
    return FixStep(
        command="sudo systemctl restart docker",
        needs=ROOT,
        risk=Risk.DISRUPTIVE,
        why=f"{why} Stops running containers, unless live restore is on.",
    )


def by_hand(why: str, risk: Risk = Risk.DISRUPTIVE) -> FixStep:
    return FixStep(command="", needs=ROOT, risk=risk, why=why)
