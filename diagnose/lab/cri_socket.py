"""Serves the simulated containerd on a Unix socket by gRPC, as containerd does on a machine."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from diagnose.lab import cri
from diagnose.lab.cloud import Cloud
from diagnose.lab.cri_state import Containerd


@contextlib.contextmanager
def serving(cloud: Cloud, folder: Path) -> Iterator[str]:
    """Give the path of containerd's socket; nothing where containerd is not installed."""
    runtime = cloud.machine.containerd
    if runtime is None:
        yield ""
        return
    path = folder / "containerd.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        if runtime.running:  # else the file of a dead one stays: connecting is refused
            listener.listen(16)
            threading.Thread(target=_accept, args=(cloud, runtime, listener), daemon=True).start()
        yield str(path)
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes accept()


def _accept(cloud: Cloud, runtime: Containerd, listener: socket.socket) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_one, args=(cloud, runtime, sock), daemon=True).start()


def _one(cloud: Cloud, runtime: Containerd, sock: socket.socket) -> None:
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import DataReceived, RequestReceived, StreamEnded

    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    methods: dict[int, str] = {}
    bodies: dict[int, bytearray] = {}
    with contextlib.suppress(OSError), sock:
        sock.settimeout(60)
        connection.initiate_connection()
        sock.sendall(connection.data_to_send())
        while received := sock.recv(65536):
            for event in connection.receive_data(received):
                if isinstance(event, RequestReceived):
                    headers = {str(name): str(value) for name, value in event.headers or ()}
                    methods[event.stream_id or 0] = headers.get(":path", "")
                elif isinstance(event, DataReceived):
                    bodies.setdefault(event.stream_id or 0, bytearray()).extend(event.data or b"")
                elif isinstance(event, StreamEnded):
                    stream = event.stream_id or 0
                    body = bytes(bodies.get(stream, b""))[5:]
                    _reply(connection, stream, *_outcome(cloud, runtime, methods[stream], body))
            sock.sendall(connection.data_to_send())


def _outcome(cloud: Cloud, runtime: Containerd, method: str, body: bytes) -> tuple[bytes, int, str]:
    try:
        return cri.answer(cloud, runtime, method, body), 0, ""
    except cri.RefusedError as refused:
        return b"", refused.code, refused.words


def _reply(connection: object, stream: int, message: bytes, code: int, words: str) -> None:
    from h2.connection import H2Connection

    if not isinstance(connection, H2Connection):
        raise TypeError
    connection.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
    if not code:
        connection.send_data(stream, b"\0" + len(message).to_bytes(4, "big") + message)
    trailers = [("grpc-status", str(code)), ("grpc-message", quote(words, safe=" /:,'()=@"))]
    connection.send_headers(stream, trailers, end_stream=True)
