"""A service of Azure's comes from its own address, and the bypass for trusted services fails it.

What happened
A service such as ACR Tasks, Microsoft Defender, Machine Learning or Container Instances reached the
registry from an address of its own. The registry's setting "allow trusted services" is off, does
not name that service, or does not count: on a registry with service-endpoint rules it never does.

How we know
The refusal names a public address that is Azure's, but not this network's. A run on a machine of
yours cannot meet this: it is the service that is refused, and its message ends up in a build log or
an event, so this page is mostly reached by the text of a message. A run says so itself only inside
a job of Machine Learning, which bears that service's mark.

Fix
For ACR Tasks: an agent pool in a subnet that has the endpoint and a rule. For the others: Private
Link, or a registry without VNet rules on which trusted services are allowed and the service uses a
managed identity. The address of the service is shared and changes: do not add it as an IP rule.

Still failing?
An agent pool needs a way out to five other services: run acr-diagnose agentpool. With the setting
on, the service needs a managed identity that may pull, not only its place on the list.
"""

from checks import platforms
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import Cause, Evidence, Finding, FixStep, Owner, Rejected, Risk, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight

_WORKERS = (platforms.MACHINE_LEARNING,)


def find(sight: Sight, target: Target) -> Finding | Rejected | None:
    platform = sight.host.platform if sight.host else ""
    if platform not in _WORKERS or not sight.public:
        return None
    if sight.foreign != platform:
        return Rejected(because="the metadata service describes a virtual machine of yours")
    if sight.moot:
        return Rejected(because=sight.moot)
    sure = bool(sight.rules and sight.rules.subnet_ids)  # with VNet rules the bypass never counts
    marks = Evidence(check="host", saw=f"this is {platform}, by its own marks")
    return Finding(
        confidence=Sure.PROVEN if sure else Sure.LIKELY,
        evidence=sight.evidence(marks, *filter(None, [steps.rules_seen(sight)])),
        fix=(steps.private_link(), *(() if sure else (_allow(target, sight.registry),))),
        settle="" if sure else looks.rules(target, sight.registry),
        stage=sight.stage,
    )


def _allow(target: Target, registry: Registry | None) -> FixStep:
    option = "--allow-trusted-services"
    return FixStep(
        command=commands.acr_update(target, registry, option, "true"),
        needs=commands.registry_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why="Or, on a registry without VNet rules: lets the services in that ACR counts as "
        "trusted, each with a managed identity that may pull.",
        undo=commands.acr_update(target, registry, option, "false"),
    )


CAUSE = Cause(
    id="trusted-service-not-covered",
    title="A service of Azure's is refused at its own address",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=(
        "service-endpoint-missing",
        "service-endpoint-not-ready",
        "subnet-not-allowed",
        "egress-path-bypasses-endpoint",
        "ip-not-allowed",
    ),
)
