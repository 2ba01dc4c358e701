"""Servers on Unix sockets that are broken in the way a row says: docker's engine, and any at all.

For an answer of the engine the rows are those of `http`; for a connection they are `CONNECTIONS`.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from h2.exceptions import ProtocolError

from diagnose.lab import engine
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.sockets import reset
from diagnose.lab.wire import keeps_alive, read_request, write_response
from tests.faults.http import ANSWERS
from tests.faults.world import OnSocket, silent

_PULL = "/images/create"
_CHUNK = 60  # bytes: where the engine's stream is cut into pieces, a line is not


def _noise(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(bytes(range(256)) * 64)
    silent(sock)


def _flood(sock: socket.socket) -> None:
    """Say noise without an end, before anything was asked."""
    with contextlib.suppress(OSError):
        while True:
            sock.sendall(b"\xa5\x00\x1b<" * 16_384)


# What a server does to a connection, whatever is asked over it.
CONNECTIONS: dict[str, OnSocket] = {
    "silent": silent,
    "end": lambda _sock: None,
    "reset": reset,
    "noise": _noise,
    "flood": _flood,
}
# What is no server at all: a file of that name is there, or not even that.
PLACES = ("refuse", "missing", "no-socket", "full")


@contextlib.contextmanager
def listening(path: Path, serve: OnSocket) -> Iterator[None]:
    """Serve each connection in a thread of its own; all of them end with the block."""
    taken: list[socket.socket] = []

    def one(sock: socket.socket) -> None:
        # A client that has enough goes away in the middle of what is being said.
        with contextlib.suppress(OSError, ValueError, ProtocolError), sock:
            sock.settimeout(60)
            serve(sock)

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:  # closed
                return
            taken.append(sock)
            threading.Thread(target=one, args=(sock,), daemon=True).start()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(16)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield
        for sock in (listener, *taken):
            with contextlib.suppress(OSError):  # wakes who waits for it
                sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def placed(path: Path, name: str) -> Iterator[None]:
    """Put there what is no server: a row of `PLACES`."""
    with contextlib.ExitStack() as stack:
        if name == "no-socket":
            path.write_text("")
        elif name in ("refuse", "full"):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(path))
            if name == "full":  # nobody takes a connection, and there is room for one that waits
                listener.listen(0)
                waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
                waiting.connect(str(path))
        yield


def docker(cloud: Cloud, fault: str, path: str = "") -> OnSocket:
    """Serve docker's engine with a row of `http.ANSWERS` at the paths that end like ``path``."""
    runtime = cloud.machine.engine
    assert runtime
    twist = ANSWERS[fault]

    def serve(sock: socket.socket) -> None:
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            while request := read_request(incoming, peer="", local=""):
                truth = engine.answer(cloud, runtime, request)
                said = twist(request, truth) if request.path.endswith(path) else truth
                if callable(said):
                    said(sock)
                    return
                _answer(cast("BinaryIO", outgoing), cloud, request, said)
                if not keeps_alive(request):
                    return

    return serve


def _answer(outgoing: BinaryIO, cloud: Cloud, request: Request, said: Response) -> None:
    if not request.path.endswith(_PULL) or said.status != 200:
        write_response(outgoing, request, said, cloud.now)
        return
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked"]
    outgoing.write("\r\n".join([*lines, "", ""]).encode())
    for start in range(0, len(said.body), _CHUNK):
        piece = said.body[start : start + _CHUNK]
        outgoing.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    outgoing.write(b"0\r\n\r\n")
    outgoing.flush()
