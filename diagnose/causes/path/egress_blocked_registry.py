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
from checks.interface import Interface
from checks.outbound_rules import OutboundRules
from checks.outside import Outside
from checks.ports import Trouble
from checks.proxy import ProxyFailed
from checks.repeats import Repeats, Share
from checks.subnet import Subnet
from checks.tcp_path import TcpBlocked
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.causes.path import _steps
from diagnose.causes.private_link import PrivateLink

_DROPPED = (Trouble.TIMEOUT, Trouble.UNREACHABLE)


def find(
    *,
    tcp: TcpBlocked,
    outside: Outside,
    challenge: Challenge | None,
    dns: DnsAnswer | None,
    subnet: Subnet | None,
    interface: Interface | None,
    link: PrivateLink,
    rules: OutboundRules | None,
    proxy: ProxyFailed | None,
    repeats: Repeats | None,
) -> Finding | Rejected | None:
    public = all(kind(address) is Kind.PUBLIC for address in tcp.addresses)
    if tcp.trouble not in (*_DROPPED, Trouble.REFUSED) or not public or challenge:
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
    settle = "" if outside.reached else "Ask again when other hosts answer at each try."
    if tcp.trouble is Trouble.REFUSED:
        settle = "Check that the address is the registry's: something there refuses connections."
    elif dns and elsewhere(dns):
        settle = "The DNS servers give another address: look in /etc/hosts and in local caches."
    elif dns and dns.private_link and not link.useless:
        settle = "The registry has a private endpoint somewhere: is this VNet to use it?"
    tag = _steps.Tag(name="AzureContainerRegistry", addresses=tcp.addresses)
    return Finding(
        confidence=Confidence.LIKELY if settle else Confidence.PROVEN,
        evidence=(
            Evidence(check="tcp", saw=tcp.summary),
            Evidence(check="outside", saw=outside.summary),
            *([Evidence(check="repeats", saw=repeats.summary)] if repeats and settle else ()),
            *_steps.denied(rules, subnet, tag),
        ),
        fix=(
            _steps.look("list-effective-nsg", interface, "Shows which rule denies, if one does."),
            _steps.look(
                "show-effective-route-table", interface, "Shows where the traffic is sent."
            ),
            *_steps.allow_tag(subnet, tag, rules),
        ),
        settle=settle,
    )


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
