"""Whether a proxy carries the traffic to the registry; no cause of its own."""

from checks.challenge import Challenge
from checks.host import Host


def by(host: Host | None, challenge: Challenge | None) -> str:
    """Name the proxy, or give an empty string. What was seen on the way beats a setting."""
    if challenge:
        return challenge.via_proxy
    wanted = ("HTTPS_PROXY", "ALL_PROXY")
    named = [url for name, url in (host.proxies if host else ()) if name.upper() in wanted]
    return named[0] if named else ""
