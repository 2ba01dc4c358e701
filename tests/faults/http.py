"""What a server does to an HTTP answer: one row of a table for each fault, by name.

A fault gets the request and what the service would truly say, and gives an answer in its place, or
a callable that is handed the socket. Rows of `WAITS` keep a run waiting until a limit ends that.
"""

import contextlib
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from diagnose.lab.http import Request, Response
from diagnose.lab.sockets import reset
from tests.faults.world import HTML, OnSocket, Twist, silent

_PACE = 0.5  # seconds between two bytes of a drip
_PATIENCE = 20.0  # seconds after which a server gives up, should nobody have hung up on it
_STOLEN = "/latest/stolen"  # a path that nobody may ask for
_JSON = ("Content-Type", "application/json; charset=utf-8")


def head(status: int, truth: Response, *headers: tuple[str, str], length: int | None) -> bytes:
    """Give the bytes before a body; ``length`` None leaves its end to the connection's."""
    rows = [*(row for row in truth.headers if row[0] not in dict(headers)), *headers]
    rows += [("Content-Length", str(length))] if length is not None else []
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in rows)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def sending(*pieces: bytes) -> Twist:
    """Send these bytes, whatever was asked, and end the connection."""
    return lambda _request, _truth: lambda sock: sock.sendall(b"".join(pieces))


def _without_end(first: bytes, piece: bytes, pause: float = 0.0) -> OnSocket:
    def send(sock: socket.socket) -> None:
        until = time.monotonic() + _PATIENCE
        with contextlib.suppress(OSError):
            sock.sendall(first)
            while time.monotonic() < until:
                sock.sendall(piece)
                time.sleep(pause)

    return send


def _half(truth: Response, then: Callable[[socket.socket], None]) -> OnSocket:
    """Announce the whole body, and a byte more, send half of it, and do ``then``."""

    def send(sock: socket.socket) -> None:
        size = len(truth.body)
        sock.sendall(head(truth.status, truth, length=size + 1) + truth.body[: size // 2])
        then(sock)

    return send


def _instead(body: bytes, status: int = 200) -> Twist:
    """Give ``body`` as JSON, with a status that has one."""
    return lambda _request, truth: Response(
        status, (*(row for row in truth.headers if row[0] != "Content-Type"), _JSON), body
    )


def _reshaped(change: Callable[[object], object]) -> Twist:
    """Change every value of a JSON answer; what is no JSON becomes a number."""

    def twist(_request: Request, truth: Response) -> Response:
        try:
            document = json.loads(truth.body)
        except ValueError:
            document = 3
        return Response(truth.status, truth.headers, json.dumps(change(document)).encode())

    return twist


def _leaves(value: object) -> object:
    """Give each value another type, under the same names."""
    if isinstance(value, dict):
        return {key: _leaves(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [*map(_leaves, value), None, 3]
    return {"x": 1} if isinstance(value, str) else "x"


def _nulls(value: object) -> object:
    """Give each value as null, under the same names."""
    return dict.fromkeys(value) if isinstance(value, dict) else None


def _inner_nulls(value: object) -> object:
    """Give null for whatever stands two levels down."""
    return {key: _nulls(one) for key, one in value.items()} if isinstance(value, dict) else None


def _flat(value: object) -> object:
    """Give each list as its first element, and each object as a list of its values."""
    if isinstance(value, dict):
        return {key: _flat_list(inner) for key, inner in value.items()}
    return value


def _flat_list(value: object) -> object:
    if isinstance(value, dict):
        return [_flat(inner) for inner in value.values()]
    return _flat(value[0]) if isinstance(value, list) and value else value


def _listed(value: object) -> object:
    """Put each value into a list."""
    if isinstance(value, dict):
        return {key: [_listed(inner)] for key, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list) else [value]


def _deep(_request: Request, truth: Response) -> Response:
    """Put whole JSON that nests 100,000 levels beside what is true."""
    nested = b"[" * 100_000 + b"]" * 100_000
    return Response(200, (_JSON,), b'{"x":' + nested + b"," + truth.body[1:])


def _broken_text(_request: Request, truth: Response) -> Response:
    """Put bytes that are no UTF-8 at the beginning of every text."""
    return Response(truth.status, truth.headers, truth.body.replace(b':"', b':"\xff\xfe\x80'))


def _wide(_request: Request, truth: Response) -> Response:
    """Answer in UTF-16, which JSON may not be between strangers (RFC 8259, section 8.1)."""
    kind = ("Content-Type", "application/json; charset=utf-16")
    return Response(truth.status, (kind,), truth.body.decode("latin-1").encode("utf-16"))


def _lone_surrogates(_request: Request, truth: Response) -> Response:
    """Put half a character at the end of every text."""
    body = truth.body.replace(b'",', b'\\ud800",').replace(b'"}', b'\\udfff"}')
    return Response(truth.status, truth.headers, body)


def _again(request: Request, _truth: Response) -> Response:
    """Lead back to where the request came from."""
    return Response(307, (("Location", f"https://{request.host}{request.path}"),))


def _to(location: str) -> Twist:
    return lambda _request, _truth: Response(307, (("Location", location),))


def _packed(truth: Response, *pieces: bytes) -> OnSocket:
    """Send what says to be gzip; the pieces are what stands in it."""
    first = head(200, truth, ("Content-Encoding", "gzip"), length=None)
    return lambda sock: sock.sendall(first + b"".join(pieces))


@cache
def _bomb() -> bytes:
    """Give 4 MB of gzip that would be 4 GB: one block of zeros, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 4096


def _many(first: str, count: int) -> Iterator[tuple[str, str]]:
    return ((f"X-{first}-{number}", "y" * 100) for number in range(count))


def _headed(*headers: tuple[str, str], status: int = 200) -> Twist:
    return lambda _request, truth: (
        lambda sock: sock.sendall(
            head(status, truth, *headers, length=len(truth.body)) + truth.body
        )
    )


# What is answered late, or never to its end.
WAITS: dict[str, Twist] = {
    "silent": lambda _request, _truth: silent,
    "drip": lambda _request, truth: _without_end(
        head(truth.status, truth, length=1 << 20), b"x", _PACE
    ),
    "drip-head": lambda _request, _truth: _without_end(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", _PACE),
    "drip-chunks": lambda _request, truth: _without_end(
        head(200, truth, ("Transfer-Encoding", "chunked"), length=None), b"1\r\nx\r\n", _PACE
    ),
    "held": lambda _request, truth: _half(truth, silent),
    "endless-100": lambda _request, _truth: _without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}

# What changes nothing: a client that reads by content never notices.
HARMLESS: dict[str, Twist] = {
    "wrong-type": lambda _request, truth: Response(
        truth.status,
        (
            *(row for row in truth.headers if row[0] != "Content-Type"),
            ("Content-Type", "image/png"),
        ),
        truth.body,
    ),
    "early-hints": lambda _request, truth: (
        lambda sock: sock.sendall(
            b"HTTP/1.1 100 Continue\r\n\r\n"
            + head(truth.status, truth, length=len(truth.body))
            + truth.body
        )
    ),
}

# What ends at once, and is of no use.
USELESS: dict[str, Twist] = {
    "end": lambda _request, _truth: lambda _sock: None,
    "reset": lambda _request, _truth: reset,
    "reset-midway": lambda _request, truth: _half(truth, reset),
    "truncated": lambda _request, truth: _half(truth, lambda _sock: None),
    "cut-short": lambda _request, truth: (
        lambda sock: sock.sendall(
            head(truth.status, truth, length=None) + truth.body[: len(truth.body) // 2]
        )
    ),
    "endless": lambda _request, truth: _without_end(
        head(200, truth, length=None), b"\x00\xff\x1b<" * 16_384
    ),
    "endless-chunk": lambda _request, truth: _without_end(
        head(200, truth, ("Transfer-Encoding", "chunked"), length=None) + b"ffffffffffffffff\r\n",
        b"x" * 65_536,
    ),
    "html": lambda _request, _truth: HTML,
    "empty": _instead(b""),
    "no-content": _instead(b"", 204),
    "not-modified": _instead(b"", 304),
    "no-json": _instead(b'{"id": "x",, }'),
    "array": _instead(b"[]"),
    "null": _instead(b"null"),
    "number": _instead(b"3"),
    "object": _instead(b"{}"),
    "leaves": _reshaped(_leaves),
    "nulls": _reshaped(_nulls),
    "inner-nulls": _reshaped(_inner_nulls),
    "flat": _reshaped(_flat),
    "listed": _reshaped(_listed),
    "deep": _deep,
    "deep-open": _instead(b"[" * 1_000_000),
    "huge-number": _instead(b'{"x": ' + b"9" * 10_000 + b"}"),
    "no-utf-8": _broken_text,
    "utf-16": _wide,
    "surrogates": _lone_surrogates,
    "500-headers": _headed(*_many("A", 500)),
    "long-header": _headed(("X-Long", "y" * 200_000)),
    "endless-headers": lambda _request, _truth: _without_end(
        b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n" * 1000
    ),
    "redirect-loop": _again,
    "redirect-plain": _to("http://evil.example" + _STOLEN),
    "redirect-elsewhere": _to("https://evil.example" + _STOLEN),
    "redirect-metadata": _to("http://169.254.169.254" + _STOLEN),
    "redirect-file": _to("file:///etc/passwd"),
    "redirect-nowhere": _to("https://[::"),
    "switching": _headed(("Upgrade", "h2c"), status=101),
    "status-0": sending(b"HTTP/1.1 000 X\r\n\r\n"),
    "status-999": _headed(status=999),
    "no-http": sending(b"\x00\xff\x1b[31m\r\n" * 10_000),
    "odd-length": lambda _request, truth: (
        lambda sock: sock.sendall(
            head(200, truth, ("Content-Length", "x, -5"), length=None) + truth.body
        )
    ),
    "odd-chunk": lambda _request, truth: (
        lambda sock: sock.sendall(
            head(200, truth, ("Transfer-Encoding", "chunked"), length=None)
            + b"-5\r\nxx\r\n0\r\n\r\n"
        )
    ),
    "no-gzip": lambda _request, truth: _packed(truth, truth.body),
    "bomb": lambda _request, truth: _packed(truth, _bomb()),
}

ANSWERS = WAITS | HARMLESS | USELESS
