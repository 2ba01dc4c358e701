"""The traffic takes a way round the endpoint.

What happened
The subnet's service endpoint is on, but the registry sees a public address. Something else carries
the traffic: a proxy, a firewall or an appliance in another subnet. The rule for this subnet does
not match what comes from there. A proxy goes round a private endpoint in the same way: it looks the
name up by itself, and takes the public address.

How we know
The endpoint is Succeeded, and the refusal names a public address that is not this machine's own, or
a proxy was met on the way. With a private endpoint, the name leads to its address here, which
answers, while the requests that the registry refused went by a proxy.

Fix
With a proxy: put the login server into NO_PROXY for the shell and for the container runtime.
Otherwise look at the effective routes and see where the registry's address goes. Route it
straight, or give the firewall's own subnet the endpoint and the rule.

Still failing?
If the endpoint was turned on just now, run again in a few minutes. Check that the runtime was
restarted after NO_PROXY was changed.
"""

from checks.challenge import Challenge
from checks.dns_answer import DnsAnswer, DnsFailed
from checks.egress import Egress
from checks.target import Target
from checks.tcp_path import TcpReached
from diagnose.causes import private_link
from diagnose.causes.contract import Cause, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.firewall import looks, proxied
from diagnose.causes.firewall.sight import RULE_FAULTS, Sight


def find(
    *,
    sight: Sight,
    target: Target,
    challenge: Challenge | None,
    egress: Egress | None,
    dns: DnsAnswer | None,
    dns_failed: DnsFailed | None,
    tcp: TcpReached | None,
) -> Finding | Rejected | None:
    if not sight.public or not sight.on_azure:
        return None
    if dns and challenge and challenge.via_proxy:
        here = private_link.private(dns.addresses)
        if here or (sight.link.near and sight.registry and not sight.registry.public_access):
            return proxied.past(sight, target, challenge.via_proxy, dns, tcp if here else None)
    if sight.moot and challenge and challenge.via_proxy and not (dns or dns_failed):
        return proxied.past(sight, target, challenge.via_proxy, None, None)
    if sight.moot or sight.by_ip:
        return Rejected(because=sight.moot or sight.by_ip)
    if sight.subnet and not sight.ready:
        return Rejected(because=f"the endpoint is not on: {sight.subnet.summary}")
    own = egress.addresses if egress else ()
    proxy = proxied.by(sight.host, challenge)
    if sight.subnet is None and sight.refused.ip in own and not proxy:
        return Rejected(because=f"{sight.refused.ip} is this machine's own outbound address")
    met = [Evidence(check="egress", saw=egress.summary)] if egress else []
    if proxy:
        seen = "challenge" if challenge else "host"
        met.append(Evidence(check=seen, saw=f"a proxy is set: {proxy}"))
    confidence = _confidence(sight, egress, proxy, seen=bool(challenge))
    return Finding(
        confidence=confidence,
        evidence=sight.evidence(*met),
        fix=looks.around(target, proxy, sight.interface.nic_id if sight.interface else ""),
        note=_note(sight, fresh=sight.refused.ip in own and not proxy),
        settle="" if confidence is Sure.PROVEN else looks.way(sight),
        stage=sight.stage,
    )


def _note(sight: Sight, *, fresh: bool) -> str:
    told = []
    if fresh:
        told.append(
            "The address is this machine's own: the endpoint may have been turned on just now; "
            "run again in a few minutes."
        )
    if sight.v6:
        told.append("A service endpoint carries IPv4 alone: look for AAAA records of the name.")
    if sight.ruled is False:
        told.append("The registry has no rule for this subnet, which it will need after that.")
    return " ".join(told)


def _confidence(sight: Sight, egress: Egress | None, proxy: str, *, seen: bool) -> Sure:
    if sight.subnet is None:
        return Sure.LIKELY if proxy else Sure.POSSIBLE
    known = egress.addresses if egress and egress.certain and not sight.v6 else ()
    foreign = bool(known) and sight.refused.ip not in known
    return Sure.PROVEN if foreign or (proxy and seen) else Sure.LIKELY


CAUSE = Cause(
    id="egress-path-bypasses-endpoint",
    title="The traffic takes a way round the endpoint",
    stage=Stage.ADMISSION,
    owner=Owner.NETWORK,
    find=find,
    hides=(*RULE_FAULTS, "service-endpoint-missing"),
)
