"""This subnet has no way out.

What happened
Nothing outside the virtual network answers this machine on port 443, neither the registry nor any
other host. The subnet has no NAT gateway and no default outbound access, or a route sends the
traffic to a next hop that is dead, or everything outbound is denied.

How we know
The names resolve, but connections to the registry and to every control host time out or have no
route. One host that answers would speak against this cause. It is proven when the platform's own
metadata service answers, so that the machine's network as such works, or when the subnet is known
to have neither a NAT gateway nor default outbound access. Where everything is refused at once, a
rule of this machine's own may be what refuses, so that it is likely only. So it is where every
name leads to one address: a DNS server that answers so sends all of them to the wrong place.

Fix
Give the subnet a way out, with a NAT gateway, or mend the route or rule that drops the traffic.
For the registry alone a service endpoint and a rule in the registry are enough for login and
manifests, but the layers come from other hosts, which then need a way too.

Still failing?
A route 0.0.0.0/0 to a firewall or appliance takes precedence over a NAT gateway: look at the
effective routes and at what that appliance does. A network security group may deny Internet.
"""

from checks.addresses import Kind, kind
from checks.challenge import Challenge, ChallengeSilent
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
_REJECTED = (Trouble.REFUSED, Trouble.FORBIDDEN)  # somebody's answer, often this machine's own
_LOOK = "Look at the subnet's NAT gateway, routes and outbound access."
_LOOK_AT_NAMES = "Ask another DNS server for the same names: one address for all cannot be right."
_LOOK_HERE = "Look at this machine's own rules first: sudo nft list ruleset; ip route."


def find(
    *,
    tcp: TcpBlocked,
    outside: Outside,
    challenge: Challenge | None,
    silent: ChallengeSilent | None,
    place: _steps.Place,
    dns: DnsAnswer | None,
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
    if repeats and {repeats.lost, repeats.control_lost} != {Share.ALL}:
        return Rejected(because=repeats.summary)
    if outside.reached:
        return Rejected(because=f"{outside.reached[0]} answers on 443, so there is a way out")
    if not outside.silent:
        return None
    evidence = [
        Evidence(check="tcp", saw=tcp.summary),
        Evidence(check="outside", saw=outside.summary),
    ]
    subnet = place.subnet
    closed = bool(subnet and not subnet.default_outbound and not subnet.nat_gateway)
    if place.instance:
        evidence.append(Evidence(check="instance", saw="the metadata service answers"))
    if closed:
        saw = "the subnet has no NAT gateway and no default outbound access"
        evidence.append(Evidence(check="subnet", saw=saw))
    evidence += _groups.denied(rules, subnet, _groups.Tag(name="Internet", others=("AzureCloud",)))
    fix = [_steps.look("show-effective-route-table", place, "Shows where traffic is sent.")]
    if subnet and subnet.nat_gateway:
        why = "The subnet has a NAT gateway already: look for the rule that denies."
        fix.append(_steps.look("list-effective-nsg", place, why))
    else:
        fix += _steps.add_nat(place)
    if not (subnet and subnet.endpoint):
        why = (
            "Instead, for the registry alone: add its service endpoint, then the registry's rule "
            "for this subnet. Layers still need a way to their hosts. Open connections may drop."
        )
        fix.append(_steps.add_endpoint(place, why))
    elsewhere = dns is not None and dns.private_link and not link.useless  # closed on purpose?
    dropped = tcp.trouble in _DROPPED
    led = not (elsewhere or outside.one_place)  # to where the names really are
    proven = (place.instance is not None or closed) and led and dropped
    look = _LOOK_AT_NAMES if outside.one_place else _LOOK if dropped else _LOOK_HERE
    surest = Confidence.PROVEN if proven else Confidence.LIKELY
    return Finding(
        # Where requests themselves were not seen to fail, they may go another way, by a proxy.
        confidence=surest if silent else Confidence.POSSIBLE,
        evidence=tuple(evidence),
        fix=_steps.ready(place, *fix),
        settle="" if proven and silent else look,
    )


CAUSE = Cause(
    id="no-outbound",
    title="This subnet has no way out",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
    beats=("egress-blocked-registry",),
)
