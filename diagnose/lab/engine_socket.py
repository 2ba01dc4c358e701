"""Serves the simulated engine on a Unix socket, as docker does on a machine."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from diagnose.lab import engine
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Response
from diagnose.lab.wire import keeps_alive, read_request, write_response


@contextlib.contextmanager
def serving(cloud: Cloud, folder: Path) -> Iterator[str]:
    """Give the DOCKER_HOST of the machine's engine; nothing where docker is not installed."""
    docker = cloud.machine.engine
    if docker is None:
        yield ""
        return
    path = folder / "docker.sock"
    if not docker.running:  # the file of a dead engine stays: connecting is refused
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
        yield f"unix://{path}"
        return
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(16)
        threading.Thread(target=_accept, args=(cloud, docker, listener), daemon=True).start()
        yield f"unix://{path}"
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes accept()


def _accept(cloud: Cloud, docker: Engine, listener: socket.socket) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_one, args=(cloud, docker, sock), daemon=True).start()


def _one(cloud: Cloud, docker: Engine, sock: socket.socket) -> None:
    with contextlib.suppress(OSError), sock:
        sock.settimeout(60)
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            while request := read_request(incoming, peer="", local=""):
                response = engine.answer(cloud, docker, request)
                if response.status == 200 and request.path.endswith("/images/create"):
                    _stream(outgoing, response)
                else:
                    write_response(outgoing, request, response, cloud.now)
                if not keeps_alive(request):
                    break


def _stream(outgoing: BinaryIO, response: Response) -> None:
    """A pull's progress comes in chunks; docker's SDK decodes line by line only then."""
    head = [f"{name}: {value}" for name, value in response.headers]
    lines = ["HTTP/1.1 200 OK", *head, "Transfer-Encoding: chunked"]
    outgoing.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    outgoing.writelines(
        f"{len(part):x}\r\n".encode() + part + b"\r\n"
        for part in response.body.splitlines(keepends=True)
    )
    outgoing.write(b"0\r\n\r\n")
    outgoing.flush()
