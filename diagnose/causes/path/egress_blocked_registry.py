"""The way out to the registry is blocked.

What happened
Packets from this machine to the login server on port 443 are dropped, while other hosts outside
answer. A network security group, a route or a firewall lets this machine out, but not to there.

How we know
The login server resolves to public addresses. Connections to them time out or have no route, and
a control host answers on 443 in the same run. A refused connection is weaker: something answered,
perhaps a firewall and perhaps a wrong address.

Fix
Look at the effective rules and routes, then allow TCP 443 to the service tag AzureContainerRegistry
where the traffic is dropped. In a firewall, allow the login server by name.

Still failing?
Make sure that the name resolves to the right address: an entry in /etc/hosts or an old record
looks the same from here. Login and layers are two ways: the layers' hosts must be allowed as well.
"""

from checks.addresses import Kind, kind
from checks.challenge import Challenge
from checks.dns_answer import DnsAnswer
from checks.outbound_rules import OutboundRules
from checks.outside import Outside
from checks.proxy import ProxyFailed
from checks.repeats import Repeats, Share
from checks.replies import Trouble
from checks.tcp_path import TcpBlocked
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.path import _groups, _steps
from diagnose.causes.private_link import PrivateLink

_DROPPED = (Trouble.TIMEOUT, Trouble.UNREACHABLE)
_REJECTED = (Trouble.REFUSED, Trouble.FORBIDDEN)  # FORBIDDEN: this machine's own rule or route


def find(
    *,
    tcp: TcpBlocked,
    outside: Outside,
    challenge: Challenge | None,
    dns: DnsAnswer | None,
    place: _steps.Place,
    link: PrivateLink,
    rules: OutboundRules | None,
    proxy: ProxyFailed | None,
    repeats: Repeats | None,
) -> Finding | Rejected | None:
    public = all(kind(address) is Kind.PUBLIC for address in tcp.addresses)
    if tcp.trouble not in (*_DROPPED, *_REJECTED) or not public or challenge:
        return None
    if proxy:
        return Rejected(because=f"requests go by the proxy {proxy.url}, not straight there")
    if repeats and repeats.lost is not Share.ALL:
        return Rejected(because=repeats.summary)
    now_and_then = bool(repeats and repeats.control_lost is not Share.ALL)
    if not outside.reached and not now_and_then:
        if not outside.silent:
            return None
        return Rejected(because=f"{', '.join(outside.silent)} does not answer on 443 either")
    settle = _doubt(tcp, dns, link)
    if not outside.reached:
        settle = settle or "Ask again when other hosts answer at each try."
    tag = _groups.Tag(name="AzureContainerRegistry", addresses=tcp.addresses)
    return Finding(
        confidence=Confidence.LIKELY if settle else Confidence.PROVEN,
        evidence=(
            Evidence(check="tcp", saw=tcp.summary),
            Evidence(check="outside", saw=outside.summary),
            *([Evidence(check="repeats", saw=repeats.summary)] if repeats and settle else ()),
            *_groups.denied(rules, place.subnet, tag),
        ),
        fix=_steps.ready(
            place,
            _steps.look("list-effective-nsg", place, "Shows which rule denies, if one does."),
            _steps.look("show-effective-route-table", place, "Shows where the traffic is sent."),
            *_groups.allow_tag(place, tag, rules),
        ),
        settle=settle,
    )


def _doubt(tcp: TcpBlocked, dns: DnsAnswer | None, link: PrivateLink) -> str:
    """Say what else it may be, as the look that would tell; nothing where it is sure."""
    if tcp.trouble is Trouble.REFUSED:
        return "Check that the address is the registry's: something there refuses connections."
    if tcp.trouble is Trouble.FORBIDDEN:
        return "Look at this machine's own rules: sudo nft list ruleset; ip route."
    if all(":" in address for address in tcp.addresses):
        return "Only IPv6 addresses are known here: ask the DNS servers for A records."
    if dns and elsewhere(dns):
        return "The DNS servers give another address: look in /etc/hosts and in local caches."
    if dns and dns.private_link and not link.useless:
        return "The registry has a private endpoint somewhere: is this VNet to use it?"
    return ""


def elsewhere(dns: DnsAnswer) -> bool:
    """Tell whether every DNS server gives other addresses than programs on this machine get."""
    given = {address for r in dns.resolvers if r.works for address in r.addresses}
    denied = any(r.result == "NXDOMAIN" for r in dns.resolvers)
    return (bool(given) or denied) and given.isdisjoint(dns.addresses)


CAUSE = Cause(
    id="egress-blocked-registry",
    title="The way out to the registry is blocked",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
)
