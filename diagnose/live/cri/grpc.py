"""Knows how to make one unary gRPC call over a Unix socket, by the pure-Python library h2.

The frames are those of the gRPC specification (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md): a
message is a byte that says "not compressed", four bytes of length, and the message; the outcome
comes in trailers, as ``grpc-status`` and a percent-encoded ``grpc-message``.
"""

import contextlib
import importlib.util
import socket
import time
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from diagnose.live import unix_socket

MOST = 4 << 20  # bytes of an answer; a list of a thousand images is a tenth of that
_MOST_READ = 8 << 20  # bytes of all frames, so that pings and settings without end do end
_CHUNK = 64 * 1024
_FRAME_HEAD = 9  # bytes: a length of three, a type, flags and a stream (RFC 9113, section 4.1)
_LONGEST_FRAME = 16_384  # bytes of what a frame carries, as nobody here allows more (4.2)
_SETTINGS = b"\x04"  # the type of the frame that a server begins with (RFC 9113, section 3.4)
_HEAD = 5  # bytes before a message: compressed or not, and its length
_LONGEST = 8000  # characters of a status message that are kept


class Code(IntEnum):
    """Outcomes that matter here (github.com/grpc/grpc, doc/statuscodes.md)."""

    OK = 0
    UNKNOWN = 2
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    UNIMPLEMENTED = 12


class MissingLibraryError(ImportError):
    """The library h2 is not installed."""


class NotGrpcError(ValueError):
    """The other side answered, and not by gRPC."""


class TooLargeError(ValueError):
    """The answer is larger than any answer to such a question."""


class StatusError(Exception):
    """The server's own refusal: a code of gRPC's and its words."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def installed() -> bool:
    return importlib.util.find_spec("h2") is not None


def call(
    path: Path, method: str, message: bytes, seconds: float, *metadata: tuple[str, str]
) -> bytes:
    """Call ``/package.Service/Method`` and give the answer's message.

    Raises `StatusError` for the server's refusal, `TimeoutError` when ``seconds`` are over, the
    other errors above, and what sockets and h2 raise. Closing the connection, which every end of
    this does, makes the server give the call up.
    """
    if not installed():
        raise MissingLibraryError("h2")
    end = time.monotonic() + seconds
    with unix_socket.opened(str(path), seconds) as sock:
        return _Call(sock, end).made(method, message, seconds, metadata)


@dataclass(slots=True)
class _Answer:
    """What has come so far."""

    data: bytearray = field(default_factory=bytearray)
    headers: dict[str, str] = field(default_factory=dict)  # with the trailers
    ended: bool = False


class _Call:
    def __init__(self, sock: socket.socket, end: float) -> None:
        from h2.config import H2Configuration
        from h2.connection import H2Connection

        # Header values as bytes: one that is no UTF-8 is for us to read, and no reason to fail.
        config = H2Configuration(client_side=True, header_encoding=None)
        self._sock, self._end = sock, end
        self._h2 = H2Connection(config)
        self._open = 0  # bytes that are missing of the frame that came last
        self._head = b""  # as much of the next one's head as has come

    def made(
        self, method: str, message: bytes, seconds: float, metadata: tuple[tuple[str, str], ...]
    ) -> bytes:
        self._h2.initiate_connection()
        headers = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", method),
            (":authority", "localhost"),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", "acr-diagnose"),
            ("grpc-timeout", f"{max(1, int(seconds * 1000))}m"),  # milliseconds
            *metadata,
        ]
        stream = self._h2.get_next_available_stream_id()
        self._h2.send_headers(stream, headers)
        # One frame: what is sent here is smaller than any window, but for a token out of bounds.
        self._h2.send_data(stream, b"\0" + len(message).to_bytes(4, "big") + message, True)
        self._flush()
        answer = _Answer()
        self._read(answer)
        return _message(answer)

    def _flush(self) -> None:
        self._wait()
        self._sock.sendall(self._h2.data_to_send())

    def _wait(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)

    def _read(self, answer: _Answer) -> None:
        size = 0
        while not answer.ended:
            self._wait()
            received = self._sock.recv(_CHUNK)
            if not received:
                raise EOFError
            if not size and received[3:4] not in (b"", _SETTINGS):
                raise NotGrpcError("the other side does not speak HTTP/2")
            size += len(received)
            if size > _MOST_READ:
                raise TooLargeError
            self._measure(received)
            for event in self._h2.receive_data(received):
                self._met(event, answer)
            with contextlib.suppress(BrokenPipeError):  # what it said before may be a whole answer
                self._flush()

    def _measure(self, received: bytes) -> None:
        """Look that no frame is longer than may be: for the rest of such a one h2 would wait."""
        at = min(self._open, len(received))
        self._open -= at
        while at < len(received):
            part = received[at : at + _FRAME_HEAD - len(self._head)]
            at, self._head = at + len(part), self._head + part
            if len(self._head) < _FRAME_HEAD:
                return
            size, self._head = int.from_bytes(self._head[:3], "big"), b""
            if size > _LONGEST_FRAME:
                raise NotGrpcError("the other side does not speak HTTP/2")
            there = min(size, len(received) - at)
            at, self._open = at + there, size - there

    def _met(self, event: Any, answer: _Answer) -> None:
        from h2 import events

        if isinstance(event, (events.ResponseReceived, events.TrailersReceived)):
            answer.headers.update(_read_headers(event.headers or ()))
        elif isinstance(event, events.DataReceived):
            answer.data += event.data or b""
            if len(answer.data) > MOST + _HEAD:
                raise TooLargeError
            if event.flow_controlled_length:
                self._h2.acknowledge_received_data(
                    event.flow_controlled_length, event.stream_id or 0
                )
        elif isinstance(event, events.StreamEnded):
            answer.ended = True
        elif isinstance(event, (events.StreamReset, events.ConnectionTerminated)):
            raise ConnectionResetError(104, "reset")


def _read_headers(rows: Any) -> dict[str, str]:
    return {_text(name): _text(value) for name, value in rows}


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _message(answer: _Answer) -> bytes:
    status = answer.headers.get("grpc-status", "")
    if not (status.isascii() and status.isdecimal() and len(status) < 6):
        raise NotGrpcError(f"HTTP {answer.headers.get(':status', '')[:3]} without a status of gRPC")
    if int(status) != Code.OK:
        words = answer.headers.get("grpc-message", "")[: 3 * _LONGEST]
        raise StatusError(int(status), unquote(words, errors="replace")[:_LONGEST])
    head, body = bytes(answer.data[:_HEAD]), bytes(answer.data[_HEAD:])
    if len(head) < _HEAD or head[0] or int.from_bytes(head[1:], "big") != len(body):
        raise NotGrpcError("the answer is not one message")
    return body
