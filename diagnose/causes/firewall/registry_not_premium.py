"""The registry's tier has no network rules.

What happened
The registry refused this machine by its network. Only the Premium tier has VNet rules and IP rules,
and this registry is of another tier, so no rule can be added that would let the machine in.

How we know
Azure Resource Manager gives the registry's tier, and it is not Premium.

Fix
Move the registry to Premium, which costs more per day, then add the rule. Images, names and
credentials stay as they are.

Still failing?
Run the diagnosis again after the change: it can now see the rules and names what is missing, most
often the subnet's service endpoint or its rule.
"""

from checks.registry import Registry
from checks.target import Target
from diagnose.causes import commands, subnet_steps
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)
from diagnose.causes.firewall import steps
from diagnose.causes.firewall.sight import Sight


def find(sight: Sight, target: Target, registry: Registry) -> Finding | None:
    if registry.premium:
        return None
    upgrade = FixStep(
        command=commands.acr_update(target, registry, "--sku", "Premium"),
        needs=commands.registry_write(registry),
        risk=Risk.CHANGES_ACCESS,
        why=f"Only Premium has network rules. It costs more than {registry.sku}; ask who pays. "
        "The undo works as long as nothing uses what only Premium has.",
        undo=commands.acr_update(target, registry, "--sku", registry.sku),
    )
    rule = steps.add_rule(
        target,
        registry,
        sight.subnet_id,
        "Lets the subnet in. The subnet needs the service endpoint first.",
    )
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=sight.evidence(),
        fix=(upgrade, *subnet_steps.find_subnet(sight.subnet_id, sight.instance), rule),
        stage=sight.stage,
    )


CAUSE = Cause(
    id="registry-not-premium",
    title="The registry's tier has no network rules",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=(
        "provider-not-registered",
        "service-endpoint-missing",
        "service-endpoint-not-ready",
        "subnet-not-allowed",
        "rule-subnet-deleted",
        "rule-quota-reached",
        "ip-rule-defeated-by-endpoint",
        "egress-path-bypasses-endpoint",
        "ip-not-allowed",
    ),
    before=("unsupported-cloud",),
)
