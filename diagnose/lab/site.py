"""What happens on one accepted connection: faults of the path, TLS, requests, DNS over TCP."""

import socket
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, cast

from diagnose.lab import dns, proxy, router
from diagnose.lab.certs import Pki
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.hello import peek_server_name
from diagnose.lab.http import Request, Response
from diagnose.lab.places import service_named
from diagnose.lab.reach import fate, fault_of, greeted
from diagnose.lab.sockets import hold, reset
from diagnose.lab.wire import keeps_alive, read_request, write_response

Answer = Callable[[Cloud, Request], Response]


class Site:
    """Serves every simulated address of one cloud, and keeps the log."""

    def __init__(self, cloud: Cloud, pki: Pki, latency: float) -> None:
        self.cloud = cloud
        self.pki = pki
        self.latency = latency
        self.log: list[tuple[str, str, str]] = []  # method, host, path; no query: it holds secrets
        self.questions: list[tuple[str, str]] = []  # DNS server, name and type

    def http(self, sock: socket.socket, peer: str, address: str) -> None:
        fault = fate(self.cloud, address, 80, peer)
        if fault is None:
            self._requests(sock, peer, address)
        elif fault is Fault.SILENT:
            hold(sock)
        else:
            sock.recv(1, socket.MSG_PEEK)
            self._break(sock, fault)

    def https(self, sock: socket.socket, peer: str, address: str) -> None:
        name = peek_server_name(sock)
        segment = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
        own, fault = greeted(self.cloud, name, address, segment)
        if fault is Fault.SILENT:
            hold(sock)
        elif fault in (None, Fault.INTERCEPT, Fault.PAGE):
            is_signed_again = fault is not None
            shown = name if is_signed_again else own
            context = self.pki.context(shown, intercepted=is_signed_again)
            with context.wrap_socket(sock, server_side=True) as secure:
                answer = proxy.firewall_page if fault is Fault.PAGE else router.answer
                self._requests(secure, peer, address, answer)
        else:
            self._break(sock, cast("Fault", fault))

    def proxied(self, sock: socket.socket) -> None:
        """One connection to the web proxy; beyond it the VM's own path counts no more."""
        through = self.cloud.proxy
        if through is None or fault_of(self.cloud, through.address):
            hold(sock)
            return
        with sock.makefile("rb", buffering=0) as incoming:
            request = read_request(cast("BinaryIO", incoming), peer="", local=through.address)
        if request is None:
            return
        refusal = proxy.connect(self.cloud, through, request)
        service = service_named(self.cloud, request.host)
        if refusal or service is None:
            with sock.makefile("wb") as outgoing:
                refusal = refusal or Response(502)
                write_response(cast("BinaryIO", outgoing), request, refusal, self.cloud.now)
            return
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        context = self.pki.context(service.host, intercepted=through.inspects)
        with context.wrap_socket(sock, server_side=True) as secure:
            self._requests(secure, "", service.address, partial(proxy.answer, through))

    def _break(self, sock: socket.socket, fault: Fault) -> None:
        if fault is Fault.EOF:
            sock.recv(65536)  # unread bytes would turn the FIN into an RST
            sock.shutdown(socket.SHUT_WR)
            hold(sock)
        else:  # also DROP and REFUSE, when the cloud changed after the SYN
            reset(sock)

    def _requests(
        self, sock: socket.socket, peer: str, address: str, answer: Answer = router.answer
    ) -> None:
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            while request := read_request(cast("BinaryIO", incoming), peer=peer, local=address):
                self.log.append((request.method, request.host, request.path))
                if self.latency:
                    time.sleep(self.latency)
                response = answer(self.cloud, request)
                now = self.cloud.now
                write_response(cast("BinaryIO", outgoing), request, response, now)
                if not keeps_alive(request):
                    break
        if isinstance(sock, ssl.SSLSocket):
            sock.unwrap()

    def dns_udp(self, wire: bytes, server: str) -> bytes | None:
        self.questions.append((server, dns.question_of(wire)))
        if self.latency:
            time.sleep(self.latency)
        return dns.answer(self.cloud, wire, server)

    def dns_tcp(self, sock: socket.socket, server: str) -> None:
        with sock.makefile("rb") as incoming:
            while len(size := incoming.read(2)) == 2:
                reply = self.dns_udp(incoming.read(int.from_bytes(size, "big")), server)
                if reply is None:
                    hold(sock)
                    return
                sock.sendall(len(reply).to_bytes(2, "big") + reply)
