"""What holds for every test: no connection leaves this machine, and golden files on request."""

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

import pytest


class LeavesTheMachineError(AssertionError):
    """A test tried to reach something that is not loopback."""


def _namespace() -> str:
    try:
        return os.readlink("/proc/thread-self/ns/net")
    except OSError:  # no Linux
        return ""


def _is_ours() -> bool:
    made = sys.modules.get("tests.e2e.namespace")
    return made is not None and _namespace() in made.OWN


def _is_loopback(host: object) -> bool:
    if host in ("", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:  # a name: looking it up would leave the machine already
        return False


def _check(sock: socket.socket, address: object) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if isinstance(address, tuple) and not _is_loopback(address[0]) and not _is_ours():
        raise LeavesTheMachineError(f"a test tried to reach {address[0]} port {address[1]}")


def _guarded(name: str, position: int) -> Callable[..., Any]:
    real = getattr(socket.socket, name)

    def guarded(self: socket.socket, *args: Any) -> Any:
        # A negative position: sendto's address is the last, sendmsg's the fourth if given at all.
        at = len(args) + position if position < 0 else position
        if 0 <= at < len(args):
            _check(self, args[at])
        return real(self, *args)

    return guarded


for _name, _position in (("connect", 0), ("connect_ex", 0), ("sendto", -1), ("sendmsg", 3)):
    setattr(socket.socket, _name, _guarded(_name, _position))

_lookup = socket.getaddrinfo


def _guarded_lookup(host: object, *args: Any, **kwargs: Any) -> Any:
    is_name = not (host is None or _is_loopback(host))
    if is_name and not _is_ours():
        try:
            ipaddress.ip_address(str(host))
        except ValueError:
            raise LeavesTheMachineError(f"a test tried to look up {host}") from None
    return _lookup(host, *args, **kwargs)


socket.getaddrinfo = _guarded_lookup  # type: ignore[assignment]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether golden files are to be written rather than compared."""
    return bool(request.config.getoption("--update-golden"))
