"""The server name in a TLS ClientHello, read without consuming it."""

import socket
import time


def _sni(data: bytes) -> str | None:
    """The host name; "" when there is none; None while bytes are missing."""
    if len(data) < 5:
        return None
    if data[0] != 0x16:
        return ""
    if len(data) < 5 + int.from_bytes(data[3:5], "big"):
        return None
    at = 5 + 4 + 2 + 32  # record, handshake header, version, random
    at += 1 + data[at]  # session id
    at += 2 + int.from_bytes(data[at : at + 2], "big")  # cipher suites
    at += 1 + data[at]  # compression
    end = at + 2 + int.from_bytes(data[at : at + 2], "big")
    at += 2
    while at + 4 <= end:
        kind = int.from_bytes(data[at : at + 2], "big")
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0:  # server_name: list length, type, length, name
            return data[at + 9 : at + 4 + size].decode("ascii", "replace")
        at += 4 + size
    return ""


def peek_server_name(sock: socket.socket, patience: float = 10.0) -> str:
    """The SNI; empty when the client sent none, or sent no TLS."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        data = sock.recv(16384, socket.MSG_PEEK)
        if not data:
            return ""
        name = _sni(data)
        if name is not None:
            return name.lower()
        time.sleep(0.002)
    return ""
