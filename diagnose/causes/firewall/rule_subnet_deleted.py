"""The registry's rule is for a subnet that is gone.

What happened
The registry has a rule, but the subnet that it was made for was deleted. A network that was built
again elsewhere, under the same names, has another resource id, and the old rule is not about it.
Where subnet and network came back under the very same id, the registry may still hold on to the
former one: what it does then is not documented.

How we know
The registry refused an address inside the VNet and no rule names this machine's subnet, while a
rule for a VNet and subnet of the same names points at an id that Azure no longer knows. A rule for
another deleted subnet of this VNet is a weaker sign. So is a refusal although a rule with this
subnet's own id is there and everything else is right.

Fix
Remove the rule for the subnet that is gone, and add one for the subnet of today. Nothing that still
works hangs on the dead rule, and it counts towards the registry's limit of 100.

Still failing?
A new rule takes some minutes; one that was added just now is the likelier reason where the ids are
the same. List the rules again after that, and look whether the provider Microsoft.ContainerRegistry
is registered in the VNet's subscription.
"""

from collections.abc import Callable
from dataclasses import replace

from checks.network_rules import NetworkRules
from checks.provider import Provider
from checks.rule_subnets import RuleSubnets, distance
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import Cause, Evidence, Finding, Owner, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps, subnet_not_allowed
from diagnose.causes.firewall.sight import Sight


def find(
    sight: Sight, target: Target, seen: RuleSubnets | None, provider: Provider | None
) -> Finding | None:
    if sight.ruled and not sight.elsewhere:
        return _same_id(sight, target, provider)
    missing = subnet_not_allowed.find(sight, target, seen)
    if not isinstance(missing, Finding) or sight.elsewhere:
        return None
    if sight.rules is None or sight.ruled is None:
        look = looks.rules(target, sight.registry)
        return replace(missing, confidence=Sure.POSSIBLE, settle=look) if sight.private else None
    nearest = min(_suspects(sight.rules, seen), key=_far(sight), default="")
    far = _far(sight)(nearest) if nearest else 2
    if far > 1:
        return None  # somebody else's leftover
    if seen is None or nearest not in seen.gone:
        if far:
            return None
        look = commands.endpoint_show(nearest, "id")
        return replace(missing, confidence=Sure.POSSIBLE, settle=look)
    gone = Evidence(check="rule-subnets", saw=f"the rule for {nearest} names what no longer exists")
    told = "" if far == 0 else "That subnet had another name: it need not be this one's forerunner."
    drop = steps.drop_rule(target, sight.registry, nearest, subnet_gone=True)
    return replace(
        missing,
        confidence=Sure.POSSIBLE if far else missing.confidence,
        evidence=(*missing.evidence, gone),
        fix=(drop, *missing.fix),
        note=told,
        settle=missing.settle or (looks.rules(target, sight.registry) if far else ""),
    )


def _suspects(rules: NetworkRules, seen: RuleSubnets | None) -> tuple[str, ...]:
    """Give the rules whose subnet is gone; where none is, those of which it is not known."""
    if seen and (seen.gone or not seen.unread):
        return seen.gone
    return rules.subnet_ids


def _far(sight: Sight) -> Callable[[str], int]:
    return lambda rule: distance(rule, sight.subnet_id)


def _same_id(sight: Sight, target: Target, provider: Provider | None) -> Finding | None:
    """A rule with this subnet's id is there, and still the registry refuses the subnet."""
    closed = sight.registry is None or not sight.registry.public_access
    own = sight.instance is not None and sight.address in sight.instance.private_ips
    healthy = provider is None or provider.registered
    if sight.moot or closed or not own or not sight.ready or not healthy:
        return None
    registry, subnet_id = sight.registry, sight.subnet_id
    again = steps.add_rule(target, registry, subnet_id, "Adds it for the subnet of today.")
    return Finding(
        confidence=Sure.POSSIBLE,
        evidence=sight.evidence(*filter(None, [steps.rules_seen(sight)])),
        fix=(steps.drop_rule(target, registry, subnet_id, subnet_gone=False), again),
        note="If the rule was added just now, first run again in a few minutes. Otherwise the "
        "subnet may have been deleted and made again under the same id after the rule.",
        settle=commands.history(subnet_id),
        stage=sight.stage,
    )


CAUSE = Cause(
    id="rule-subnet-deleted",
    title="The registry's rule is for a subnet that is gone",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=("subnet-not-allowed", "rule-quota-reached"),
)
