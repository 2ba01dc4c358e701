"""Knows how to put one DNS question to one server, over UDP and, when it is cut, over TCP."""

import socket
import struct
import time
from typing import Protocol

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rdatatype

from checks.replies import Failure, Trouble
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.trouble import CarrierError

_CUT_SHORT = Failure(
    trouble=Trouble.PROTOCOL, detail="the answer was cut short, and over TCP there is none"
)


class Way(Protocol):
    """The way out of this process, as `diagnose.live.dialer` knows it."""

    def route(self, address: str, port: int) -> tuple[str, int]: ...
    def connect(self, address: str, port: int, timeout: float) -> socket.socket: ...


class GarbageError(Exception):
    """The server sent bytes that are not an answer to the question."""


def query(
    way: Way, name: str, server: str, kind: str, deadline: Deadline, limits: Limits
) -> dns.message.Message:
    """Ask once or, on silence, again; raise what the network did."""
    question = dns.message.make_query(name, dns.rdatatype.from_text(kind), use_edns=False)
    for attempt in range(limits.dns_tries):
        try:
            answer = _udp(way, question, server, deadline.cap(limits.dns_try))
            break
        except TimeoutError:
            if attempt + 1 == limits.dns_tries:
                raise
    if answer.flags & dns.flags.TC:
        try:
            answer = _tcp(way, question, server, deadline.cap(limits.dns_try))
        except (OSError, EOFError) as error:
            # It spoke, so it must not count as a server that is silent or out of reach.
            raise CarrierError(_CUT_SHORT) from error
    return answer


def _udp(
    way: Way, question: dns.message.Message, server: str, seconds: float
) -> dns.message.Message:
    place = way.route(server, 53)
    family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
    end = time.monotonic() + seconds
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect(place)  # so that an ICMP refusal is heard, and strangers are not
        sock.send(question.to_wire())
        garbage = False
        while (left := end - time.monotonic()) > 0:
            sock.settimeout(left)
            try:
                wire = sock.recv(65535)
            except TimeoutError:
                break
            try:
                answer = dns.message.from_wire(wire, ignore_trailing=True)
            except (dns.exception.DNSException, ValueError, struct.error):
                garbage = True
                continue
            if question.is_response(answer):
                return answer
    if garbage:
        raise GarbageError
    raise TimeoutError("dns")


def _tcp(
    way: Way, question: dns.message.Message, server: str, seconds: float
) -> dns.message.Message:
    end = time.monotonic() + seconds
    with way.connect(server, 53, seconds) as sock:
        sock.setblocking(False)
        try:
            left = max(0.0, end - time.monotonic())
            answer = dns.query.tcp(question, server, timeout=left, sock=sock)
        except dns.exception.Timeout as error:
            raise TimeoutError("dns") from error
        except (dns.exception.DNSException, ValueError, struct.error) as error:
            raise GarbageError from error
    return answer
