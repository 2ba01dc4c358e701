"""What happens on one accepted connection: faults of the path, TLS, requests, DNS over TCP."""

import socket
import ssl
import time
from typing import BinaryIO, cast

from diagnose.lab import dns, router
from diagnose.lab.certs import Pki
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.hello import peek_server_name
from diagnose.lab.places import service_at
from diagnose.lab.reach import fate, fault_of
from diagnose.lab.sockets import hold, reset
from diagnose.lab.wire import keeps_alive, read_request, write_response


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
        service = service_at(self.cloud, address)
        own = service.host if service else name
        # A filter by name hits the name alone: another SNI to the same address gets through.
        keys = (name, address, *((service.role,) if service and name in ("", own) else ()))
        fault = fault_of(self.cloud, *keys)
        if fault is Fault.SILENT:
            hold(sock)
        elif fault in (None, Fault.INTERCEPT):
            is_intercepted = fault is Fault.INTERCEPT
            context = self.pki.context(name if is_intercepted else own, intercepted=is_intercepted)
            with context.wrap_socket(sock, server_side=True) as secure:
                self._requests(secure, peer, address)
        else:
            self._break(sock, cast("Fault", fault))

    def _break(self, sock: socket.socket, fault: Fault) -> None:
        if fault is Fault.EOF:
            sock.recv(65536)  # unread bytes would turn the FIN into an RST
            sock.shutdown(socket.SHUT_WR)
            hold(sock)
        else:  # also DROP and REFUSE, when the cloud changed after the SYN
            reset(sock)

    def _requests(self, sock: socket.socket, peer: str, address: str) -> None:
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            while request := read_request(cast("BinaryIO", incoming), peer=peer, local=address):
                self.log.append((request.method, request.host, request.path))
                if self.latency:
                    time.sleep(self.latency)
                response = router.answer(self.cloud, request)
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
