"""Knows how to run small misbehaving servers on loopback, for the tests of diagnose.live."""

import contextlib
import socket
import ssl
import threading
import time

import trustme

AUTHORITY = trustme.CA()
REGISTRY, ARM, IMDS = "reg.azurecr.io", "management.azure.com", "169.254.169.254"


def answer(status=200, body=b"{}", **headers):
    """Return the bytes of one HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Server:
    """Answers each request from ``script``: bytes, or a callable that is given the socket."""

    def __init__(self, *script, tls_names=()):
        self.script, self.requests = list(script), []
        self.context = None
        if tls_names:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            AUTHORITY.issue_cert(*tls_names).configure_cert(self.context)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.place = self.listener.getsockname()[:2]
        self.over = threading.Event()
        self.connections = 0
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(2)

    def _listen(self):
        while not self.over.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock, contextlib.suppress(OSError, ValueError):
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            with sock:
                while not self.over.is_set() and (request := _request(sock)):
                    self.requests.append(request)
                    step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                    if callable(step):
                        step(sock)
                        return
                    sock.sendall(step)


def _request(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def silent(sock):
    """Never answer."""
    time.sleep(3)


def drip(head, byte=b"x", pause=0.05):
    """Send ``head`` at once and then one byte at a time."""

    def step(sock):
        sock.sendall(head)
        for _ in range(100):
            sock.sendall(byte)
            time.sleep(pause)

    return step


def endless(sock):
    """Send a gigabyte, or as much of it as anybody takes."""
    sock.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 1073741824\r\n\r\n")
    for _ in range(1024):
        sock.sendall(b"\0" * 1048576)
