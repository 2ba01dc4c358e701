"""A private endpoint of the registry defeats the service endpoint of this subnet.

What happened
The registry is set up in two ways at once, which Microsoft does not support together: it has a
private endpoint for some network, and a VNet rule for this subnet, whose service endpoint is on.
Service endpoints need the public address. But as soon as a registry has any private endpoint, its
name leads over privatelink for everybody, and where a private zone of that name is in use without a
record for this registry, the name does not resolve at all.

How we know
The name ends in a private zone that lacks it, while the registry's rules hold this subnet, its
service endpoint is Succeeded, and none of the registry's private endpoints is in reach of this
VNet. The same zone without rule and endpoint would be no more than a missing record.

Fix
Choose one. Private Link is recommended: give this VNet a private endpoint and a record in the zone.
To stay with the service endpoint, let the zone's link to this VNet fall back to public DNS for what
the zone lacks.

Still failing?
A private endpoint also moves the layers of the registry to its data endpoint for everybody
(registry.region.data.azurecr.io): the way out to that host has to be open.
"""

from checks.dns_answer import DnsFailed
from checks.network_rules import NetworkRules
from checks.refusal import Refused
from checks.subnet import Subnet
from diagnose.causes import private_link, zone_steps
from diagnose.causes.contract import Cause, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, steps
from diagnose.causes.private_link import PrivateLink


def find(
    *,
    link: PrivateLink,
    failed: DnsFailed | None,
    refused: Refused | None,
    subnet: Subnet | None,
    rules: NetworkRules | None,
) -> Finding | Rejected | None:
    lacking = [r for r in failed.resolvers if r.result == "NXDOMAIN"] if failed else []
    lost = any(map(private_link.led_away, lacking))
    if not lost and not (refused and refused.private_ip and _set_up(link, subnet, rules)):
        return None
    against = _against(link, failed, subnet, rules) if lost else ""
    if against:
        return Rejected(because=against)
    proven = lost and bool(link.useless) and _set_up(link, subnet, rules)
    host = link.target.login_server
    seen = (("dns", failed), ("subnet", subnet), ("network-rules", rules))
    met = [Evidence(check=refused.check, saw=refused.summary)] if refused else []
    return Finding(
        confidence=Sure.PROVEN if proven else Sure.POSSIBLE,
        evidence=(
            *met,
            *([private_link.seen(failed.resolvers)] if failed else ()),
            *(Evidence(check=check, saw=fact.summary) for check, fact in seen if fact),
            *link.evidence,
        ),
        fix=(
            steps.private_link(),
            *(zone_steps.find_zone("", host) if lost else ()),
            *(zone_steps.fall_back("", host) if lost else ()),
        ),
        settle="" if proven else looks.rules(link.target, link.registry),
        stage=Stage.DNS if lost else Stage.ADMISSION,
    )


def _set_up(link: PrivateLink, subnet: Subnet | None, rules: NetworkRules | None) -> bool:
    """Both ways are there: a private endpoint, and for this subnet endpoint and rule."""
    ready = bool(subnet and subnet.endpoint and subnet.endpoint.state.lower() == "succeeded")
    ruled = bool(subnet and rules and rules.allows(subnet.id))
    taken = bool(link.registry and link.registry.public_access)
    return ready and ruled and taken and bool(link.approved)


def _against(
    link: PrivateLink, failed: DnsFailed | None, subnet: Subnet | None, rules: NetworkRules | None
) -> str:
    """Give what was seen against it, or '' where it may be."""
    if any(r.works for r in (failed.resolvers if failed else ())):
        return "another server resolves the name"
    if link.registry and not link.registry.public_access:
        return "public access is disabled, so no rule could work"
    if rules and (not rules.subnet_ids or (subnet and not rules.allows(subnet.id))):
        return "the registry has no VNet rule for this subnet"
    if subnet and not subnet.endpoint:
        return "the subnet has no service endpoint for registries"
    return f"{link.near.name} is a private endpoint in reach" if link.near else ""


CAUSE = Cause(
    id="private-link-conflict",
    title="A private endpoint of the registry defeats the service endpoint of this subnet",
    stage=Stage.ADMISSION,
    owner=Owner.REGISTRY,
    find=find,
    beats=("private-dns-record-missing",),
)
