"""The network's own DNS server does not ask Azure's.

What happened
The registry has a private endpoint, and the private zone is linked: Azure's own resolver gives the
private address. But this machine asks a DNS server of the network's own, which does not hand the
question on to Azure's resolver. It gives the public address, where the registry refuses or the way
is closed, or it says that there is no such name.

How we know
168.63.129.16, asked directly, gives a private address. The server that this machine is told to use
gives a public one or none, for the same name in the same run. Where Azure's gives a public address
and that server denies the name, it is likely: a zone of the server's own may stand in the way.

Fix
On that DNS server, forward the public zone azurecr.io (not the privatelink zone) to 168.63.129.16,
if the server is in a VNet to which the zone is linked. From outside Azure, forward to the inbound
endpoint of a DNS private resolver or to a forwarder inside such a VNet.

Still failing?
Every one of the configured servers needs the forwarder: machines ask any of them. Old answers stay
in the servers' and the machines' caches for some minutes.
"""

from checks.dns_answer import DnsAnswer, DnsFailed, Resolver
from checks.host import Host
from checks.ports import AZURE_DNS
from checks.refusal import Refused
from checks.tcp_path import TcpBlocked
from diagnose.causes import private_link, zone_steps
from diagnose.causes.contract import Cause, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.dns import _public
from diagnose.causes.private_link import PrivateLink


def find(
    *,
    dns: DnsAnswer | None,
    failed: DnsFailed | None,
    host: Host,
    link: PrivateLink,
    refused: Refused | None,
    tcp: TcpBlocked | None,
) -> Finding | Rejected | None:
    resolvers = dns.resolvers if dns else failed.resolvers if failed else ()
    stage = Stage.DNS if failed else _public.stage(refused, tcp)
    azure = private_link.azures(resolvers)
    own = [r for r in resolvers if r.server in host.resolvers and r.server != AZURE_DNS]
    wrong = [r for r in own if _public_or_none(r)]
    asked = private_link.asks_azure(link, resolvers)
    given = azure.addresses if azure else ()
    if stage is None or not wrong or (dns and private_link.private(dns.addresses)):
        return None
    in_use = dns is not None and azure is not None and private_link.zone_lacks((azure,)) is not None
    denied = failed is not None and bool(given)
    if not private_link.private(given) and not in_use and not denied:
        own_zone = failed is not None and not any(r.final for r in resolvers)
        if not own_zone and not any(map(private_link.led_away, resolvers)):
            return None
        if asked:
            saw = f"{AZURE_DNS} gives no private address either"
            return Rejected(because=f"{saw}: {azure}" if given else f"{saw}, and the VNet uses it")
    if link.proxied and not failed:
        return Rejected(because=link.proxied)
    inside = private_link.private(given)
    stale = inside and link.nobodys(given[0])
    sure = Sure.LIKELY if given or in_use else Sure.POSSIBLE
    sure = Sure.PROVEN if inside and not stale else sure
    look = f"dig @{wrong[0].server} SOA" if denied else f"dig @{AZURE_DNS}"
    told = [Evidence(check="vnet", saw=link.vnet.summary)] if link.vnet else []
    return Finding(
        confidence=sure,
        evidence=(
            private_link.seen(resolvers),
            *([Evidence(check="dns", saw=failed.summary)] if failed else ()),
            *_public.met(refused, tcp),
            *told,
            *link.evidence,
        ),
        settle="" if sure is Sure.PROVEN else f"{look} {link.target.login_server}",
        note=f"{given[0]} is not the address of any private endpoint either." if stale else "",
        fix=(
            *_public.own_setting(link, wrong),
            zone_steps.forward(link.target.login_server, tuple(r.server for r in wrong)),
        ),
        stage=stage,
    )


def _public_or_none(resolver: Resolver) -> bool:
    """It answered, and not with a private address."""
    return resolver.result == "NXDOMAIN" or (
        resolver.works and private_link.public(resolver.addresses)
    )


CAUSE = Cause(
    id="custom-dns-not-forwarding",
    title="The network's own DNS server does not ask Azure's",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    beats=(*_public.BEATS, "private-dns-record-missing", "registry-name-not-found"),
)
