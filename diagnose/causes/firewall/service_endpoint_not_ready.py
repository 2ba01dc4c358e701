"""The subnet's service endpoint is listed, but not ready.

What happened
The subnet lists Microsoft.ContainerRegistry, but Azure has not finished setting it up, or
could not. Traffic to the registry still leaves from a public address, which no VNet rule matches.

How we know
The endpoint's provisioningState is not Succeeded, and the refusal names a public address.

Fix
Look at the state again; while it says Updating, wait a minute or two. If it says Failed, write the
subnet again as it is, which makes Azure finish the work. Nothing is added or dropped.

Still failing?
Look at the subnet's activity log for what failed. A lock, a policy or another change that is under
way on the VNet can stop it.
"""

from checks.subnet import SERVICE
from diagnose.causes import commands, subnet_steps
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import Sight

_STATE = f"serviceEndpoints[?service=='{SERVICE}']"


def find(sight: Sight) -> Finding | Rejected | None:
    subnet = sight.subnet
    if subnet is None:
        fits = sight.public and sight.on_azure and not sight.moot and not sight.by_ip
        return _finding(sight, Confidence.POSSIBLE, "") if fits else None
    if subnet.endpoint is None or sight.ready:
        return None
    if sight.private:
        saw = f"ACR saw the private address {sight.address}, so the endpoint is in effect"
        return Rejected(because=saw)
    if sight.moot or (sight.by_ip and sight.public):
        return Rejected(because=sight.moot or sight.by_ip)
    sure = Confidence.PROVEN if sight.public else Confidence.LIKELY
    return _finding(sight, sure, f"The state was {subnet.endpoint.state}. ")


def _finding(sight: Sight, confidence: Confidence, told: str) -> Finding:
    look = commands.endpoint_show(sight.subnet_id, _STATE)
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*filter(None, [steps.rules_seen(sight)])),
        fix=(
            *subnet_steps.find_subnet(sight.subnet_id, sight.instance),
            FixStep(
                command=look,
                needs=commands.SUBNET_READ,
                risk=Risk.READ_ONLY,
                why=f"{told}While it is Updating, wait.",
            ),
            subnet_steps.put_again(sight.subnet_id),
        ),
        settle=""
        if confidence is Confidence.PROVEN
        else looks.endpoint(sight.subnet_id, sight.instance),
        stage=sight.stage,
    )


CAUSE = Cause(
    id="service-endpoint-not-ready",
    title="The subnet's service endpoint is listed, but not ready",
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
