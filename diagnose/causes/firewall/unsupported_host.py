"""A machine of this kind cannot use the registry's service endpoint.

What happened
The registry refused a machine that is neither a virtual machine nor a node of an AKS cluster:
a container of App Service, Container Apps or Container Instances, or a runner that somebody else
hosts. Service endpoints for registries work for virtual machines and AKS alone, so no rule for a
subnet will let this machine in.

How we know
The environment or the host name bears the platform's own mark, the metadata service does not
describe a virtual machine of yours, and the registry refused a public address.

Fix
Use Private Link from a network that the platform can be joined to. Without one, let the pull be
made where a rule can apply: on a virtual machine or an AKS node in an allowed subnet. An IP rule
helps only where the platform leaves by an address that is yours alone.

Still failing?
With a private endpoint in place, look the registry's name up from inside the platform: it has to
give a private address. The platform itself pulls images by a network and an identity of its own,
which this diagnosis, run inside one of its containers, does not see.
"""

from checks import platforms
from checks.target import Target
from diagnose.causes.contract import Cause, Evidence, Finding, FixStep, Owner, Rejected, Risk, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight

_HERE = (
    platforms.APP_SERVICE,
    platforms.CONTAINER_APPS,
    platforms.CONTAINER_INSTANCES,
    platforms.GITHUB_HOSTED,
)


def find(sight: Sight, target: Target) -> Finding | Rejected | None:
    platform = sight.host.platform if sight.host else ""
    if platform not in _HERE or sight.private:
        return None
    if sight.foreign != platform:
        return Rejected(because="the metadata service describes a virtual machine")
    if sight.moot or sight.by_ip:
        return Rejected(because=sight.moot or sight.by_ip)
    by_rules = bool(sight.rules and sight.rules.subnet_ids)
    sure = by_rules and sight.public and not (sight.registry and sight.registry.ip_ranges)
    marks = Evidence(check="host", saw=f"this is {platform}, by its own marks")
    return Finding(
        confidence=Sure.PROVEN if sure else Sure.LIKELY,
        evidence=sight.evidence(marks, *filter(None, [steps.rules_seen(sight)])),
        fix=(steps.private_link(), _ELSEWHERE),
        settle="" if sure else looks.rules(target, sight.registry),
        stage=sight.stage,
    )


_ELSEWHERE = FixStep(
    command="",
    needs="the owner of the build or of the deployment",
    risk=Risk.CHANGES_ACCESS,
    why="Or: make the pull from a virtual machine or an AKS node whose subnet has the service "
    "endpoint and a rule, such as a runner of your own.",
)
CAUSE = Cause(
    id="unsupported-host",
    title="A machine of this kind cannot use the registry's service endpoint",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    beats=(
        "provider-not-registered",
        "service-endpoint-missing",
        "service-endpoint-not-ready",
        "subnet-not-allowed",
        "ip-rule-defeated-by-endpoint",
        "egress-path-bypasses-endpoint",
        "ip-not-allowed",
        "rule-subnet-deleted",
        "rule-quota-reached",
    ),
)
