"""Serves the metrics and the two words on health over HTTP, in threads of its own.

A scraper that is slow, or that never ends its request, takes one of a few places for a few seconds.
Nothing is looked up: not the address that it listens on, and not the one that asks, since the
machine's resolver may be what is broken.
"""

import socket
import socketserver
import threading
from collections.abc import Callable
from http.server import HTTPServer

from prometheus_client import CollectorRegistry, MetricsHandler

_PLACES = 16  # requests at a time
_PATIENCE = 5.0  # seconds for one read or write of a request
_INDEX = "acr-diagnose agent: /metrics, /healthz, /readyz\n"

Place = tuple[str, int]  # address and port


def shown(place: Place) -> str:
    """Give ``place`` as a URL has it."""
    return f"[{place[0]}]:{place[1]}" if ":" in place[0] else f"{place[0]}:{place[1]}"


def handler(
    metrics: CollectorRegistry, *, alive: Callable[[], bool], ready: Callable[[], bool]
) -> type[MetricsHandler]:
    """Give what answers one connection; ``alive`` and ``ready`` are asked at each request."""
    states = {"/healthz": alive, "/readyz": ready}
    free = threading.BoundedSemaphore(_PLACES)

    class Handler(MetricsHandler):
        registry = metrics
        timeout = _PATIENCE

        def handle(self) -> None:
            if free.acquire(blocking=False):
                try:
                    super().handle()
                finally:
                    free.release()

        def do_GET(self) -> None:  # noqa: N802 the name that http.server calls
            path = self.path.partition("?")[0]
            if path == "/metrics":
                super().do_GET()
            elif path in states:
                good = states[path]()
                self._say(200 if good else 503, "ok\n" if good else "not yet\n")
            else:
                self._say(200 if path == "/" else 404, _INDEX)

        def version_string(self) -> str:
            return "acr-diagnose"

        def _say(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    return Handler


class Server(socketserver.ThreadingMixIn, HTTPServer):
    """Listens from when it is made; raises `OSError` where it cannot."""

    daemon_threads = True

    def __init__(self, place: Place, answers: type[MetricsHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        super().__init__(place, answers)
        threading.Thread(
            target=self.serve_forever, args=(0.1,), daemon=True, name="metrics"
        ).start()

    @property
    def place(self) -> Place:
        """Where it really listens: port 0 stands for any that is free."""
        host, port = self.socket.getsockname()[:2]
        return str(host), int(port)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name that `http.server` makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.place

    def handle_error(self, *_words: object) -> None:
        """Say nothing of a peer that went away: stderr holds one JSON object per line."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()
