"""What a broken DNS server sends: rows by name, and the server that sends it.

A row is given the question and the honest answer to it, both in wire format, and yields datagrams;
``tcp`` is what the server does on port 53 over TCP, None where nobody listens there. RFC 1035 has
the format: 4.1.1 the header, 4.1.4 compression, 4.2.2 the length before a message over TCP.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from diagnose.lab.sockets import Listener, reset

Wire = bytes
Says = Callable[[Wire, Wire], Iterator[Wire]]
OnTcp = Callable[[socket.socket, Wire], None]

_STRANGE = dns.name.Name((b"\x1b[31mred", b"a\nb\x07", b"\xe2\x80\xae", b"example", b""))
_CHAIN = 60  # links of a chain that no resolver of today would follow
_LATE = 0.3  # seconds


@dataclass(frozen=True, kw_only=True)
class Row:
    udp: Says
    tcp: OnTcp | None = None
    elsewhere: bool = False  # the datagrams come from another port than was asked


def nothing(_question: Wire, _honest: Wire) -> Iterator[Wire]:
    """Take the question and say nothing."""
    yield from ()


def honest(_question: Wire, told: Wire) -> Iterator[Wire]:
    yield told


def _whole(change: Callable[[dns.message.Message], None]) -> Says:
    """Change the honest answer, name by name."""

    def says(_question: Wire, told: Wire) -> Iterator[Wire]:
        answer = dns.message.from_wire(told)
        change(answer)
        yield answer.to_wire(max_size=65535)

    return says


def _code(number: int) -> Says:
    def change(answer: dns.message.Message) -> None:
        answer.answer, answer.authority = [], []
        answer.set_rcode(dns.rcode.Rcode.make(number))

    return _whole(change)


def _wrong_id(_question: Wire, told: Wire) -> Iterator[Wire]:
    """The honest answer under every id but the right one that lies near."""
    right = int.from_bytes(told[:2], "big")
    for step in (1, -1, 256):
        yield ((right + step) % 65536).to_bytes(2, "big") + told[2:]


def _flood(_question: Wire, told: Wire) -> Iterator[Wire]:
    """Many thousands of answers to somebody else."""
    wrong = (int.from_bytes(told[:2], "big") ^ 0xFFFF).to_bytes(2, "big") + told[2:]
    for _ in range(20_000):
        yield wrong


def _other_question(_question: Wire, told: Wire) -> Iterator[Wire]:
    other = dns.message.make_response(dns.message.make_query("other.example", "A", use_edns=False))
    other.answer.append(dns.rrset.from_text("other.example.", 10, "IN", "A", "20.1.2.3"))
    yield told[:2] + other.to_wire()[2:]


def _cut(_question: Wire, told: Wire) -> Iterator[Wire]:
    """Say that the answer did not fit; the head and the question alone are there."""
    answer = dns.message.from_wire(told)
    answer.flags |= dns.flags.TC
    answer.answer, answer.authority, answer.additional = [], [], []
    yield answer.to_wire()


def _links(answer: dns.message.Message, names: list[dns.name.Name]) -> None:
    """Let the answer's addresses stand at the end of a chain of ``names``."""
    asked = answer.question[0].name
    old = [one for one in answer.answer if one.rdtype != dns.rdatatype.CNAME]
    answer.answer = []
    for owner, target in zip([asked, *names], names, strict=False):
        row = dns.rrset.RRset(owner, dns.rdataclass.IN, dns.rdatatype.CNAME)
        row.add(dns.rdata.from_text("IN", "CNAME", target.to_text()), 10)
        answer.answer.append(row)
    for one in old:
        one.name = names[-1]
        answer.answer.append(one)


def _long_chain(answer: dns.message.Message) -> None:
    _links(answer, [dns.name.from_text(f"link{i}.example") for i in range(_CHAIN)])


def _strange_names(answer: dns.message.Message) -> None:
    _links(answer, [_STRANGE, dns.name.Name((b"x" * 63, b"y" * 63, b"z" * 63, b""))])


def _looping_chain(answer: dns.message.Message) -> None:
    names = [dns.name.from_text(f"{letter}.example") for letter in "abcabcab"]
    _links(answer, names)
    answer.answer = [one for one in answer.answer if one.rdtype == dns.rdatatype.CNAME]


def _addresses(count: int) -> Callable[[dns.message.Message], None]:
    """Put addresses that nobody has beside the true one."""
    texts = [f"20.{200 + i // 200}.1.{i % 200 + 1}" for i in range(count)]

    def change(answer: dns.message.Message) -> None:
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.A:
                rrset.update(dns.rrset.from_text(rrset.name, 10, "IN", "A", *texts))

    return change


def _one_address(answer: dns.message.Message) -> None:
    """Say one address of every name, which nobody has."""
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.A:
            rrset.clear()
            rrset.update(dns.rrset.from_text(rrset.name, 10, "IN", "A", "20.200.1.1"))


def _chaosnet(question: Wire, _told: Wire) -> Iterator[Wire]:
    """An A record of another class, whose address is a number of 16 bits (RFC 1035, 3.2.4)."""
    target = b"\x01x\x00"
    record = b"\xc0\x0c\x00\x01\x00\x03\x00\x00\x00\x0a" + struct.pack("!H", len(target) + 2)
    yield _head(question, answers=1) + question[12:] + record + target + b"\x12\x34"


def _head(question: Wire, *, answers: int) -> Wire:
    return question[:2] + b"\x81\x80\x00\x01" + struct.pack("!HHH", answers, 0, 0)


def _pointers(question: Wire, _told: Wire) -> Iterator[Wire]:
    """Names that lead to themselves, to each other, and beyond the end (RFC 1035, 4.1.4)."""
    rest = b"\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04\x14\x01\x02\x03"
    start = len(question)
    itself = (0xC000 | start).to_bytes(2, "big")
    after = (0xC000 | (start + 16)).to_bytes(2, "big")
    for pointer in (itself, after, b"\xff\xff"):
        yield _head(question, answers=1) + question[12:] + pointer + rest
    yield _head(question, answers=40) + question[12:] + b"\xc0\x0c" * 40


def _late(_question: Wire, told: Wire) -> Iterator[Wire]:
    time.sleep(_LATE)
    yield told


def _noise(question: Wire, _told: Wire) -> Iterator[Wire]:
    yield b"\xff" * 300
    yield b""
    yield b"\x00"
    yield question[:2] + b"\x81\x80" + b"\xff" * 200
    yield question


def over_tcp(sock: socket.socket, told: Wire) -> None:
    sock.sendall(len(told).to_bytes(2, "big") + told)


def _tcp_silent(sock: socket.socket, _told: Wire) -> None:
    with contextlib.suppress(OSError):
        while sock.recv(65536):
            pass


def _tcp_drips(sock: socket.socket, told: Wire) -> None:
    with contextlib.suppress(OSError):
        for byte in len(told).to_bytes(2, "big") + told:
            sock.sendall(bytes([byte]))
            time.sleep(0.5)


def _tcp_half(sock: socket.socket, told: Wire) -> None:
    sock.sendall(len(told).to_bytes(2, "big") + told[: len(told) // 2])
    sock.shutdown(socket.SHUT_WR)
    _tcp_silent(sock, told)


def _tcp_long(sock: socket.socket, told: Wire) -> None:
    """Say 65535 bytes, and let noise follow without an end."""
    with contextlib.suppress(OSError):
        sock.sendall(b"\xff\xff" + told)
        while True:
            sock.sendall(b"\xa5" * 65536)


ROWS = {
    "drop": Row(udp=nothing),
    "noise": Row(udp=_noise),
    "wrong-id": Row(udp=_wrong_id),
    "flood-of-wrong-ids": Row(udp=_flood),
    "another-question": Row(udp=_other_question),
    "from-elsewhere": Row(udp=honest, elsewhere=True),
    "pointer-loops": Row(udp=_pointers),
    "another-class": Row(udp=_chaosnet),
    "cname-loop": Row(udp=_whole(_looping_chain)),
    "long-cname-chain": Row(udp=_whole(_long_chain)),
    "control-characters": Row(udp=_whole(_strange_names)),
    "many-addresses": Row(udp=_whole(_addresses(30))),
    "too-many-addresses": Row(udp=_whole(_addresses(400))),
    "one-address-for-all": Row(udp=_whole(_one_address)),
    "late": Row(udp=_late),
    "servfail": Row(udp=_code(dns.rcode.SERVFAIL)),
    "refused": Row(udp=_code(dns.rcode.REFUSED)),
    "formerr": Row(udp=_code(dns.rcode.FORMERR)),
    "code-13": Row(udp=_code(13)),
    "cut": Row(udp=_cut, tcp=over_tcp),
    "cut-no-tcp": Row(udp=_cut),
    "cut-tcp-silent": Row(udp=_cut, tcp=_tcp_silent),
    "cut-tcp-drips": Row(udp=_cut, tcp=_tcp_drips),
    "cut-tcp-half": Row(udp=_cut, tcp=_tcp_half),
    "cut-tcp-long": Row(udp=_cut, tcp=_tcp_long),
    "cut-tcp-reset": Row(udp=_cut, tcp=lambda sock, _told: reset(sock)),
}


@contextlib.contextmanager
def serving(row: Row | None, answer: Callable[[Wire], Wire]) -> Iterator[int]:
    """Give the loopback port, for UDP and TCP, of a server that does as ``row`` says.

    ``answer`` is the honest server. Without a row nobody listens: a question is refused.
    """
    with contextlib.ExitStack() as stack:
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        other = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        other.bind(("127.0.0.1", 0))
        port = _bound(udp, row, answer, stack)
        if row is None:
            # It hears one other socket alone: to all others the kernel says by ICMP that nobody is
            # here, and nobody else can take the port meanwhile.
            udp.connect(other.getsockname())
        else:
            sender = other if row.elsewhere else udp
            threading.Thread(target=_listen, args=(udp, sender, row, answer), daemon=True).start()
            stack.callback(other.sendto, b"", ("127.0.0.1", port))  # wakes recvfrom()
        yield port


def _bound(
    udp: socket.socket, row: Row | None, answer: Callable[[Wire], Wire], stack: contextlib.ExitStack
) -> int:
    """Bind ``udp``, and a listener of the same number where the row has one."""
    if row is None or row.tcp is None:
        udp.bind(("127.0.0.1", 0))
        return int(udp.getsockname()[1])
    act = row.tcp

    def serve(sock: socket.socket, _peer: str) -> None:
        size = int.from_bytes(sock.recv(2), "big")
        act(sock, answer(sock.recv(size)))

    for _ in range(50):  # the number has to be free for both
        listener = Listener("127.0.0.1", 0, serve)
        stack.callback(listener.close)
        with contextlib.suppress(OSError):
            udp.bind(("127.0.0.1", listener.port))
            return listener.port
    raise AssertionError("no port is free for UDP and TCP")


def _listen(
    udp: socket.socket, sender: socket.socket, row: Row, answer: Callable[[Wire], Wire]
) -> None:
    while True:
        try:
            question, peer = udp.recvfrom(4096)
        except OSError:
            return
        if not question:
            return
        threading.Thread(
            target=_one, args=(sender, peer, row, question, answer), daemon=True
        ).start()


def _one(
    sender: socket.socket,
    peer: tuple[str, int],
    row: Row,
    question: Wire,
    answer: Callable[[Wire], Wire],
) -> None:
    with contextlib.suppress(OSError):
        for datagram in row.udp(question, answer(question)):
            sender.sendto(datagram, peer)
