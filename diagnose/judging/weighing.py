"""What else on this machine bears on a finding, whichever cause it is of.

* From a pod's own network nothing is proven of the node, which is what pulls: a pod has another
  address, other name servers and policies of its own. The registry's content, its roles and the
  service's state are the same from everywhere.
* On a cluster with a service principal the kubelet pulls by a secret, and what a managed identity
  may do is not what it may do.
* The kubelet's own words for the same failure stand beside it; a line may be old, and decides
  nothing.
* Containerd asks several hosts in turn and shows the error of one alone, so that a mirror's may
  stand in place of the registry's (core/remotes/docker/resolver.go, Resolve: of which host, depends
  on the version and on how far each came).
"""

from dataclasses import replace

from checks.identity import IdentityMissing
from checks.instance import InstanceUnknown
from checks.mirrors import Mirrors
from checks.node_config import NodeConfig
from checks.pod_network import PodNetwork
from checks.runtime_log import RuntimeLog
from checks.runtime_words import Plugin
from checks.token import PullTokenRefused
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Stage
from diagnose.facts import Facts

SETTLE = "Run it in the node's network: in a pod with hostNetwork: true, or on the node itself."
_ROLES = (
    "List the roles of the cluster's service principal: az role assignment list --all --assignee "
    "with the aadClientId of /etc/kubernetes/azure.json."
)
_REFUSALS = (Stage.CHALLENGE, Stage.ADMISSION)


def weighed(cause: Cause, finding: Finding, facts: Facts) -> Finding:
    """Give the finding with what else was seen, and less sure where a pod's place gave it."""
    stage = finding.stage or cause.stage
    seen = (*_logged(cause, stage, facts), *_hidden(stage, facts))
    told = replace(finding, evidence=(*finding.evidence, *seen)) if seen else finding
    pod, config = facts.get(PodNetwork), facts.get(NodeConfig)
    if finding.confidence is not Confidence.PROVEN:
        return told
    if pod and _placed(cause, stage):
        return _doubted(told, Evidence(check="pod-network", saw=pod.summary), SETTLE)
    if config and config.by_secret and cause.owner is Owner.IDENTITY:
        return _doubted(told, Evidence(check="node-config", saw=config.summary), _ROLES)
    return told


def _doubted(finding: Finding, evidence: Evidence, settle: str) -> Finding:
    seen = (*finding.evidence, evidence)
    return replace(finding, confidence=Confidence.LIKELY, evidence=seen, settle=settle)


def _placed(cause: Cause, stage: Stage) -> bool:
    """Tell whether it hangs on where in the network this runs, as instance metadata does."""
    if cause.owner is Owner.SERVICE:
        return False
    if InstanceUnknown in (*cause.needs.required, *cause.needs.wanted):
        return True
    return stage <= Stage.ADMISSION or stage is Stage.RUNTIME or cause.owner is Owner.NETWORK


def _logged(cause: Cause, stage: Stage, facts: Facts) -> tuple[Evidence, ...]:
    """Give the kubelet's last line that tells of this failure."""
    log = facts.get(RuntimeLog)
    line = log.of_plugin(*_fitting(cause, stage, facts)) if log else ""
    return (Evidence(check="runtime-log", saw=line),) if line else ()


def _fitting(cause: Cause, stage: Stage, facts: Facts) -> tuple[Plugin, ...]:
    if cause.owner is Owner.SERVICE or stage > Stage.TOKEN:
        return ()
    if stage < Stage.CHALLENGE:
        return (Plugin.UNREACHED,)
    if stage in _REFUSALS:
        return (Plugin.NETWORK_REFUSED,)
    no_token = (Plugin.NO_TOKEN,) if facts.has(IdentityMissing) else ()
    return (*no_token, *((Plugin.IDENTITY_REFUSED,) if facts.has(PullTokenRefused) else ()))


def _hidden(stage: Stage, facts: Facts) -> tuple[Evidence, ...]:
    mirrors = facts.get(Mirrors)
    mirror = mirrors.for_registry("containerd") if mirrors else None
    if not mirrors or not mirror or stage is Stage.RUNTIME:
        return ()
    hides = mirror.hides(mirrors.login_server)
    return (Evidence(check="mirrors", saw=mirror.told),) if hides else ()
