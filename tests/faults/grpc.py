"""What a broken runtime says over HTTP/2 and gRPC: rows by name, and the server that says it.

A row is given the socket, h2's connection and the stream of a call; what it leaves in the
connection is sent after it. RFC 9113 has the frames, doc/PROTOCOL-HTTP2.md of github.com/grpc/grpc
what is in them.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

from diagnose import protobuf
from diagnose.lab import cri
from diagnose.lab.cloud import Cloud
from diagnose.lab.sockets import reset
from tests.faults.world import OnSocket, silent

Act = Callable[[socket.socket, Any, int], None]

_OK = [(":status", "200"), ("content-type", "application/grpc")]
_DONE = [("grpc-status", "0")]
_PACE = 0.2  # seconds between two bytes of a drip
_FRAME = 16_384  # bytes of a frame at most, until a client allows more
_ROOM = 60_000  # bytes of an answer that need no leave to go on


def framed(message: bytes, *, packed: int = 0, length: int | None = None) -> bytes:
    """Put gRPC's head before a message; ``length`` is what it says of itself."""
    size = len(message) if length is None else length
    return bytes([packed]) + size.to_bytes(4, "big") + message


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"", length: int = -1) -> bytes:
    """Give a frame by hand, for what h2 would not send."""
    size = len(payload) if length < 0 else length
    return size.to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _told(message: bytes) -> Act:
    """Answer as any server does; the message is the fault."""

    def act(_sock: socket.socket, connection: Any, stream: int) -> None:
        connection.send_headers(stream, _OK)
        for start in range(0, len(message), _FRAME):
            connection.send_data(stream, message[start : start + _FRAME])
        connection.send_headers(stream, _DONE, end_stream=True)

    return act


def _ended(*rows: tuple[str, str]) -> Act:
    """Answer with trailers alone."""
    return lambda _sock, connection, stream: connection.send_headers(
        stream, [*_OK, *rows], end_stream=True
    )


def _raw(*frames: Callable[[int], bytes]) -> Act:
    """Send frames by hand, and then nothing."""

    def act(sock: socket.socket, _connection: Any, stream: int) -> None:
        sock.sendall(b"".join(make(stream) for make in frames))
        silent(sock)

    return act


def _forever(make: Callable[[Any, int], None], *, begin: bool = False) -> Act:
    """Let h2 make frames without an end, and take in what is said meanwhile."""

    def act(sock: socket.socket, connection: Any, stream: int) -> None:
        if begin:
            connection.send_headers(stream, _OK)
        sock.settimeout(0)
        with contextlib.suppress(OSError, ProtocolError):
            while True:
                make(connection, stream)
                sock.setblocking(True)
                sock.sendall(connection.data_to_send())
                with contextlib.suppress(BlockingIOError):
                    sock.setblocking(False)
                    connection.receive_data(sock.recv(65536))

    return act


def _pour(connection: Any, stream: int) -> None:
    room = min(16_384, connection.local_flow_control_window(stream))
    if room:
        connection.send_data(stream, b"x" * room)
    else:
        time.sleep(0.001)


def _drip(sock: socket.socket, connection: Any, stream: int) -> None:
    connection.send_headers(stream, _OK)
    connection.send_data(stream, framed(b"x" * 2000))
    with contextlib.suppress(OSError):
        for byte in connection.data_to_send():
            sock.sendall(bytes([byte]))
            time.sleep(_PACE)


def _half(sock: socket.socket, connection: Any, stream: int) -> None:
    connection.send_headers(stream, _OK)
    connection.send_data(stream, framed(b"x" * 2000)[:900])
    sock.sendall(connection.data_to_send())
    sock.shutdown(socket.SHUT_WR)
    silent(sock)


def _conditions() -> bytes:
    """A StatusResponse with as many conditions that are not true as there is room for."""
    row = protobuf.message((1, protobuf.message((1, "\x1b[31mred\n"), (3, "x" * 100))))
    return protobuf.message((1, row * (_ROOM // len(row))))


def _images() -> bytes:
    """A list with as many images as there is room for, each under many names."""
    names = [(2, f"contoso.azurecr.io/app:{i}") for i in range(20)]
    row = protobuf.message((1, protobuf.message((1, f"sha256:{0:064x}"), *names)))
    return row * (_ROOM // len(row))


# An answer that never comes, or never to its end.
WAITS: dict[str, Act] = {
    "silent": lambda sock, _connection, _stream: silent(sock),
    "drip": _drip,
    "long-frame": _raw(lambda stream: _frame(0, 0, stream, b"x", length=16_384)),
    "pings": _forever(lambda connection, _stream: connection.ping(b"12345678")),
    "settings": _forever(lambda connection, _stream: connection.update_settings({4: 65_535})),
    "empty-data": _forever(lambda c, stream: c.send_data(stream, b""), begin=True),
    "early-hints": _forever(lambda c, stream: c.send_headers(stream, [(":status", "103")])),
    "endless": _forever(_pour, begin=True),
}
ENDS: dict[str, Act] = {
    "end": lambda sock, _connection, _stream: sock.shutdown(socket.SHUT_RDWR),
    "half": _half,
    "reset": lambda sock, _connection, _stream: reset(sock),
    "reset-stream": lambda _sock, connection, stream: connection.reset_stream(stream),
    "goaway": lambda _sock, connection, _stream: connection.close_connection(),
}
# It answers, and what it says is not gRPC, or not CRI.
USELESS: dict[str, Act] = {
    "http-503": lambda _sock, connection, stream: connection.send_headers(
        stream, [(":status", "503")], end_stream=True
    ),
    "no-status": lambda _sock, connection, stream: connection.send_headers(
        stream, _OK, end_stream=True
    ),
    "status-of-words": _ended(("grpc-status", "\u0663")),
    "status-beyond": _ended(("grpc-status", "9" * 60)),
    "status-negative": _ended(("grpc-status", "-1")),
    "refusal": _ended(("grpc-status", "2"), ("grpc-message", quote("\x1b[31m\u202e\x9b" * 600))),
    "unimplemented": _ended(("grpc-status", "12"), ("grpc-message", "unknown service")),
    "many-headers": _ended(*((f"x-{i}", "y" * 100) for i in range(900)), *_DONE),
    "continuations": _raw(
        lambda stream: _frame(1, 0, stream, b"\x88"),
        lambda stream: b"".join(_frame(9, 0, stream, b"\x00\x01a\x01b") for _ in range(5000)),
    ),
    "hpack-noise": _raw(lambda stream: _frame(1, 4, stream, b"\xff" * 200)),
    "unknown-frames": _raw(lambda _stream: _frame(200, 255, 0, b"z" * 100) * 2000 + b"\xff" * 9000),
    "push": _raw(lambda stream: _frame(5, 4, stream, b"\x00\x00\x00\x02\x88")),
    "other-stream": _raw(lambda _stream: _frame(0, 1, 4001, b"x" * 10)),
    "window-beyond": _raw(lambda stream: _frame(8, 0, stream, b"\x7f\xff\xff\xff") * 3),
    "huge-frame": _raw(lambda stream: _frame(0, 0, stream, b"x" * 70_000, length=(1 << 24) - 1)),
    "empty": _told(b""),
    "packed": _told(framed(b"x" * 20, packed=1)),
    "two-messages": _told(framed(b"") + framed(b"")),
    "length-lies": _told(framed(b"x", length=1 << 31)),
    "no-protobuf": _told(framed(b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
    "no-fields": _told(framed(b"\x00" * 50)),
    "many-fields": _told(framed(b"\x08\x01" * 20_000)),
    "no-utf-8": _told(framed(b"\x12\x03\xff\xfe\x80\x1a\x02\x1b[")),
    "numbers-for-texts": _told(framed(b"\x08\x01\x10\x02\x18\x03\x20\x04")),
}
ANSWERS = WAITS | ENDS | USELESS
# Right in form, and too much of it.
LARGE: dict[str, tuple[str, Act]] = {
    "conditions": ("Status", _told(framed(_conditions()))),
    "images": ("ListImages", _told(framed(_images()))),
}


def served(cloud: Cloud, act: Act, *methods: str) -> OnSocket:
    """Serve the lab's containerd over gRPC, with ``act`` for these methods; none means all."""
    runtime = cloud.machine.containerd
    assert runtime

    def honest(path: str, body: bytes) -> Act:
        try:
            return _told(framed(cri.answer(cloud, runtime, path, body)))
        except cri.RefusedError as refused:
            words = quote(refused.words)
            return _ended(("grpc-status", str(refused.code)), ("grpc-message", words))

    def serve(sock: socket.socket) -> None:
        for connection, stream, path, body in _calls(sock):
            is_broken = not methods or path.rpartition("/")[2] in methods
            (act if is_broken else honest(path, body))(sock, connection, stream)

    return serve


def _calls(sock: socket.socket) -> Iterator[tuple[Any, int, str, bytes]]:
    """Give each call with the connection, and send what was left there after it."""
    told = H2Configuration(
        client_side=False, header_encoding="utf-8", validate_outbound_headers=False
    )
    connection = H2Connection(told)
    path, body = "", bytearray()
    connection.initiate_connection()
    sock.sendall(connection.data_to_send())
    while received := sock.recv(65536):
        for event in connection.receive_data(received):
            if isinstance(event, RequestReceived):
                path = str(dict(event.headers or ())[":path"])
            elif isinstance(event, DataReceived):
                body += event.data or b""
            elif isinstance(event, StreamEnded):
                yield connection, event.stream_id or 0, path, bytes(body[5:])
        sock.sendall(connection.data_to_send())
