"""Knows how to hold one HTTP exchange within its limits: time, bytes, no redirects, no cookies."""

import ssl
import threading
import zlib
from collections.abc import Mapping
from typing import Any

from checks.replies import Failure, HttpReply, Timing, Trouble
from diagnose.live import loading, proxies, trust
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.once import Once
from diagnose.live.trouble import failed
from diagnose.live.watch import Watch

_CHUNK = 65536


class Client:
    """Sends one request and reads one capped answer. Safe to share between threads."""

    def __init__(
        self,
        dialer: Dialer,
        deadline: Deadline,
        limits: Limits,
        environ: Mapping[str, str],
        ca_file: str = "",
        *,
        plain: bool = False,
    ) -> None:
        """Take ``plain`` for one that is asked for http URLs alone: it trusts nobody."""
        self._dialer, self._deadline, self._limits = dialer, deadline, limits
        self._environ, self._ca_file, self._plain = environ, ca_file, plain
        self._lock = threading.Lock()
        self._once = Once()
        self._adapter: Any = None

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpReply | Failure:
        """Send once; once more only where a reused connection had been closed under us."""
        reply, reused = self._try(method, url, headers, body)
        gone = isinstance(reply, Failure) and reply.trouble in (Trouble.EOF, Trouble.RESET)
        if gone and reused and method in ("GET", "HEAD"):
            reply, _ = self._try(method, url, headers, body)
        return reply

    def context(self) -> ssl.SSLContext:
        """Give the context of every verified handshake of this run.

        Made once: to read a system's hundred authorities takes OpenSSL 3 a tenth of a second.
        """
        return self._once.get("context", self._context)

    def ready(self) -> None:
        """Make what every exchange needs; otherwise the first one does."""
        self._made()

    def close(self) -> None:
        """Close the connections that were kept for reuse."""
        with self._lock:
            if self._adapter is not None:
                self._adapter.close()

    def _try(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[HttpReply | Failure, bool]:
        try:
            limit = self._deadline.cap(self._limits.exchange)
        except DeadlinePassedError as error:
            return failed(error, self._deadline), False
        watch = Watch(limit)
        with watch:
            try:
                reply = self._exchange(watch, method, url, headers, body)
            except Exception as error:
                cause = TimeoutError("exchange") if watch.fired else error
                reused = watch.connection is not None and not watch.fresh
                return self._failed(cause, watch, url), reused
        if watch.fired:  # the cut looks like an end of the body where no length was given
            return self._failed(TimeoutError("exchange"), watch, url), False
        return reply, False

    def _failed(self, cause: BaseException, watch: Watch, url: str) -> Failure:
        return failed(
            cause,
            self._deadline,
            peer=watch.peer,
            elapsed=watch.spent(),
            connected=bool(watch.local),
            via_proxy=proxies.without_credentials(proxies.chosen(url, self._environ)),
        )

    def _exchange(
        self, watch: Watch, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> HttpReply:
        with loading.alone:
            import requests

        plain = {"Accept-Encoding": "identity", "User-Agent": "acr-diagnose", **headers}
        request = requests.Request(method, url, headers=plain, data=body).prepare()
        proxy = proxies.chosen(url, self._environ)
        timeout = (min(self._limits.connect, watch.left()), min(self._limits.read, watch.left()))
        # Straight to the adapter: a Session would read a redirect's body whole and keep cookies.
        response = self._made().send(
            request,
            stream=True,
            timeout=timeout,
            proxies={"http": proxy, "https": proxy} if proxy else {},
        )
        first_byte = max(0.0, watch.spent() - watch.dns - watch.tcp - watch.tls)
        try:
            data, cut = _read(response.raw, self._limits.body)
            names = {name.lower() for name in response.raw.headers}
            found = {name: ", ".join(response.raw.headers.getlist(name)) for name in sorted(names)}
        finally:
            response.close()
        data, burst = _decoded(data, found.get("content-encoding", ""), self._limits.body)
        return HttpReply(
            status=response.status_code,
            headers=found,
            body=data,
            truncated=cut or burst,
            peer=watch.peer,
            local=watch.local,
            via_proxy=proxies.without_credentials(proxy),
            timing=Timing(
                dns=watch.dns,
                tcp=watch.tcp,
                tls=watch.tls,
                first_byte=first_byte,
                total=watch.spent(),
            ),
        )

    def _made(self) -> Any:
        with self._lock:
            if self._adapter is None:
                with loading.alone:
                    from diagnose.live import wire

                context = self.context()
                self._adapter = wire.adapter(self._dialer, context, self._limits.connect)
            return self._adapter

    def _context(self) -> ssl.SSLContext:
        if self._plain:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made = trust.context(self._environ, self._ca_file)
        made.set_alpn_protocols(["http/1.1"])  # as urllib3 will: a bare handshake looks the same
        return made


def _read(raw: Any, cap: int) -> tuple[bytes, bool]:
    """Read at most ``cap`` bytes, so that a gigabyte costs no more than the cap."""
    pieces, size = [], 0
    while size <= cap:
        piece = raw.read(min(_CHUNK, cap + 1 - size), decode_content=False)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:cap], size > cap


def _decoded(data: bytes, encoding: str, cap: int) -> tuple[bytes, bool]:
    """Undo gzip from a server that compresses unasked, without growing past ``cap``."""
    if encoding.lower() not in ("gzip", "deflate"):
        return data, False
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = inflater.decompress(data, cap)
    except zlib.error:
        return data, False
    return plain, bool(inflater.unconsumed_tail)
