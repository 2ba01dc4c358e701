"""This cloud has no service endpoints for registries.

What happened
The registry refused this machine. Elsewhere a service endpoint and a VNet rule would let it in, but
Azure US Government and Azure operated by 21Vianet do not offer them for container registries.

How we know
The registry's name or the machine's own metadata names the cloud, and the registry's firewall
refused. The registry is not set up by IP ranges, which do work there.

Fix
Use Private Link: a private endpoint in the VNet and the cloud's privatelink zone linked to it. It
needs the Premium tier.

Still failing?
Look up the registry's name on the machine. It has to give a private address; if it gives a public
one, the private zone is not linked to the VNet or a DNS server of your own does not forward to it.
"""

from dataclasses import replace

from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.firewall import looks, steps
from diagnose.causes.firewall.sight import UNSUPPORTED_CLOUDS, Sight


def find(sight: Sight, target: Target) -> Finding | Rejected | None:
    sight = replace(sight, interface=None, subnet=None)  # a cloud is not about the subnet
    seen = (
        ("target", target.cloud),
        ("instance", sight.instance.environment if sight.instance else ""),
    )
    named = [(check, cloud) for check, cloud in seen if cloud.lower() in UNSUPPORTED_CLOUDS]
    if not named or not sight.on_azure:
        return None
    if sight.moot or sight.by_ip:
        return Rejected(because=sight.moot or sight.by_ip)
    proven = sight.registry is not None and sight.registry.public_access
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=sight.evidence(*(Evidence(check=c, saw=f"the cloud is {n}") for c, n in named)),
        fix=(steps.private_link(),),
        settle="" if sight.registry else looks.access(target, sight.registry),
        stage=sight.stage,
    )


CAUSE = Cause(
    id="unsupported-cloud",
    title="Service endpoints for registries do not exist in this cloud",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
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
    ),
)
