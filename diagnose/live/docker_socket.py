"""Knows how to tell why docker's socket cannot be reached: not there, or not for us."""

import socket


def knock(host: str) -> None:
    """Try the socket ourselves first: the SDK wraps the reason away, and leaks its own socket."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(2.0)
            sock.connect(host.removeprefix("unix://"))
