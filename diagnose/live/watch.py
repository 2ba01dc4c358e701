"""Knows how to end one HTTP exchange on time, however slowly the other side drips its bytes."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Any

_here = threading.local()


class Watch:
    """One exchange: what it cost so far, and a timer that cuts its connection at the limit.

    Timeouts of sockets are per read; a server that sends one byte a second never meets them.
    """

    def __init__(self, limit: float) -> None:
        self.connection: Any = None  # the urllib3 connection in use
        # Kept apart: http.client forgets its socket when the body is to end with the connection.
        self.sock: socket.socket | None = None
        self.fresh = False  # whether this exchange opened it
        self.dns = self.tcp = self.tls = 0.0
        self.peer = self.local = ""
        self.fired = False
        self._began = time.monotonic()
        self._end = self._began + limit
        self._timer = threading.Timer(limit, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Watch":  # noqa: PYI034  # Self is not in 3.10
        _here.watch = self
        with contextlib.suppress(MemoryError, RuntimeError):  # no thread to be had
            self._timer.start()  # without it there are the timeouts of the reads
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        _here.watch = None

    def spent(self) -> float:
        """Return the seconds since the exchange began."""
        return time.monotonic() - self._began

    def left(self) -> float:
        """Return the seconds that this exchange may still take; raise when there are none."""
        left = self._end - time.monotonic()
        if left <= 0.0:
            raise TimeoutError("exchange")
        return left

    def _cut(self) -> None:
        self.fired = True
        sock = self.sock or getattr(self.connection, "sock", None)
        if isinstance(sock, socket.socket):
            # The plain shutdown: SSLSocket's own would pull its state from under the reader.
            with contextlib.suppress(OSError):  # closed meanwhile: that is all we wanted
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def current() -> Watch:
    """Return the exchange that this thread is in."""
    watch = getattr(_here, "watch", None)
    return watch if isinstance(watch, Watch) else Watch(60.0)
