"""The registry has no IP rule for this public address.

What happened
The machine reaches the registry from a public address, and the registry's IP rules do not hold it.
No VNet rule is meant for this machine: it is outside Azure, or the registry goes by addresses.

How we know
The refusal names a public address, and the registry's IP ranges do not hold it. Outside Azure the
public address alone says so: a service endpoint works only inside a VNet.

Fix
Add the address to the registry's IP rules. Do so only for an address that is yours and stays: one
that others share, or that changes, lets strangers in or fails tomorrow.

Still failing?
A rule takes some minutes. If the refusal then names another address, the way out has several: add
all of them, or their range.
"""

from dataclasses import replace

from checks.addresses import inside
from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight


def find(sight: Sight, target: Target) -> Finding | Rejected | None:
    sight = replace(sight, subnet=None)  # an IP rule is not about the subnet
    if not sight.public:
        return None
    held = inside(sight.refused.ip, sight.registry.ip_ranges) if sight.registry else ""
    if sight.moot or held:
        return Rejected(because=sight.moot or f"the IP rule {held} holds {sight.refused.ip}")
    if sight.on_azure and sight.rules and sight.rules.subnet_ids:
        return Rejected(because=f"the registry is set up by VNet rules: {sight.rules.summary}")
    if sight.on_azure and sight.rules and not sight.by_ip:
        return None
    confidence = _confidence(sight)
    why = "Lets this address in. Only for one that is yours alone and does not change."
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, [steps.rules_seen(sight)])),
        fix=(steps.add_ip(target, sight.registry, sight.refused.ip, why),),
        settle="" if confidence is Confidence.PROVEN else looks.rules(target, sight.registry),
        stage=sight.stage,
    )


def _confidence(sight: Sight) -> Confidence:
    if sight.on_azure:
        return Confidence.PROVEN if sight.by_ip else Confidence.POSSIBLE
    denies = sight.registry is not None and sight.registry.default_action.lower() == "deny"
    return Confidence.PROVEN if denies else Confidence.LIKELY


CAUSE = Cause(
    id="ip-not-allowed",
    title="The registry has no IP rule for this public address",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
)
