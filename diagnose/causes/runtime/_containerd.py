"""Containerd's own proxy, which nothing answers at; no cause of its own.

Where containerd could not be asked to pull, its settings, the silence at the place that they name,
and its own log have to agree before it is proven.
"""

from checks.host import Host
from checks.layer import Layer
from checks.runtime_log import RuntimeLog
from checks.target import Target
from checks.units import Unit
from diagnose.causes.contract import Confidence, Evidence, Finding
from diagnose.causes.runtime import _proxy_steps

PULL = "Let containerd pull: run this again as root, with --runtime containerd."


def by_dead_proxy(
    unit: Unit, layer: Layer, target: Target, host: Host, log: RuntimeLog | None
) -> Finding:
    saw = f"containerd goes by {unit.other_proxy} ({unit.source}), where nothing listens"
    evidence = [
        Evidence(check="layer", saw=f"without a runtime: {layer.summary}"),
        Evidence(check="units", saw=saw),
    ]
    line = log.naming("proxyconnect") if log else ""
    if line:
        evidence.append(Evidence(check="runtime-log", saw=line))
    told = dict(unit.proxies)
    kept = told.get("NO_PROXY") or told.get("no_proxy", "")
    setting = _proxy_steps.exempt((target.login_server, layer.host), kept)
    return Finding(
        confidence=Confidence.PROVEN if line else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_proxy_steps.steps("containerd", unit.source, setting, host.aks_node),
        settle="" if line else PULL,
    )
