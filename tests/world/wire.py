"""What a client meets in one simulated Azure: name servers, SYNs, certificates, HTTP answers.

Every answer comes from the lab's own functions, so that nothing here can say other than the
servers on loopback. What was asked once is remembered: the cloud must not change meanwhile.
"""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

import dns.message
import dns.rdatatype

from checks.replies import HttpReply
from diagnose.lab import dns as servers
from diagnose.lab import proxy, router
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.http import Request, Response
from diagnose.lab.places import service_named
from diagnose.lab.reach import fate, fault_of, greeted, starved
from tests.world import tls
from tests.world.tls import Session


class Wire:
    """One cloud as it looks from its VM; many runs may share it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.memo: dict[object, object] = {}

    def query(self, name: str, server: str, kind: str) -> dns.message.Message:
        """One DNS server's answer; raise `TimeoutError` where it is silent."""
        key = ("dns", name, server, kind)
        if key not in self.memo:
            question = dns.message.make_query(name, dns.rdatatype.from_text(kind), use_edns=False)
            self.memo[key] = servers.resolve(self.cloud, question, server)
        answer = self.memo[key]
        if not isinstance(answer, dns.message.Message):
            raise TimeoutError("dns")
        return answer

    def connect(self, address: str, port: int, flow: int = 1) -> None:
        """The SYN of the ``flow``-th connection there: raise where it is dropped or refused."""
        key = ("syn", address, port)
        if key not in self.memo:
            self.memo[key] = fate(self.cloud, address, port)
        if self.memo[key] is Fault.DROP or starved(self.cloud, address, port, flow):
            raise TimeoutError("dropped")
        if self.memo[key] is Fault.REFUSE:
            raise ConnectionRefusedError(111, "refused")

    def greet(
        self, name: str, address: str, ca_file: str, *, verify: bool = True, segment: int = 1460
    ) -> Session:
        """A TLS handshake; raise what befalls it."""
        own, fault = greeted(self.cloud, name, address, segment)
        _befallen(fault, ssl.SSLEOFError(8, "EOF"))
        is_signed_again = fault is not None
        shown = name if is_signed_again else own
        context = tls.pki(self.cloud.clock_offset).context(shown, intercepted=is_signed_again)
        return tls.handshake(context, name, ca_file, verify=verify)

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, address: str
    ) -> HttpReply:
        """One request on a connection that stands."""
        request = _request(method, url, headers, body, peer=self.cloud.vm.private_ip, local=address)
        fault = None
        if url.startswith("http:"):
            _befallen(fate(self.cloud, address, urlsplit(url).port or 80), EOFError())
        else:
            _, fault = greeted(self.cloud, request.host, address)
        answer = proxy.firewall_page if fault is Fault.PAGE else router.answer
        return self._dressed(request, answer(self.cloud, request))

    def tunnel(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        through: str,
        ca_file: str,
    ) -> HttpReply:
        """One request by way of the web proxy whose URL is ``through``; its SYN went through."""
        place, parts = self.cloud.proxy, urlsplit(through)
        assert place is not None
        _befallen(fault_of(self.cloud, place.address), EOFError())
        host = (urlsplit(url).hostname or "").lower()
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        basic = f"Basic {base64.b64encode(login).decode()}"
        told = {"proxy-authorization": basic} if parts.username else {}
        refusal = proxy.connect(
            self.cloud, place, Request(method="CONNECT", host=host, path="", headers=told)
        )
        if refusal:
            words = f"{refusal.status} {HTTPStatus(refusal.status).phrase}"
            raise OSError(f"Tunnel connection failed: {words}")
        service = service_named(self.cloud, host)
        assert service is not None
        context = tls.pki(self.cloud.clock_offset).context(host, intercepted=place.inspects)
        tls.handshake(context, host, ca_file, verify=True)
        request = _request(method, url, headers, body, peer="", local=service.address)
        reply = self._dressed(request, proxy.answer(place, self.cloud, request))
        return replace(reply, peer=parts.hostname or "", local=self.cloud.vm.private_ip)

    def _dressed(self, request: Request, response: Response) -> HttpReply:
        headers = {"date": formatdate(self.cloud.now, usegmt=True)}
        for name, value in response.headers:
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        headers["content-length"] = str(len(response.body))
        return HttpReply(
            status=response.status,
            headers=dict(sorted(headers.items())),
            body=b"" if request.method == "HEAD" else response.body,
            peer=request.local,
            local=request.peer,
        )


def _request(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, peer: str, local: str
) -> Request:
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return Request(
        method=method,
        host=(parts.hostname or "").lower(),
        path=unquote(parts.path),
        query=dict(pairs),
        headers={name.lower(): value for name, value in headers.items()},
        body=body or b"",
        peer=peer,
        local=local,
        repeated=len({key for key, _ in pairs}) != len(pairs),
    )


def _befallen(fault: Fault | None, ended: Exception) -> None:
    """Raise what a client meets; ``ended`` is its word for a connection that was closed."""
    if fault is Fault.SILENT:
        raise TimeoutError("silent")
    if fault is Fault.EOF:
        raise ended
    if fault not in (None, Fault.INTERCEPT, Fault.PAGE):
        raise ConnectionResetError(104, "reset")
