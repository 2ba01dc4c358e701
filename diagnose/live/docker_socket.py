"""Knows how to tell why docker's socket cannot be reached: not there, or not for us."""

from diagnose.live.unix_socket import opened


def knock(host: str, seconds: float) -> None:
    """Try the socket ourselves first: the SDK wraps the reason away, and leaks its own socket."""
    if host.startswith("unix://"):
        opened(host.removeprefix("unix://"), seconds).close()
