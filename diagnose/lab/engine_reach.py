"""One HTTPS request of the simulated engine: its own proxy, its own trust, and Go's words."""

import base64
import http
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

import dns.message
import dns.rcode
import dns.rdatatype

from checks import proxy_rules
from diagnose.lab import proxy, router
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.dns import resolve
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Request, Response
from diagnose.lab.reach import fate, greeted

# Wordings of Go's net, net/http and crypto/x509, as data-plane section 7 lists them (33 to 50).
_UNTRUSTED = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
_AFTER_CONNECT = {
    Fault.RESET: "read tcp {vm}:443->{address}:443: read: connection reset by peer",
    Fault.EOF: "EOF",
    Fault.SILENT: "net/http: TLS handshake timeout",
}


class UnreachedError(Exception):
    """Go's words for a request that got no answer."""


def ask(cloud: Cloud, engine: Engine, request: Request) -> Response:
    """Send one request from the engine; raises `UnreachedError`."""
    told = proxy_rules.for_host(request.host, engine.proxies)
    if told:
        return _by_proxy(cloud, engine, request, urlsplit(told))
    address = _dialled(cloud, request.host, 443)
    _, met = greeted(cloud, request.host, address)
    if met in _AFTER_CONNECT:
        words = _AFTER_CONNECT[met]
        raise UnreachedError(words.format(vm=cloud.vm.private_ip, address=address))
    _verify(engine, "inspecting" if met is Fault.INTERCEPT else "public")
    return router.answer(cloud, _at(request, address))


def _by_proxy(cloud: Cloud, engine: Engine, request: Request, told: SplitResult) -> Response:
    host, port = told.hostname or "", told.port or 80
    try:
        address = _dialled(cloud, host, port)
    except UnreachedError as unreached:
        raise UnreachedError(f"proxyconnect tcp: {unreached}") from None
    there = cloud.proxy
    if there is None or (address, port) != (there.address, there.port):  # no proxy, but a listener
        raise UnreachedError("proxyconnect tcp: EOF")
    user = f"{told.username}:{told.password or ''}" if told.username else ""
    login = base64.b64encode(user.encode()).decode()
    headers = {"proxy-authorization": f"Basic {login}"} if user else {}
    refusal = proxy.connect(
        cloud, there, Request(method="CONNECT", host=request.host, path="", headers=headers)
    )
    if refusal:
        raise UnreachedError(http.HTTPStatus(refusal.status).phrase)
    _verify(engine, "inspecting" if there.inspects else "public")
    return proxy.answer(there, cloud, _at(request, _address(cloud, request.host)))


def _verify(engine: Engine, whose: str) -> None:
    if whose not in engine.trusts:
        raise UnreachedError(_UNTRUSTED)


def _dialled(cloud: Cloud, host: str, port: int) -> str:
    """The address that took the connection; raises `UnreachedError`."""
    address = _address(cloud, host)
    fault = fate(cloud, address, port)
    if fault is Fault.DROP:
        raise UnreachedError(f"dial tcp {address}:{port}: i/o timeout")
    if fault is Fault.REFUSE:
        raise UnreachedError(f"dial tcp {address}:{port}: connect: connection refused")
    return address


def _at(request: Request, address: str) -> Request:
    return replace(request, local=address)


def _address(cloud: Cloud, host: str) -> str:
    """What the machine's hosts file or a resolver answers, in Go's words where it is no address.

    Go passes over a resolver that is silent or fails, and tells of the last one.
    """
    if host.replace(".", "").isdigit():
        return host
    for line in cloud.files.get("/etc/hosts", "").splitlines():
        address, *listed = line.partition("#")[0].split() or [""]
        if host in listed:
            return address
    unreached = UnreachedError(f"dial tcp: lookup {host}: no such host")
    for server in cloud.name_servers:
        reply = resolve(cloud, dns.message.make_query(host, "A"), server)
        where = f"dial tcp: lookup {host} on {server}:53"
        if reply is None:
            words = f"read udp {cloud.vm.private_ip}->{server}:53: i/o timeout"
            unreached = UnreachedError(f"{where}: {words}")
            continue
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            unreached = UnreachedError(f"{where}: server misbehaving")
            continue
        for rows in reply.answer:
            if rows.rdtype == dns.rdatatype.A:
                return str(next(iter(rows.items)))
        raise UnreachedError(f"{where}: no such host")
    raise unreached
