"""Whether a proxy carries the traffic to the registry, and round what; no cause of its own."""

from checks.challenge import Challenge
from checks.dns_answer import DnsAnswer
from checks.host import Host
from checks.target import Target
from checks.tcp_path import TcpReached
from diagnose.causes.contract import Confidence, Evidence, Finding
from diagnose.causes.firewall import looks
from diagnose.causes.firewall.sight import Sight


def by(host: Host | None, challenge: Challenge | None) -> str:
    """Name the proxy, or give an empty string. What was seen on the way beats a setting."""
    if challenge:
        return challenge.via_proxy
    wanted = ("HTTPS_PROXY", "ALL_PROXY")
    named = [url for name, url in (host.proxies if host else ()) if name.upper() in wanted]
    return named[0] if named else ""


def past(
    sight: Sight, target: Target, proxy: str, dns: DnsAnswer | None, tcp: TcpReached | None
) -> Finding:
    """The proxy takes the public side of a registry whose private endpoint is in use here.

    Without an answer to where the name leads from here, that is possible and no more.
    """
    sure = bool(tcp and dns and dns.private_link)
    note = "A private endpoint is in use here, and the proxy takes the public side."
    met = [Evidence(check="dns", saw=dns.summary)] if dns else []
    met.append(Evidence(check="challenge", saw=f"a proxy carried it: {proxy}"))
    met += [Evidence(check="tcp", saw=tcp.summary)] if tcp else []
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY if dns else Confidence.POSSIBLE,
        evidence=sight.evidence(*met),
        fix=looks.around(target, proxy, ""),
        note=note if dns else "",
        settle="" if sure else f"curl --noproxy '*' https://{target.login_server}/v2/",
        stage=sight.stage,
    )
