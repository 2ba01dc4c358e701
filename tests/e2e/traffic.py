"""What a machine sent, read from the frames of a capture.

Ethernet, IPv4, TCP and UDP as far as a test asks: who was connected to, by which TLS name, with
which request where it can be read, which names were looked up, and when. What is none of this is a
stray.
"""

import ipaddress
import re
from collections import defaultdict
from dataclasses import dataclass, field

import dns.message
import dns.rdatatype

from diagnose.lab.hello import _sni
from tests.e2e.capture import Frame

_ARP, _IPV4, _IPV6 = 0x0806, 0x0800, 0x86DD
_TCP, _UDP = 6, 17
_SYN, _ACK = 0x02, 0x10
_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
# What a kernel says on its own link, whoever runs on it: neighbours, routers, multicast groups
# (RFC 4861, RFC 3810; the latter behind a hop-by-hop header).
_LINK = ((58, (133, 135, 136, 143)), (0, ()))


@dataclass
class Connection:
    """One TCP connection that the machine opened."""

    address: str
    port: int
    first: int  # the sequence number of its SYN
    pieces: dict[int, bytes] = field(default_factory=dict)

    @property
    def sent(self) -> bytes:
        """Join what was sent, as far as the capture has it without a gap."""
        whole, at = b"", 1
        for start in sorted(self.pieces):
            piece = self.pieces[start]
            if start > at:
                break
            whole += piece[at - start :]
            at = max(at, start + len(piece))
        return whole

    @property
    def name(self) -> str:
        """Give the server name of its TLS hello; empty where it sent none."""
        return (_sni(self.sent) or "") if self.sent[:1] == b"\x16" else ""

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Give method and path of what it asked in the clear."""
        found = _REQUEST.findall(self.sent)
        return [(method.decode(), path.decode().partition("?")[0]) for method, path in found]


@dataclass
class Traffic:
    """What was sent. ``named`` says which names led to an address, by the answers that came."""

    connections: list[Connection] = field(default_factory=list)
    questions: set[tuple[str, str]] = field(default_factory=set)  # name server, name
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    strays: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)  # of everything that opens or carries

    def after(self, moment: float) -> list[float]:
        """Give by how many seconds something was sent after a moment."""
        return [one - moment for one in self.times if one > moment]


def read(frames: list[Frame]) -> Traffic:
    traffic = Traffic()
    open_now: dict[tuple[str, int, int], Connection] = {}
    for frame in frames:
        kind = int.from_bytes(frame.data[12:14], "big")
        packet = frame.data[14:]
        if kind == _IPV4:
            _ipv4(traffic, open_now, frame, packet)
        elif kind == _IPV6 and frame.outgoing and not _of_the_link(packet):
            _stray(traffic, frame, f"IPv6 to {ipaddress.ip_address(packet[24:40])}")
        elif kind not in (_IPV6, _ARP) and frame.outgoing:
            _stray(traffic, frame, f"frame of type {kind:#06x}")
    return traffic


def _ipv4(
    traffic: Traffic,
    open_now: dict[tuple[str, int, int], Connection],
    frame: Frame,
    packet: bytes,
) -> None:
    head, whole = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], "big")
    source, target = (str(ipaddress.ip_address(packet[at : at + 4])) for at in (12, 16))
    body = packet[head:whole]
    here, there = (int.from_bytes(body[at : at + 2], "big") for at in (0, 2))
    if packet[9] == _UDP and 53 in (here, there):
        _dns(traffic, frame, body[8:], target)
    elif packet[9] == _TCP and frame.device != "lo":
        key = (target, there, here) if frame.outgoing else (source, here, there)
        _tcp(traffic, open_now, frame, body, key)
    elif frame.outgoing:
        _stray(traffic, frame, f"protocol {packet[9]} to {target} on {frame.device}")


def _tcp(
    traffic: Traffic,
    open_now: dict[tuple[str, int, int], Connection],
    frame: Frame,
    body: bytes,
    key: tuple[str, int, int],
) -> None:
    flags, number = body[13], int.from_bytes(body[4:8], "big")
    data = body[(body[12] >> 4) * 4 :]
    if not frame.outgoing:
        if data and key[1] == 53:
            _dns(traffic, frame, data[2:], "")
        return
    if flags & _SYN:
        if flags & _ACK:
            _stray(traffic, frame, f"took a connection from {key[0]}")
            return
        if key not in open_now or open_now[key].first != number:  # not the same SYN once more
            open_now[key] = Connection(key[0], key[1], number)
            traffic.connections.append(open_now[key])
        traffic.times.append(frame.seconds)
    elif data:
        traffic.times.append(frame.seconds)
        if key not in open_now:
            _stray(traffic, frame, f"TCP to {key[0]}:{key[1]} from before the capture")
            return
        open_now[key].pieces[(number - open_now[key].first) % 2**32] = data
        if key[1] == 53:
            _dns(traffic, frame, data[2:], key[0])


def _dns(traffic: Traffic, frame: Frame, wire: bytes, server: str) -> None:
    try:
        message = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        _stray(traffic, frame, "what is no DNS message, at port 53")
        return
    names = [row.name.to_text(omit_final_dot=True).lower() for row in message.question]
    if frame.outgoing:
        traffic.questions |= {(server, name) for name in names}
        traffic.times.append(frame.seconds)
        return
    for row in message.answer:
        if row.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            for one in row:
                traffic.named[one.to_text()] |= set(names)


def _of_the_link(packet: bytes) -> bool:
    to_its_group = packet[24] in (0xFF, 0xFE)  # ff00::/8, fe80::/10
    return to_its_group and any(
        packet[6] == head and (not types or packet[40] in types) for head, types in _LINK
    )


def _stray(traffic: Traffic, frame: Frame, what: str) -> None:
    traffic.strays.add(what)
    traffic.times.append(frame.seconds)
