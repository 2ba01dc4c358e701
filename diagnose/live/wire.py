"""Knows how to make requests and urllib3 dial through our `Dialer` and trust our store."""

import queue
import socket
import ssl
import time
import warnings
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import SystemTimeWarning

from diagnose.live.dialer import Dialer
from diagnose.live.trouble import first_telling
from diagnose.live.watch import current

_PATIENCE = 1.0  # seconds, the longest wait for a connection that is in use

# urllib3's own words on a clock that is years behind; the clock check has better ones.
warnings.simplefilter("ignore", SystemTimeWarning)


def dial(dialer: Dialer, host: str, port: int, timeout: float) -> tuple[socket.socket, str]:
    """Connect to ``host``, trying its addresses in order; return the socket and the address."""
    watch = current()
    began = time.monotonic()
    addresses = dialer.lookup(host, port)
    watch.dns = time.monotonic() - began
    began = time.monotonic()
    errors: list[OSError] = []
    for address in addresses:
        watch.peer = address
        try:
            sock = dialer.connect(address, port, min(timeout, watch.left()))
        except OSError as error:
            errors.append(error)
            continue
        watch.tcp = time.monotonic() - began
        watch.local, watch.fresh = dialer.local(sock), True
        return sock, address
    raise first_telling(errors)


def adapter(dialer: Dialer, context: ssl.SSLContext, connect_timeout: float) -> HTTPAdapter:
    """Return a requests adapter whose every connection goes through ``dialer``."""

    def new_conn(self: Any) -> socket.socket:
        current().connection = self
        host = str(self.host).strip("[]")
        sock, self.peer = dial(dialer, host, self.port or self.default_port, connect_timeout)
        self.local = current().local
        return sock

    def request(self: Any, *args: Any, **kwargs: Any) -> None:
        watch = current()
        watch.connection = self
        watch.left()
        super(type(self), self).request(*args, **kwargs)
        watch.sock = self.sock
        watch.peer, watch.local = self.peer, self.local

    costs: dict[str, float] = {}  # seconds that the last new connection to a host took

    def connect(self: Any) -> None:
        began = time.monotonic()
        super(type(self), self).connect()
        watch, costs[self.host] = current(), time.monotonic() - began
        watch.tls = max(0.0, costs[self.host] - watch.dns - watch.tcp)

    def get_conn(self: Any, timeout: float | None = None) -> Any:
        if isinstance(self.pool, _Kept):  # it is None once the pool is closed
            self.pool.wait(min(costs.get(self.host, 0.0), _PATIENCE))
        return super(type(self), self)._get_conn(timeout)

    body: dict[str, Any] = {"_new_conn": new_conn, "request": request, "peer": "", "local": ""}
    plain = type("Plain", (HTTPConnection,), body)
    secure = type("Secure", (HTTPSConnection,), {**body, "connect": connect})
    kept: dict[str, Any] = {"QueueCls": _Kept, "_get_conn": get_conn}
    pools = {
        "http": type("PlainPool", (HTTPConnectionPool,), {**kept, "ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {**kept, "ConnectionCls": secure}),
    }
    return _Adapter(pools, context)


class _Kept(queue.LifoQueue[Any]):
    """The connections to one host, as urllib3 keeps them: None for each that is not made yet."""

    def wait(self, seconds: float) -> None:
        """Wait for a connection that is in use, if all that were made are, but not for long.

        A new one costs several round trips, another's answer mostly one. So the wait is at most
        what a new one took: at the worst, that is paid twice.
        """
        end = time.monotonic() + seconds
        with self.not_empty:
            while self._all_in_use() and (left := end - time.monotonic()) > 0:
                self.not_empty.wait(left)

    def _all_in_use(self) -> bool:
        return len(self.queue) < self.maxsize and not any(self.queue)


class _Adapter(HTTPAdapter):
    def __init__(self, pools: dict[str, Any], context: ssl.SSLContext) -> None:
        self._pools = pools
        self._context = context
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        context = self._context
        manager = super().proxy_manager_for(
            proxy, **kwargs, ssl_context=context, proxy_ssl_context=context
        )
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        """Leave out what requests would add: certifi's authorities are not this machine's."""
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return dict(host), {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Add nothing: the context verifies, and its authorities are chosen already."""
