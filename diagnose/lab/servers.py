"""A running lab: real servers for one `Cloud`, on loopback ports or on the real addresses."""

import contextlib
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

from diagnose.lab.certs import Pki
from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.detours import LOOPBACK, Detours, Endpoint, endpoints
from diagnose.lab.machine import SYSTEM_BUNDLE, write_files
from diagnose.lab.reach import fate, starved
from diagnose.lab.site import Site
from diagnose.lab.sockets import Datagrams, Dropping, Listener, Refusing

_POLL = 0.05  # seconds until a mutation reaches the sockets of `on_addresses`


class Lab:
    """Make one with `on_loopback` or `on_addresses`; it is a context manager."""

    def __init__(self, cloud: Cloud, latency: float = 0.0) -> None:
        self.cloud = cloud
        # Leaves with the object; `close` only hurries it.
        self._folder = tempfile.TemporaryDirectory(prefix="acr-lab-")
        self._pki = Pki(Path(self._folder.name), cloud.now)
        self.root = Path(self._folder.name) / "machine"  # the VM's file system
        self.root.mkdir()
        write_files(replace(cloud.machine, files=cloud.files), self.root, self._pki.authorities)
        self._site = Site(cloud, self._pki, latency)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._tcp: dict[Endpoint, tuple[str, Listener | Dropping]] = {}
        self._udp: dict[Endpoint, Datagrams] = {}
        self._dropping: Dropping | None = None
        self._refusing: Refusing | None = None
        self.log, self.questions = self._site.log, self._site.questions
        self.ca_file, self.proxy_ca_file = self._pki.ca_file, self._pki.proxy_ca_file
        self.store = str(self.root / SYSTEM_BUNDLE.lstrip("/"))  # what the VM itself trusts
        self._flows: dict[Endpoint, int] = {}
        self.detours = Detours(cloud, self._dialled)

    @classmethod
    def on_loopback(cls, cloud: Cloud, latency: float = 0.0) -> "Lab":
        """Ephemeral ports on 127.0.0.1; clients connect by way of ``detours``."""
        lab = cls(cloud, latency)
        lab._dropping, lab._refusing = Dropping(LOOPBACK, 0), Refusing(LOOPBACK)
        for endpoint in endpoints(cloud):
            lab._port_for(endpoint)
        return lab

    @classmethod
    def on_addresses(cls, cloud: Cloud, latency: float = 0.0) -> "Lab":
        """The real addresses and ports, in a network namespace that has them on an interface."""
        lab = cls(cloud, latency)
        lab.settle()
        threading.Thread(target=lab._follow, daemon=True).start()
        return lab

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            sockets = [thing for _, thing in self._tcp.values()]
            for closable in (*sockets, *self._udp.values(), self._dropping, self._refusing):
                if closable is not None:
                    closable.close()
            self._tcp, self._udp = {}, {}
        self._pki.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self, endpoint: Endpoint, on: str, port: int) -> Listener:
        """The server of one simulated endpoint; DNS takes the same port number for UDP."""
        address, real_port = endpoint
        if self.cloud.proxy and endpoint == (self.cloud.proxy.address, self.cloud.proxy.port):
            return Listener(on, port, lambda s, _peer: self._site.proxied(s))
        if real_port == 80:
            return Listener(on, port, lambda s, peer: self._site.http(s, peer, address))
        if real_port != 53:
            return Listener(on, port, lambda s, peer: self._site.https(s, peer, address))
        while True:
            tcp = Listener(on, port, lambda s, _peer: self._site.dns_tcp(s, address))
            try:
                udp = Datagrams(on, tcp.port, lambda wire: self._site.dns_udp(wire, address))
            except OSError:  # somebody else's UDP port: take another pair
                tcp.close()
                if port:
                    raise
                continue
            self._udp[endpoint] = udp
            return tcp

    def _dialled(self, endpoint: Endpoint) -> int:
        """The loopback port for one new connection; a SNAT port may be lacking for it."""
        with self._lock:
            flow = self._flows[endpoint] = self._flows.get(endpoint, 0) + 1
        if self._dropping is not None and starved(self.cloud, *endpoint, flow):
            return self._dropping.port
        return self._port_for(endpoint)

    def _port_for(self, endpoint: Endpoint) -> int:
        """The loopback port that behaves as this endpoint does now."""
        if self._dropping is None or self._refusing is None or self._closed.is_set():
            raise KeyError(endpoint)
        decided = fate(self.cloud, *endpoint)
        if endpoint[1] != 53:  # a silent resolver is silent by itself, on UDP too
            if decided is Fault.DROP:
                return self._dropping.port
            if decided is Fault.REFUSE:
                return self._refusing.port
        with self._lock:
            if endpoint not in self._tcp:
                self._tcp[endpoint] = "serve", self._listen(endpoint, LOOPBACK, 0)
            return self._tcp[endpoint][1].port

    def _follow(self) -> None:
        while not self._closed.wait(_POLL):
            with contextlib.suppress(OSError, RuntimeError):  # bound again at the next turn
                self.settle()

    def settle(self) -> None:
        """Makes the sockets of `on_addresses` agree with the cloud, now."""
        with self._lock:
            if self._closed.is_set():
                return
            wanted = {e: self._stance(e) for e in endpoints(self.cloud)}
            for endpoint, (stance, thing) in tuple(self._tcp.items()):
                if wanted.get(endpoint) != stance:
                    thing.close()
                    del self._tcp[endpoint]
                    if endpoint in self._udp:
                        self._udp.pop(endpoint).close()
            for endpoint, stance in wanted.items():
                if endpoint in self._tcp or stance == "refuse":
                    continue
                if stance == "drop":
                    self._tcp[endpoint] = stance, Dropping(*endpoint)
                else:
                    self._tcp[endpoint] = stance, self._listen(endpoint, *endpoint)

    def _stance(self, endpoint: Endpoint) -> str:
        decided = fate(self.cloud, *endpoint, peer=self.cloud.vm.private_ip)
        if endpoint[1] != 53 and decided is Fault.DROP:
            return "drop"
        return "refuse" if decided is Fault.REFUSE else "serve"
