"""The private DNS zone has no record for this registry.

What happened
The registry has a private endpoint, so its name leads on to a name in privatelink.azurecr.io. A
private zone of that name is in use here, but it holds no record for this registry, and a private
zone answers for all of its names: what it lacks does not exist here. The zone may belong to another
team or to another registry.

How we know
The answer was NXDOMAIN after a privatelink name, and it came from a private zone, which the SOA of
the answer names (azureprivatedns.net). A mistyped name has no privatelink name on its way.

Fix
Add a record with the address of the registry's private endpoint, best by a zone group on the
endpoint, which keeps the record up to date. If there is no private endpoint that this VNet reaches,
make one, or let the zone's link fall back to public DNS.

Still failing?
Negative answers are kept for some seconds to minutes: ask again. Layers come from a second name,
registry.region.data, which needs a record of its own. After a private endpoint was deleted, its
name may lead to the zone for a while; the zone's link to this VNet can go then.
"""

from checks.dns_answer import DnsFailed
from checks.network_rules import NetworkRules
from checks.subnet import Subnet
from diagnose.causes import private_link, zone_steps
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.private_link import PrivateLink

_PRIVATE_ZONE = "azureprivatedns.net"


def find(
    dns: DnsFailed, link: PrivateLink, subnet: Subnet | None, rules: NetworkRules | None
) -> Finding | Rejected | None:
    lacking = [r for r in dns.resolvers if r.result == "NXDOMAIN" and private_link.led_away(r)]
    if not lacking:
        return None
    for resolver in dns.resolvers:
        if resolver.works:
            told = (
                "knows the record" if private_link.private(resolver.addresses) else "asks no zone"
            )
            saw = f"{resolver.server} {told}: {', '.join(resolver.addresses)}"
            return Rejected(because=saw)
    said = [r for r in lacking if _PRIVATE_ZONE in r.authority]
    # Where no private endpoint serves, the service endpoint may have been meant to.
    meant = subnet is None or (subnet.endpoint is not None and rules is None)
    alone = bool(link.useless) and not meant
    proven = bool(said) and (link.near is not None or alone)
    by = Evidence(
        check="dns",
        saw=f"{lacking[0].server} came to {lacking[0].chain[0]}, then no such name, said "
        f"{lacking[0].authority or 'an unnamed zone'}",
    )
    return Finding(
        confidence=Confidence.PROVEN if proven else Confidence.LIKELY,
        evidence=(Evidence(check="dns", saw=dns.summary), by, *link.evidence),
        note=f"A record alone would not do: {link.useless}." if link.useless else "",
        settle="" if proven else link.settle,
        fix=_fix(link),
    )


def _fix(link: PrivateLink) -> tuple[FixStep, ...]:
    host, zone = link.target.login_server, link.near.zone_id if link.near else ""
    look = zone_steps.find_zone(zone, host)
    if link.useless:
        return (*look, zone_steps.private_endpoint(host), *zone_steps.fall_back(zone, host))
    address = link.near.address_of(host) if link.near else ""
    return (*look, *zone_steps.add_record(zone, host, address))


CAUSE = Cause(
    id="private-dns-record-missing",
    title="The private DNS zone has no record for this registry",
    stage=Stage.DNS,
    owner=Owner.NETWORK,
    find=find,
)
