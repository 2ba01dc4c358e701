"""The registry has no room for another VNet rule.

What happened
A registry takes 100 VNet rules, and this one has them. This machine's subnet is not among them, and
a rule for it cannot be added: the limit cannot be raised.

How we know
The rules were read and counted, none of them names this subnet, and the registry refused this
machine.

Fix
Make room: remove a rule whose subnet is gone or needs the registry no longer, then add this one.
Machines that need the registry can share a subnet, which needs one rule. Private Link has no such
limit, but does not go together with VNet rules: it replaces them all.

Still failing?
Look whether the removal worked: az 2.85 to 2.87 remove nothing and say nothing. Run again a few
minutes after the rule was added.
"""

from dataclasses import replace

from checks.network_rules import NetworkRules
from checks.rule_subnets import RuleSubnets
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import Cause, Evidence, Finding, FixStep, Owner, Risk, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps, subnet_not_allowed
from diagnose.causes.firewall.sight import Sight

# The limit per Premium registry is fixed (container-registry-vnet.md, "Prerequisites").
MOST = 100


def find(
    sight: Sight, target: Target, rules: NetworkRules | None, seen: RuleSubnets | None
) -> Finding | None:
    missing = subnet_not_allowed.find(sight, target, seen)
    if not isinstance(missing, Finding):
        return None
    if rules is None:
        look = looks.rules(target, sight.registry)
        return replace(missing, confidence=Sure.POSSIBLE, settle=look) if sight.private else None
    if len(rules.subnet_ids) < MOST:
        return None
    full = f"{len(rules.subnet_ids)} VNet rules, and a registry takes {MOST}"
    dead = seen.gone if seen else ()
    room = (
        steps.drop_rule(target, sight.registry, dead[0], subnet_gone=True)
        if dead
        else FixStep(
            command="",
            needs=commands.registry_write(sight.registry),
            risk=Risk.CHANGES_ACCESS,
            why="Make room: find a rule whose subnet needs the registry no longer, and remove it. "
            "Its machines are refused from then on, so ask their owner first.",
        )
    )
    return replace(
        missing,
        evidence=(*missing.evidence, Evidence(check="network-rules", saw=full)),
        fix=(room, *missing.fix, steps.private_link()),
    )


CAUSE = Cause(
    id="rule-quota-reached",
    title="The registry has no room for another VNet rule",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=("subnet-not-allowed",),
    before=("ip-rule-defeated-by-endpoint",),
)
