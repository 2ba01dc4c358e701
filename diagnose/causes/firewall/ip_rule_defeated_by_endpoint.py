"""An IP rule is there, but the service endpoint makes the address private.

What happened
The registry lets this machine's public address in. But the subnet has the service endpoint, so the
registry sees the private address instead, and IP rules never match that. The subnet itself has no
rule. This is met right after somebody turned the endpoint on.

How we know
The refusal names a private address, the registry's IP ranges hold this machine's public address,
and its VNet rules lack this subnet.

Fix
Add the rule for the subnet. The IP rule may go afterwards, if nobody else comes from that address.
The other way is to take the endpoint off the subnet again: then the IP rule counts, but traffic to
every registry goes by the public address, and rules of other registries for this subnet stop.

Still failing?
A rule takes some minutes. If the refusal now names another private address, that one's subnet
lacks its rule too.
"""

from checks.addresses import inside
from checks.egress import Egress
from checks.registry import Registry
from checks.target import Target
from diagnose.causes import subnet_steps
from diagnose.causes.contract import Cause, Evidence, Finding, FixStep, Owner, Rejected, Risk, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight


def find(
    sight: Sight, target: Target, registry: Registry | None, egress: Egress | None
) -> Finding | Rejected | None:
    if not sight.private or sight.ruled or sight.moot:
        return None
    if registry is None:
        return _finding(sight, target, Sure.POSSIBLE, (), looks.rules(target, None))
    if not registry.ip_ranges:
        return None
    own = egress.addresses if egress else ()
    held = [(ip, inside(ip, registry.ip_ranges)) for ip in own]
    hits = [f"the IP rule {rule} holds this machine's {ip}" for ip, rule in held if rule]
    if egress and egress.certain and not hits:
        return Rejected(because=f"no IP rule holds this machine's {', '.join(own)}")
    sure = sight.ruled is False and not sight.elsewhere and registry.public_access
    sure = sure and not sight.link.hinted
    found = Sure.PROVEN if sure else Sure.LIKELY
    ranges = ", ".join(registry.ip_ranges)
    settle = looks.outbound(ranges)
    look = "" if hits and sure else looks.rules(target, registry) if hits else settle
    return _finding(sight, target, found if hits else Sure.POSSIBLE, tuple(hits), look)


def _finding(
    sight: Sight, target: Target, confidence: Sure, hits: tuple[str, ...], look: str
) -> Finding:
    seen = (*(Evidence(check="registry", saw=hit) for hit in hits), steps.rules_seen(sight))
    rule = steps.add_rule(target, sight.registry, sight.subnet_id, "Lets this subnet in.")
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, seen)),
        fix=(*subnet_steps.find_subnet(sight.subnet_id, sight.instance), rule, _ENDPOINT_OFF),
        settle=look,
        stage=sight.stage,
    )


_ENDPOINT_OFF = FixStep(
    command="",
    needs="Microsoft.Network/virtualNetworks/subnets/write on the subnet",
    risk=Risk.DISRUPTIVE,
    why="Or, instead of the rule: take the endpoint off the subnet, so that the IP rule counts "
    "again. All registries then see this subnet's public address; their rules for it stop.",
)
CAUSE = Cause(
    id="ip-rule-defeated-by-endpoint",
    title="An IP rule is there, but the service endpoint makes the address private",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=("subnet-not-allowed",),
)
