"""A runtime's own proxy settings keep it from the registry.

What happened
This machine reaches the registry, but docker or containerd does not, as it goes another way. A
runtime does not see the shell's environment: its proxy stands in its unit, in a drop-in, or in
docker's daemon.json. There, a proxy is named that does not answer, refuses, or is not let in by the
registry, or one is missing.

How we know
The layers were reached without a runtime in the same run. Docker's engine was asked for its
settings, or containerd's unit was read, and the runtime's own words for the failed pull name its
proxy, or the registry refuses an address that is the proxy's and not this machine's. Where
containerd was not asked to pull, nothing listens at the proxy that its unit names, and it is proven
when its own log says so too.

Fix
Correct the proxy in the runtime's settings, or exempt the registry and its layers' hosts from it,
and restart the runtime. With a service endpoint the exemption is a must: by way of a proxy the
registry sees the proxy's address, and its rule for the subnet does not fit.

Still failing?
The settings in ~/.docker/config.json are for containers and do not matter here. Proxies in
daemon.json take precedence over the unit's environment. NO_PROXY takes names and suffixes.
"""

from checks.challenge import Challenge
from checks.containerd_pull import ContainerdPulled, ContainerdPullFailed
from checks.docker_pull import DockerPullFailed
from checks.docker_runtime import DockerRuntime
from checks.host import Host
from checks.layer import Layer
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Said
from checks.target import Target
from checks.units import Units
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.runtime import _containerd, _proxy_steps
from diagnose.causes.runtime._daemon import Daemon

_SAID = {
    Said.PROXY_DEAD: Confidence.PROVEN,  # only a request by way of a proxy fails in these words
    Said.PROXY_REFUSED: Confidence.PROVEN,
    Said.ADDRESS_REFUSED: Confidence.PROVEN,
    Said.UNREACHED: Confidence.LIKELY,
    Said.UNTRUSTED: Confidence.POSSIBLE,
}


def find(
    *,
    layer: Layer | None,
    target: Target,
    host: Host,
    docker: DockerRuntime | None,
    failed: DockerPullFailed | None,
    containerd_failed: ContainerdPullFailed | None,
    containerd_pulled: ContainerdPulled | None,
    challenge: Challenge | None,
    units: Units | None,
    log: RuntimeLog | None,
) -> Finding | Rejected | None:
    if failed or containerd_failed:
        daemon = Daemon(
            layer=layer,
            docker_failed=failed,
            docker=docker,
            containerd_failed=containerd_failed,
            units=units,
            target=target,
            host=host,
        )
        return _of_pull(daemon, challenge.via_proxy if challenge else "")
    if layer and not docker and not containerd_pulled and units and units.dead:
        return _containerd.by_dead_proxy(units.dead, layer, target, host, log)
    return None


def _of_pull(daemon: Daemon, via: str) -> Finding | Rejected | None:
    if daemon.layer is None:
        return daemon.cleared
    said, unit = daemon.reading.said, daemon.unit
    if not daemon.asked_us or said in (Said.NO_SPACE, Said.LOGIN_REFUSED, Said.OTHER):
        return None
    lacks = bool(via) and not daemon.proxy and said in (Said.UNREACHED, Said.NO_SUCH_HOST)
    if lacks:
        confidence, saw = Confidence.PROVEN, f"{unit} has no proxy; this program went by {via}"
    elif said is Said.PROXY_DEAD or (daemon.own_proxy and said in _SAID):
        confidence, saw = _SAID[said], f"{unit} goes by {daemon.proxy or 'a proxy of its own'}"
    elif daemon.proxy == daemon.our_proxy:
        return Rejected(because=f"{unit} goes to the registry by the same way as this program")
    else:
        return None
    evidence = [*daemon.evidence, Evidence(check=daemon.check, saw=saw)]
    if daemon.source:
        evidence.append(Evidence(check="units", saw=f"set in {daemon.source}"))
    hosts = (daemon.target.login_server, daemon.layer.host)
    kept = daemon.proxies.get("NO_PROXY", "")
    setting = f"HTTPS_PROXY={via}" if lacks else _proxy_steps.exempt(hosts, kept)
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=_proxy_steps.steps(unit, daemon.source, setting, daemon.host.aks_node),
        settle="" if confidence is Confidence.PROVEN else _proxy_steps.ASK,
    )


CAUSE = Cause(
    id="runtime-proxy-misconfigured",
    title="A runtime's own proxy settings keep it from the registry",
    stage=Stage.RUNTIME,
    owner=Owner.HOST,
    find=find,
    before=("runtime-mirror-misconfigured", "runtime-untrusted-ca"),
    hides=("runtime-untrusted-ca",),
)
