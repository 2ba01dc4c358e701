"""The private DNS zone is not linked to this VNet.

What happened
The registry has a private endpoint, and only machines whose network looks its name up in the
private zone get the private address. This VNet does not: the name leads to the public address, and
there the registry refuses, or the way is closed.

How we know
The name leads over a privatelink name, which public DNS gives only to registries with a private
endpoint, and ends at a public address, also when Azure's own 168.63.129.16 is asked. The public
side refused this machine or did not answer. It is proven when Azure Resource Manager shows an
approved private endpoint in this VNet or in one that is peered with it.

Fix
Link the zone privatelink.azurecr.io to the VNet. A VNet with DNS servers of its own needs the link
where those servers are, and they have to hand on to 168.63.129.16.

Still failing?
A link takes some minutes, and old answers are kept on the machine for as long. If the zone is
linked already, its link may fall back to public DNS for a record that is missing: look at the
records. Both the registry's and its data endpoint's record are needed.
"""

from checks.dns_answer import DnsAnswer
from checks.hosts_file import Override
from checks.instance import Instance
from checks.ports import AZURE_DNS
from checks.refusal import Refused
from checks.tcp_path import TcpBlocked
from diagnose.causes import private_link, subnet_steps, zone_steps
from diagnose.causes.contract import (
    Cause,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.dns import _public
from diagnose.causes.private_link import PrivateLink


def find(
    *,
    dns: DnsAnswer,
    link: PrivateLink,
    refused: Refused | None,
    tcp: TcpBlocked | None,
    override: Override | None,
    instance: Instance | None,
) -> Finding | Rejected | None:
    stage = _public.stage(refused, tcp)
    asked = any(r.chain for r in dns.resolvers)
    if stage is None or not private_link.public(dns.addresses):
        return None
    if not dns.private_link and (asked or not link.near):
        return None
    for resolver in dns.resolvers:
        if private_link.private(resolver.addresses):
            return Rejected(because=f"{resolver} is private, so a zone is in use there")
    lacking = private_link.zone_lacks(dns.resolvers)
    against = (
        f"{lacking.server} came to a private zone, so one is in use there" if lacking else "",
        override.summary if override else "",
        link.proxied,
        link.useless,
    )
    if any(against):
        return Rejected(because=next(filter(None, against)))
    near = link.near
    sure = _confidence(link, dns, refused)
    return Finding(
        confidence=sure,
        evidence=(
            private_link.seen(dns.resolvers),
            *_public.met(refused, tcp),
            *link.evidence,
            *([Evidence(check="vnet", saw=link.vnet.summary)] if link.vnet else ()),
        ),
        settle="" if sure is Sure.PROVEN else _settle(link),
        fix=_fix(link, instance),
        note=f"A private endpoint of the registry is in reach: {near.summary}." if near else "",
        stage=stage,
    )


def _settle(link: PrivateLink) -> str:
    return f"dig @{AZURE_DNS} {link.target.login_server}" if link.near else link.settle


def _confidence(link: PrivateLink, dns: DnsAnswer, refused: Refused | None) -> Sure:
    if link.near:
        return Sure.PROVEN if private_link.asks_azure(link, dns.resolvers) else Sure.LIKELY
    # An endpoint that is in effect here is a plan of its own, and the private one may be another's.
    return Sure.POSSIBLE if refused and refused.private_ip else Sure.LIKELY


def _fix(link: PrivateLink, instance: Instance | None) -> tuple[FixStep, ...]:
    host, zone = link.target.login_server, link.near.zone_id if link.near else ""
    own = [s for s in (link.vnet.dns_servers if link.vnet else ()) if s != AZURE_DNS]
    steps = (
        *zone_steps.find_zone(zone, host),
        *subnet_steps.find_subnet(link.vnet_id, instance),
        zone_steps.add_link(zone, host, link.vnet_id),
    )
    return (*steps, zone_steps.forward(host, tuple(own))) if own else steps


CAUSE = Cause(
    id="private-dns-zone-not-linked",
    title="The private DNS zone is not linked to this VNet",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    beats=_public.BEATS,
)
