"""New connections find no free port at the subnet's outbound address.

What happened
Every new connection to the internet takes a port of the public address that the subnet leaves with.
When they are all taken, new connections go unanswered until others end, so pulls fail now and then.

How we know
Of several connections that were opened at once to one address some went unanswered and some did
not; a path that is blocked drops all of them. It is proven when a host of another service fails in
part in the same way: then it is not that one host, but the way out.

Fix
Look at the metrics of the NAT gateway or load balancer for dropped and failed connections. Give the
subnet a NAT gateway, or the one that it has more public addresses: each brings 64,512 ports for
each destination. Find out which program opens so many connections.

Still failing?
A service endpoint or private endpoint takes the traffic to the registry off the public way
altogether. An overloaded firewall or appliance on the way loses connections in the same manner: its
own metrics tell.
"""

from shlex import quote

from checks.arm_answer import part
from checks.repeats import Repeats, Share
from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)
from diagnose.causes.path import _steps

_SETTLE = "Look at the NAT gateway's or load balancer's metrics for failed SNAT connections."


def find(repeats: Repeats, target: Target, place: _steps.Place) -> Finding | Rejected | None:
    partly = repeats.control_lost is Share.SOME
    if repeats.lost is Share.ALL and not partly:
        return Rejected(because=f"every connection to {repeats.host} goes unanswered, not some")
    if repeats.lost is Share.NONE:
        return None
    sure = partly and repeats.lost is Share.SOME
    unsure = Confidence.LIKELY if repeats.lost is Share.SOME else Confidence.POSSIBLE
    count = FixStep(
        command="ss -Hnt state established state syn-sent | wc -l",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why="Counts this machine's own open connections; with -p ss names their programs.",
    )
    fix = [count]
    subnet = place.subnet
    gateway = subnet.nat_gateway if subnet else ""
    if gateway:
        fix += [_metrics(gateway), _more(gateway)]
    else:
        fix += _steps.add_nat(place)
    if repeats.host == target.login_server and not (subnet and subnet.endpoint):
        why = (
            "Instead, for the registry alone: takes its traffic off the public way; its firewall "
            "then needs a rule for this subnet. Open connections may drop."
        )
        fix.append(_steps.add_endpoint(place, why))
    return Finding(
        confidence=Confidence.PROVEN if sure else unsure,
        evidence=(Evidence(check="repeats", saw=repeats.summary),),
        fix=_steps.ready(place, *fix),
        settle="" if sure else _SETTLE,
        stage=Stage.TCP if repeats.host == target.login_server else Stage.LAYER,
    )


def _metrics(gateway: str) -> FixStep:
    return FixStep(
        command=f"az monitor metrics list --resource {quote(gateway)} --metric SNATConnectionCount "
        "--filter \"ConnectionState eq 'Failed'\" --interval PT1M",
        needs="Microsoft.Insights/metrics/read on the NAT gateway",
        risk=Risk.READ_ONLY,
        why="Shows the connections that found no port, minute by minute.",
    )


def _more(gateway: str) -> FixStep:
    name = part(gateway, "natGateways")
    return FixStep(
        command="",
        needs="Microsoft.Network/natGateways/write and Microsoft.Network/publicIPAddresses/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Add a public address to {name}: up to 16 may share the load. Firewalls elsewhere "
        "that list its addresses must learn the new one, among them the registry's IP rules.",
    )


CAUSE = Cause(
    id="snat-exhausted",
    title="New connections find no free port at the subnet's outbound address",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
    beats=("egress-blocked-data", "egress-blocked-registry", "no-outbound"),
    hides=("egress-filtered-registry",),
)
