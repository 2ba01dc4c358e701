"""The subnet lacks the service endpoint for container registries.

What happened
Without the endpoint Microsoft.ContainerRegistry on its subnet, the machine reaches the registry
from a public address. A VNet rule never matches that, so the registry refuses.

How we know
The registry's refusal names a public address, and the subnet's list of service endpoints does not
hold Microsoft.ContainerRegistry. Where the list could not be read, the address alone points here.

Fix
Add the endpoint to the subnet and keep those that are there. Use the command as it is given:
--service-endpoints would drop the others. Then, at once, add the registry's rule if it is missing:
the registry takes no rule for a subnet without the endpoint. Adding the endpoint cuts open
connections to registries, and IP rules stop matching for this subnet.

Still failing?
Run again in a few minutes. If the refusal then names a private address, the rule is missing. If it
still names a public one, a proxy or a firewall carries the traffic.
"""

from checks.challenge import Challenge
from checks.target import Target
from diagnose.causes import subnet_steps
from diagnose.causes.contract import Cause, Finding, FixStep, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, proxied, steps
from diagnose.causes.firewall.sight import Sight


def find(sight: Sight, target: Target, challenge: Challenge | None) -> Finding | Rejected | None:
    if not sight.on_azure:
        return None
    if sight.private:
        saw = f"ACR saw the private address {sight.address}, so the endpoint is in effect"
        return Rejected(because=saw)
    if sight.subnet and sight.subnet.endpoint:
        return Rejected(because=f"the endpoint is on the subnet: {sight.subnet.summary}")
    if sight.moot or (sight.by_ip and sight.public):
        return Rejected(because=sight.moot or sight.by_ip)
    proxy = proxied.by(sight.host, challenge)
    confidence = _confidence(sight, proxy)
    seen = steps.rules_seen(sight)
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, [seen])),
        fix=(
            *subnet_steps.find_subnet(sight.subnet_id, sight.instance),
            steps.add_endpoint(sight),
            *([_rule(target, sight)] if _needs_rule(sight) else []),
        ),
        note=f"A proxy is set, {proxy}: what it carries does not use the endpoint." * bool(proxy),
        settle="" if confidence is Sure.PROVEN else _settle(sight, target),
        stage=sight.stage,
    )


def _needs_rule(sight: Sight) -> bool:
    """Tell whether the rule is missing too; where AKS keeps the subnet, there is no endpoint."""
    return sight.ruled is False and not subnet_steps.managed(sight.subnet_id)


def _confidence(sight: Sight, proxy: str) -> Sure:
    if sight.subnet is None:
        return Sure.LIKELY if sight.public and not proxy else Sure.POSSIBLE
    ranges = sight.registry.ip_ranges if sight.registry else ()
    meant = sight.registry is not None and (sight.rules is not None or not ranges)
    return Sure.PROVEN if meant and sight.public else Sure.LIKELY


def _settle(sight: Sight, target: Target) -> str:
    if sight.subnet is None:
        return looks.endpoint(sight.subnet_id, sight.instance)
    return looks.rules(target, sight.registry)


def _rule(target: Target, sight: Sight) -> FixStep:
    why = "At once after the endpoint; pulls fail until it counts. Lets this subnet in."
    return steps.add_rule(target, sight.registry, sight.subnet_id, why)


CAUSE = Cause(
    id="service-endpoint-missing",
    title="The subnet lacks the service endpoint for container registries",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    before=(
        "subnet-not-allowed",
        "rule-subnet-deleted",
        "rule-quota-reached",
        "provider-not-registered",
    ),
    hides=("egress-path-bypasses-endpoint",),
)
