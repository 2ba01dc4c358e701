"""The registry has no rule for this subnet.

What happened
The service endpoint works: the registry sees an address inside the VNet. But the registry's rules
do not name the subnet of this machine. A rule for another subnet of the same VNet does not count.

How we know
The refusal names a private address, and the registry's VNet rules lack this subnet's id. Where the
rules could not be read, the private address alone points here.

Fix
The registry's owner adds a rule for exactly this subnet. It needs the right to join the subnet too.

Still failing?
A rule takes some minutes. List the rules again: one that is not there was not taken, often because
Microsoft.ContainerRegistry is not registered in the VNet's subscription. If the rule is there and
the refusal names an address of another subnet, add that one.
"""

from checks.rule_subnets import RuleSubnets, distance
from checks.target import Target
from diagnose.causes import commands, subnet_steps
from diagnose.causes.contract import Cause, Finding, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight


def find(sight: Sight, target: Target, seen: RuleSubnets | None) -> Finding | Rejected | None:
    if sight.moot:
        return Rejected(because=sight.moot)
    if sight.ruled and not sight.elsewhere:
        return Rejected(because=f"a rule for subnet {sight.subnet_name} exists")
    if sight.public and sight.on_azure and sight.ruled is None:
        return None  # whether a rule is missing too is not seen, and not ruled out
    if sight.public and sight.on_azure and sight.ready:
        saw = f"ACR saw the public address {sight.address}, which no VNet rule is about"
        return Rejected(because=saw)
    if not sight.private and (not sight.on_azure or sight.by_ip):
        return None
    namesake = _namesake(sight, seen)
    confidence = _confidence(sight, open_yet=bool(namesake))
    everyone = commands.subnets_show(sight.subnet_id)
    look = everyone if sight.elsewhere else looks.rules(target, sight.registry)
    if sight.link.hinted and sight.rules:
        look = commands.endpoint_show(sight.subnet_id, "addressPrefixes")
    if sight.counted_by_ip and sight.ruled is False and not sight.elsewhere:
        look = looks.outbound(sight.counted_by_ip)
    if namesake:
        look = commands.endpoint_show(namesake, "id")
    why = "Lets this subnet in."
    added = steps.add_rule(target, sight.registry, sight.subnet_id, why)
    known = (*subnet_steps.find_subnet(sight.subnet_id, sight.instance), added)
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, [steps.rules_seen(sight)])),
        fix=looks.other_subnet(target, sight) if sight.elsewhere else known,
        note=_note(sight),
        settle="" if confidence is Sure.PROVEN else look,
        stage=sight.stage,
    )


def _namesake(sight: Sight, seen: RuleSubnets | None) -> str:
    """Give the rule for a subnet of the same names that may be gone, and this one its successor."""
    rules = sight.rules.subnet_ids if sight.rules and not sight.ruled else ()
    mine = [rule for rule in rules if distance(rule, sight.subnet_id) == 0]
    return mine[0] if mine and (seen is None or seen.unread) else ""


def _confidence(sight: Sight, *, open_yet: bool) -> Sure:
    if not sight.private and not sight.public and sight.ruled is None:
        return Sure.POSSIBLE
    closed = sight.registry is not None and not sight.registry.public_access
    shown = sight.private or (sight.public and sight.subnet is not None)
    unseen = closed or sight.elsewhere or bool(sight.counted_by_ip) or sight.link.hinted
    sure = sight.ruled is False and shown and not (open_yet or unseen)
    return Sure.PROVEN if sure else Sure.LIKELY


def _note(sight: Sight) -> str:
    siblings = sight.rules.siblings(sight.subnet_id) if sight.rules and sight.subnet_id else ()
    own = sight.instance.private_ips if sight.instance else ()
    told = []
    if sight.link.hinted:
        told.append(
            f"That the subnet is {sight.subnet_name} is what the node's configuration says: "
            "compare its range with the node's address, as a node pool may have another subnet."
        )
    if siblings:
        told.append(f"Another subnet of this VNet has a rule: {', '.join(siblings)}.")
    if sight.private and own and sight.address not in own:
        told.append(
            f"{sight.address} is not this machine's ({', '.join(own)}): another NIC, "
            "a pod or an appliance in the VNet."
        )
    return " ".join(told)


CAUSE = Cause(
    id="subnet-not-allowed",
    title="The registry has no rule for this subnet",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
)
