"""What stands on a host's port before any HTTP: one row of a table for each fault, by name."""

import contextlib
import datetime as dt
import socket
import ssl
import time
from collections.abc import Callable

from diagnose.lab import certs
from diagnose.lab.certs import Pki
from diagnose.lab.sockets import reset
from tests.faults.world import Endpoint, OnSocket, silent

Signed = Callable[[Pki, str], ssl.SSLContext]


def _greeted(hello: bytes, then: OnSocket = silent) -> OnSocket:
    """Take the client's greeting, send ``hello``, and end what can be ended."""

    def serve(sock: socket.socket) -> None:
        sock.recv(65536)
        with contextlib.suppress(OSError):
            sock.sendall(hello)
            sock.shutdown(socket.SHUT_WR)
            then(sock)

    return serve


def _drip(sock: socket.socket) -> None:
    """Begin a record of TLS, and send a byte of it now and then."""
    sock.recv(65536)
    until = time.monotonic() + 20
    with contextlib.suppress(OSError):
        sock.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        while time.monotonic() < until:
            sock.sendall(b"x")
            time.sleep(0.5)


def _reset(sock: socket.socket) -> None:
    sock.recv(65536)
    reset(sock)


# What is done to the socket, in place of TLS.
RAW: dict[str, OnSocket] = {
    "tls-silent": silent,
    "tls-drip": _drip,
    "tls-end": _greeted(b""),
    "tls-reset": _reset,
    "tls-plain": _greeted(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno"),
    "tls-oversized": _greeted(b"\x16\x03\x03\xff\xff" + b"\x00" * 70_000),
    "tls-alert": _greeted(b"\x15\x03\x01\x00\x02\x02\x28"),  # handshake_failure
    "tls-empty-hello": _greeted(b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"),
    "tls-noise": _greeted(b"\xff" * 5_000),
}
WAITS = ("tls-silent", "tls-drip")


def _other_time(days: int) -> Signed:
    """Sign as ever, but around another day than today; a leaf counts from -30 to 180 days."""

    def context(pki: Pki, host: str) -> ssl.SSLContext:
        return _shown(pki, host, (host,), pki._issuing, pki._now + dt.timedelta(days=days))

    return context


def _self_signed(pki: Pki, host: str) -> ssl.SSLContext:
    return _shown(pki, host, (host,), None, pki._now)


def _other_name(pki: Pki, host: str) -> ssl.SSLContext:
    return _shown(pki, "other.example", ("other.example",), pki._issuing, pki._now)


def _inspected(pki: Pki, host: str) -> ssl.SSLContext:
    return pki.context(host, intercepted=True)


def _shown(
    pki: Pki, host: str, hosts: tuple[str, ...], issuer: certs.Authority | None, now: dt.datetime
) -> ssl.SSLContext:
    leaf = certs._sign(certs._name(host, certs.MICROSOFT), pki._leaf_key, issuer, hosts, now=now)
    key = pki._leaf_key.private_bytes(
        certs.serialization.Encoding.PEM,
        certs.serialization.PrivateFormat.PKCS8,
        certs.serialization.NoEncryption(),
    )
    chain = certs._pem(issuer.certificate) if issuer else b""
    path = pki._write(f"{time.monotonic_ns()}.pem", key + certs._pem(leaf) + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


# Which certificate is shown.
SIGNED: dict[str, Signed] = {
    "expired": _other_time(-300),
    "not-yet-valid": _other_time(300),
    "self-signed": _self_signed,
    "wrong-name": _other_name,
    "inspected": _inspected,
}

# What becomes of a SYN.
GONE = {"refuse": "refuse", "drop": "drop"}


def endpoint_faults(endpoint: Endpoint) -> tuple[str, ...]:
    """Name what can be done to one endpoint before HTTP."""
    return tuple(GONE) + (() if endpoint[1] == 80 else (*RAW, *SIGNED))
