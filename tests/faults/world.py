"""A simulated Azure in which one thing is broken: small servers stand in front of the lab's own.

Every service but what is broken is the lab's. `Bad` puts its listeners in front: ``web`` gets each
HTTP request and gives an answer, a callable that is handed the socket, or None for what ``twist``
makes of the lab's answer; ``raw`` replaces what happens on a socket, before any TLS; ``gone`` is a
port that drops SYNs or refuses them; ``signed`` shows another certificate.
"""

import contextlib
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from checks.ports import AZURE_DNS
from checks.target import Asked
from diagnose import front
from diagnose.lab import cases, router
from diagnose.lab.certs import Pki
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import ADDRESSES, healthy_cloud
from diagnose.lab.hello import peek_server_name
from diagnose.lab.http import Request, Response
from diagnose.lab.servers import Lab
from diagnose.lab.sockets import Datagrams, Listener
from diagnose.lab.wire import read_request, write_response
from diagnose.live.options import Options
from diagnose.session import Result

SECONDS = 10.0
LOGIN, IMAGE = "contoso.azurecr.io", "contoso.azurecr.io/app:v1"
REGISTRY, ARM, DNS = (ADDRESSES["registry"], 443), (ADDRESSES["arm"], 443), (AZURE_DNS, 53)
ENTRA, LAYERS = (ADDRESSES["entra"], 443), (ADDRESSES["layers"], 443)
HTML = Response(200, (("Content-Type", "text/html"),), b"<html><body>Sign in</body></html>")

Endpoint = tuple[str, int]
OnSocket = Callable[[socket.socket], None]
Web = Callable[[Request], Response | OnSocket | None]
Twist = Callable[[Request, Response], Response | OnSocket]


def as_ever(request: Request) -> None:
    """Change nothing."""


def untwisted(_request: Request, truth: Response) -> Response:
    """Say what the lab says."""
    return truth


def silent(sock: socket.socket) -> None:
    """Take what comes and say nothing, until the other side is tired of it."""
    sock.settimeout(SECONDS + 5)
    with contextlib.suppress(OSError):
        while sock.recv(65536):
            pass


class Instead(Mapping[Endpoint, Endpoint]):
    """The lab's live detours, but for some; remembers what was dialled."""

    def __init__(self, below: Mapping[Endpoint, Endpoint], ours: dict[Endpoint, int]) -> None:
        self.below, self.ours, self.dialled = below, ours, list[Endpoint]()

    def __getitem__(self, key: Endpoint) -> Endpoint:
        self.dialled.append(key)
        return ("127.0.0.1", self.ours[key]) if key in self.ours else self.below[key]

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self.below)

    def __len__(self) -> int:
        return len(self.below)


@dataclass
class Bad:
    """One broken world; `run` makes a whole run in it, within ``seconds``."""

    web: Web = as_ever
    twist: Twist = untwisted
    raw: dict[Endpoint, OnSocket] = field(default_factory=dict)
    gone: dict[Endpoint, str] = field(default_factory=dict)  # "drop" or "refuse"
    signed: dict[Endpoint, Callable[[Pki, str], ssl.SSLContext]] = field(default_factory=dict)
    datagrams: Callable[[bytes], bytes | None] | None = None
    change: Callable[[Cloud], None] = cases.healthy
    seconds: float = SECONDS
    seen: list[Request] = field(default_factory=list)
    dialled: list[Endpoint] = field(default_factory=list)
    result: Result | None = None
    spent: float = 0.0  # with putting the world up and away

    def once(self) -> "Bad":
        began = time.monotonic()
        self.result = self.run()
        self.spent = time.monotonic() - began
        return self

    def run(self) -> Result:
        cloud = healthy_cloud()
        self.change(cloud)
        with Lab.on_loopback(cloud) as lab, contextlib.ExitStack() as stack:
            ours = {
                endpoint: self._serve(stack, lab, endpoint)
                for endpoint in lab.detours
                if endpoint in self.raw or endpoint[1] != 53
            }
            if self.datagrams:
                ours[DNS] = self._dns(stack)
            detours = Instead(lab.detours, ours)
            options = Options(
                detours=detours,
                resolver=AZURE_DNS,
                ca_file=str(lab.ca_file),
                asset_tag=cloud.vm.asset_tag,
                runtime="none",
                auth=cloud.machine.auth,
                environ=cloud.machine.environ,
            )
            result = front.result_of(Asked(text=IMAGE), replace(options, timeout=self.seconds))
            self.dialled = detours.dialled
        return result

    def _serve(self, stack: contextlib.ExitStack, lab: Lab, endpoint: Endpoint) -> int:
        def serve(sock: socket.socket, peer: str) -> None:
            if endpoint in self.raw:
                self.raw[endpoint](sock)
            elif endpoint[1] == 80:
                self._talk(lab.cloud, sock, peer, endpoint[0])
            else:
                context = self.signed.get(endpoint, Pki.context)(lab._pki, peek_server_name(sock))
                with context.wrap_socket(sock, server_side=True) as secure:
                    self._talk(lab.cloud, secure, peer, endpoint[0])

        if endpoint in self.gone:
            absent = {"drop": lab._dropping, "refuse": lab._refusing}[self.gone[endpoint]]
            return absent.port
        listener = Listener("127.0.0.1", 0, serve)
        stack.callback(listener.close)
        return listener.port

    def _talk(self, cloud: Cloud, sock: socket.socket, peer: str, address: str) -> None:
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            while request := read_request(incoming, peer=peer, local=address):
                self.seen.append(request)
                said = self.web(request) or self.twist(request, router.answer(cloud, request))
                if callable(said):
                    said(sock)
                    return
                write_response(outgoing, request, said, cloud.now)

    def _dns(self, stack: contextlib.ExitStack) -> int:
        def tcp(sock: socket.socket, _peer: str) -> None:
            wire = sock.recv(4096)[2:]
            reply = self.datagrams(wire) or b""
            sock.sendall(len(reply).to_bytes(2, "big") + reply)

        for _ in range(50):  # the port has to be free for both
            listener = Listener("127.0.0.1", 0, tcp)
            stack.callback(listener.close)
            with contextlib.suppress(OSError):
                udp = Datagrams("127.0.0.1", listener.port, self.datagrams)
                stack.callback(udp.close)
                return listener.port
        raise AssertionError("no port is free for UDP and TCP")


def at_registry(said: Response | OnSocket, *paths: str) -> Web:
    """Give ``said`` for the registry's paths that begin like one of ``paths``, or for all."""
    return lambda r: said if r.host == LOGIN and r.path.startswith(paths or "/") else None


def redirect(location: str) -> Response:
    return Response(307, (("Server", "AzureContainerRegistry"), ("Location", location)))


def refusal(status: int, code: str, message: str, **headers: str) -> Response:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    kind = ("Content-Type", "application/json; charset=utf-8")
    return Response(status, (("Server", "AzureContainerRegistry"), kind, *headers.items()), body)
