"""The sockets of the lab: listeners, a port that drops SYNs, and a port that refuses them."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

Serve = Callable[[socket.socket, str], None]


class Listener:
    """Accepts on one TCP address, one daemon thread per connection."""

    def __init__(self, address: str, port: int, serve: Serve) -> None:
        self._serve = serve
        self.socket = socket.create_server((address, port), backlog=256)
        self.port: int = self.socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                sock, peer = self.socket.accept()
            except OSError:  # closed
                return
            self._open.add(sock)
            threading.Thread(target=self._one, args=(sock, peer[0]), daemon=True).start()

    def _one(self, sock: socket.socket, peer: str) -> None:
        try:
            sock.settimeout(60)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(sock, peer)
        except (OSError, ValueError):
            pass  # the client's end: gone, or not speaking the protocol
        finally:
            self._open.discard(sock)
            sock.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.socket.close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Dropping:
    """Listens with a full backlog, so that the kernel really ignores every further SYN."""

    def __init__(self, address: str, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(0)
        self.port: int = self.socket.getsockname()[1]
        # A backlog of 0 holds one connection; the second filler is there in case of two.
        self._fillers = [socket.socket() for _ in range(2)]
        self._fillers[0].settimeout(2)
        self._fillers[0].connect((address, self.port))
        self._fillers[1].setblocking(False)
        self._fillers[1].connect_ex((address, self.port))

    def close(self) -> None:
        for sock in (*self._fillers, self.socket):
            sock.close()


class Refusing:
    """Bound but not listening: nobody else can take the port, and a SYN gets an RST."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket()
        self.socket.bind((address, 0))
        self.port: int = self.socket.getsockname()[1]

    def close(self) -> None:
        self.socket.close()


class Datagrams:
    """Answers UDP queries on one address; an answer of None is silence."""

    def __init__(self, address: str, port: int, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind((address, port))
        except OSError:
            self.socket.close()
            raise
        threading.Thread(target=self._loop, daemon=True).start()

    def _loop(self) -> None:
        while True:
            try:
                wire, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            threading.Thread(target=self._one, args=(wire, peer), daemon=True).start()

    def _one(self, wire: bytes, peer: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            reply = self._answer(wire)
            if reply is not None:
                self.socket.sendto(reply, peer)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.sendto(b"", self.socket.getsockname())  # wakes recvfrom()
        self.socket.close()


def reset(sock: socket.socket) -> None:
    """RST instead of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def hold(sock: socket.socket) -> None:
    """Takes what comes and never answers, until the client gives up."""
    sock.settimeout(None)
    while sock.recv(65536):
        pass
