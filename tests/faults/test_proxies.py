"""A run by way of a broken web proxy, with an Azure behind it in which all is well."""

import contextlib
import socket
import time

import pytest

from diagnose.lab.cloud import Cloud, Proxy
from diagnose.lab.sockets import reset
from tests.faults import judging, memory
from tests.faults.judging import INCONCLUSIVE, Says
from tests.faults.world import Bad, OnSocket, silent
from tests.scenarios.stories.path import by_proxy

# Where the other side resets a connection in the middle of a handshake, a socket is sometimes left
# to the collector, which closes it and warns in whatever test is running then.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SECONDS = 3.0
PLACE = (Proxy.address, Proxy.port)
SECRET = "hush-hush~0123456789"

# What the proxy says itself; anything else may be its fault or that of what is behind it.
DENIES = Says(may=("proxy-denied",), proven=("proxy-denied",))
ASKS = Says(may=("proxy-auth-required",), proven=("proxy-auth-required",))
PERHAPS = Says(may=("proxy-denied", "proxy-unreachable", INCONCLUSIVE))
GONE = Says(may=("proxy-unreachable",), proven=("proxy-unreachable",))
# The tunnel stood, and what came through it is no registry.
BEHIND = Says(may=("proxy-denied", "egress-filtered-registry", "tls-intercepted", INCONCLUSIVE))


def says(*pieces: bytes, then: OnSocket = silent) -> OnSocket:
    """Hear the request out, say this, and go on with ``then``."""

    def serve(sock: socket.socket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard and (piece := sock.recv(65536)):
            heard += piece
        with contextlib.suppress(OSError):
            sock.sendall(b"".join(pieces))
            then(sock)

    return serve


def ended(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_WR)
    silent(sock)


def forever(piece: bytes, pause: float = 0.0) -> OnSocket:
    def send(sock: socket.socket) -> None:
        end = time.monotonic() + SECONDS + 5
        while time.monotonic() < end:
            sock.sendall(piece)
            time.sleep(pause)

    return send


OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
PAGE = b"<html><body>\x1b[31mred</body></html>"
ROWS: dict[str, tuple[OnSocket, Says]] = {
    "silent": (silent, PERHAPS),
    "end": (lambda _sock: None, PERHAPS),
    "reset": (reset, PERHAPS + GONE),  # it may do so before the connection stands
    "ends-after-the-request": (says(then=ended), PERHAPS),
    "407": (says(b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\n\r\n"), ASKS),
    "407-without-a-scheme": (says(b"HTTP/1.1 407 \x1b[31mred\r\n\r\n", PAGE), ASKS),
    "403": (says(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 34\r\n\r\n", PAGE), DENIES),
    "403-endless": (says(b"HTTP/1.1 403 No\r\n\r\n", then=forever(PAGE * 1000)), DENIES),
    "502": (says(b"HTTP/1.1 502 Bad\r\n\r\n"), PERHAPS),
    "redirect": (
        says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/stolen\r\n\r\n"),
        PERHAPS,
    ),
    "another-2xx": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), PERHAPS),
    "early-hints": (says(b"HTTP/1.1 103 Early Hints\r\n\r\n", then=forever(b"x", 0.5)), PERHAPS),
    "endless-100": (says(then=forever(b"HTTP/1.1 100 Continue\r\n\r\n")), PERHAPS),
    "status-0": (says(b"HTTP/1.1 000 X\r\n\r\n"), PERHAPS),
    "status-999": (says(b"HTTP/1.1 999 X\r\n\r\n"), PERHAPS),
    "status-of-words": (says(b"HTTP/1.1 yes \x1b[31m\r\n\r\n", then=ended), PERHAPS),
    "old-http": (says(b"ICY 200 OK\r\n\r\n", then=ended), PERHAPS),
    "noise": (says(bytes(range(256)) * 500, then=ended), PERHAPS),
    "long-line": (says(b"HTTP/1.1 200 " + b"x" * 200_000, then=ended), PERHAPS),
    "endless-line": (says(b"HTTP/1.1 200 ", then=forever(b"x" * 65536)), PERHAPS),
    "500-headers": (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), PERHAPS),
    "endless-headers": (says(b"HTTP/1.1 200 OK\r\n", then=forever(b"X: y\r\n" * 999)), PERHAPS),
    "drip-head": (says(b"HTTP/1.1 200 OK\r\nX: ", then=forever(b"y", 0.3)), PERHAPS),
    "tunnel-silent": (says(OK), PERHAPS + BEHIND),
    "tunnel-ends": (says(OK, then=ended), PERHAPS + BEHIND),
    "tunnel-resets": (says(OK, then=reset), PERHAPS + BEHIND),
    "tunnel-of-noise": (says(OK, bytes(range(256)) * 99, then=ended), PERHAPS + BEHIND),
    "tunnel-of-html": (says(OK, b"HTTP/1.1 200 OK\r\n\r\n", PAGE, then=ended), PERHAPS + BEHIND),
}
URLS = {
    "tls-to-a-plain-proxy": f"https://{PLACE[0]}:{PLACE[1]}",
    "socks": f"socks5://{PLACE[0]}:{PLACE[1]}",
    "no-scheme": f"{PLACE[0]}:{PLACE[1]}/x",
    "broken-address": "http://[::",
    "broken-port": "http://10.9.0.20:99999",
    "controls": "http://proxy\x1b[31m\n.example:3128",
    "no-host": "http://",
    "words": "see the wiki",
    "long": f"http://{'x' * 5000}.example:1",
    "login": f"http://user:{SECRET}@{PLACE[0]}:{PLACE[1]}",
}


def judged(bad: Bad, allowed: Says) -> judging.Seen:
    with memory.bounded():
        result = bad.once().result
    assert result
    seen = judging.seen(result, deadline=SECONDS, spent=bad.spent)
    judging.hold(seen, allowed)
    return seen


def proxied(cloud: Cloud) -> None:
    by_proxy(cloud)


@pytest.mark.parametrize("name", ROWS)
def test_a_proxy_that_is_broken(name: str) -> None:
    serve, allowed = ROWS[name]
    bad = Bad(change=proxied, raw={PLACE: serve}, seconds=SECONDS)
    judged(bad, allowed)

    assert not [request for request in bad.seen if "stolen" in request.path]


@pytest.mark.parametrize("fault", ["drop", "refuse"])
def test_a_proxy_that_is_not_there(fault: str) -> None:
    judged(Bad(change=proxied, gone={PLACE: fault}, seconds=SECONDS), GONE)


@pytest.mark.parametrize("name", URLS)
def test_a_proxy_whose_url_is_of_no_use(name: str) -> None:
    def change(cloud: Cloud) -> None:
        by_proxy(cloud)
        cloud.machine.environ["HTTPS_PROXY"] = URLS[name]

    bad = Bad(change=change, gone={PLACE: "refuse"}, seconds=SECONDS)
    seen = judged(bad, GONE + PERHAPS)

    assert SECRET not in "".join(seen.printed.values())
