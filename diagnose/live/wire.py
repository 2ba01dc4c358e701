"""Knows how to make requests and urllib3 dial through our `Dialer` and trust our store."""

import socket
import ssl
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from diagnose.live.dialer import Dialer
from diagnose.live.trouble import first_telling
from diagnose.live.watch import current


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

    def connect(self: Any) -> None:
        began = time.monotonic()
        super(type(self), self).connect()
        watch = current()
        watch.tls = max(0.0, time.monotonic() - began - watch.dns - watch.tcp)

    body: dict[str, Any] = {"_new_conn": new_conn, "request": request, "peer": "", "local": ""}
    plain = type("Plain", (HTTPConnection,), body)
    secure = type("Secure", (HTTPSConnection,), {**body, "connect": connect})
    pools = {
        "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
    return _Adapter(pools, context)


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
