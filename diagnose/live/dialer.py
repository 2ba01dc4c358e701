"""Knows the only way out of this process: name lookups and TCP connections, detours and fence."""

import errno
import ipaddress
import os
import socket
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.together import started
from diagnose.live import loading
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.options import Options

if TYPE_CHECKING:
    import dns.message


class Dialer:
    """Looks names up and opens connections; raises `OSError` or `DeadlinePassedError`."""

    def __init__(self, options: Options, deadline: Deadline, limits: Limits) -> None:
        self._options = options
        self._deadline = deadline
        self._limits = limits
        self._detours: Mapping[tuple[str, int], tuple[str, int]] = options.detours or {}

    def lookup(self, name: str, port: int = 443) -> tuple[str, ...]:
        """Return the addresses of ``name`` in the order in which to try them."""
        if is_address(name):
            return (name,)
        told = tuple(
            a for n, p, a in self._options.resolve if (n.lower(), p) == (name.lower(), port)
        )
        if told:
            return told
        if self._options.resolver or self._options.fenced:
            # Imported here: dnspython is slow to load, and only the simulation comes this way.
            with loading.alone:
                from diagnose.live import stub

            return stub.lookup(self.query, self._options, self._deadline, name)
        return self._getaddrinfo(name)

    def route(self, address: str, port: int) -> tuple[str, int]:
        """Return where ``address`` and ``port`` are really found; TCP and UDP share the map."""
        place = self._detours.get((address, port))
        if place is not None:
            return place
        if self._options.fenced and not ipaddress.ip_address(address).is_loopback:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        return (address, port)

    def connect(self, address: str, port: int, timeout: float, *, mss: int = 0) -> socket.socket:
        """Open a TCP connection to an address, which must not be a name.

        ``mss`` is the largest TCP segment, in bytes, that the other side is asked to send.
        """
        place = self.route(str(ipaddress.ip_address(address)), port)
        if not mss:
            sock = socket.create_connection(place, self._deadline.cap(timeout))
        else:
            sock = self._connect_small(place, self._deadline.cap(timeout), mss)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def query(self, name: str, server: str, kind: str) -> "dns.message.Message":
        """Put one DNS question to one server."""
        with loading.alone:  # dnspython is slow to load, and not every run asks
            from diagnose.live import dns_wire

        return dns_wire.query(self, name, server, kind, self._deadline, self._limits)

    def local(self, sock: socket.socket) -> str:
        """Return our own address on ``sock``; the simulated machine's where there is one."""
        host = self._options.host
        if self._options.fenced and host is not None and host.addresses:
            return host.addresses[0]
        return str(sock.getsockname()[0])

    def _connect_small(self, place: tuple[str, int], timeout: float, mss: int) -> socket.socket:
        """Connect with a segment size of our choice, which has to be set before the SYN."""
        family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
            sock.connect(place)
        except BaseException:
            sock.close()
            raise
        return sock

    def _getaddrinfo(self, name: str) -> tuple[str, ...]:
        """Ask the system in a thread of its own: getaddrinfo knows no timeout."""
        answer: list[tuple[str, ...] | BaseException] = []

        def work() -> None:
            try:
                rows = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
                answer.append(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        thread = threading.Thread(target=work, name=f"lookup {name}", daemon=True)
        limit = self._deadline.cap(self._limits.lookup)
        if started(thread):
            thread.join(limit)
        if not answer:
            raise DeadlinePassedError if self._deadline.left() <= 0.0 else TimeoutError("lookup")
        found = answer[0]
        if isinstance(found, BaseException):
            raise found
        return found


def is_address(text: str) -> bool:
    """Say whether ``text`` is an address literal already."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
