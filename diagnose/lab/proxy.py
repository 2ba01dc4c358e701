"""The web proxy of the simulated network: whom it lets through, and what it says to others."""

import base64
from dataclasses import replace

from diagnose.lab import router
from diagnose.lab.caller import Caller
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.parts import Proxy
from diagnose.lab.places import service_named

_HTML = ("Content-Type", "text/html;charset=utf-8")
_MARKS = (("Server", "squid/6.6"), ("Via", "1.1 webproxy (squid/6.6)"), _HTML)
# The body that Azure Firewall sends for a request that no application rule allows (data-plane 0.7).
_NO_RULE = b"Action: Deny. Reason: No rule matched. Proceeding with default action."


def connect(cloud: Cloud, proxy: Proxy, request: Request) -> Response | None:
    """The proxy's answer to CONNECT; None where the tunnel stands."""
    if request.method != "CONNECT":
        return _page(405, "ERR_UNSUP_REQ")
    if proxy.login:
        wanted = "Basic " + base64.b64encode(proxy.login.encode()).decode()
        if request.headers.get("proxy-authorization") != wanted:
            asks = ("Proxy-Authenticate", 'Basic realm="webproxy"')
            return _page(407, "ERR_CACHE_ACCESS_DENIED", asks)
    if denies(proxy, request.host) and not proxy.inspects:
        return _page(403, "ERR_ACCESS_DENIED")
    if service_named(cloud, request.host) is None:
        return _page(503, "ERR_DNS_FAIL")
    return None


def denies(proxy: Proxy, host: str) -> bool:
    """Whether the proxy's list leaves this host out."""
    return bool(proxy.denied & {host, "*"})


def answer(proxy: Proxy, cloud: Cloud, request: Request) -> Response:
    """What comes back for a request that went through the tunnel."""
    if proxy.inspects and denies(proxy, request.host):
        return _page(403, "ERR_ACCESS_DENIED")
    response = router.answer(cloud, replace(request, seen_as=Caller(proxy.public_ip)))
    marks = (_MARKS[1],) if proxy.inspects else ()
    return Response(response.status, (*response.headers, *marks), response.body)


def firewall_page(_cloud: Cloud, _request: Request) -> Response:
    """What a firewall that opens TLS answers in the place of a host that no rule allows."""
    return Response(470, (("Content-Type", "text/plain; charset=utf-8"),), _NO_RULE)


def _page(status: int, error: str, *more: tuple[str, str]) -> Response:
    body = f"<html><title>ERROR</title><body>{error}</body></html>".encode()
    return Response(status, (*_MARKS, ("X-Squid-Error", f"{error} 0"), *more), body)
