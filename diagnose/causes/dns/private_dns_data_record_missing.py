"""The private DNS zone lacks the record of the data endpoint.

What happened
The login server resolves to a private endpoint, so login and manifest work. A registry with a
private endpoint sends clients to its data endpoint for the layers, and that second name
(registry.region.data) has no record in the private zone. Every pull fails at the layers.

How we know
The host of the registry's own redirect does not resolve, or resolves to a public address that does
not answer, by way of a privatelink name, while the login server has a private address in the same
run.

Fix
Add the record of the data endpoint with its own address: the private endpoint has one address for
the login server and one for each region's data endpoint. A zone group on the endpoint makes both.

Still failing?
After a replica was added, each region has a data endpoint and a record of its own. Ask again after
some minutes: negative answers are kept.
"""

from checks.dns_answer import DnsAnswer
from checks.layer import LayerBlocked
from checks.layer_dns import LayerNames
from checks.replies import Trouble
from diagnose.causes import private_link, zone_steps
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.private_link import PrivateLink

_UNNAMED = (Trouble.NAME_UNKNOWN, Trouble.NAME_EMPTY)


def find(
    layer: LayerBlocked, names: LayerNames, dns: DnsAnswer, link: PrivateLink
) -> Finding | Rejected | None:
    if ".data.azurecr." not in layer.host or not private_link.private(dns.addresses):
        return None
    unnamed = layer.trouble in _UNNAMED
    if not unnamed and not private_link.public(names.addresses):
        if private_link.private(names.addresses):
            return Rejected(because=f"{layer.host} has a private address too")
        return None
    led = names.private_link
    near = link.owner_of(dns.addresses[0]) or link.near
    zone, address = (near.zone_id, near.address_of(layer.host)) if near else ("", "")
    proven = led and (unnamed or bool(address))
    settle = f"Ask 168.63.129.16 for {layer.host}, and look which private zones are linked."
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=(
            Evidence(check="layer", saw=layer.summary),
            Evidence(check="dns", saw=dns.summary),
            Evidence(check="layer-dns", saw=names.summary),
            *link.evidence,
        ),
        settle="" if proven else settle,
        fix=(
            *zone_steps.find_zone(zone, layer.host),
            *zone_steps.add_record(zone, layer.host, address),
        ),
    )


CAUSE = Cause(
    id="private-dns-data-record-missing",
    title="The private DNS zone lacks the record of the data endpoint",
    stage=Stage.LAYER,
    owner=Owner.NETWORK,
    find=find,
    beats=("egress-blocked-data", "egress-filtered-data"),
    hides=(
        "egress-blocked-data",
        "egress-filtered-data",
        "mtu-black-hole",
        "storage-endpoint-policy-blocks-layers",
        "tls-intercepted",
    ),
)
