"""The words in which the world answers: what came over the network, or why nothing did.

This file knows shapes only; what an answer means is each check's ``parse``. What a machine says of
itself, and what is told of a token, stand in the modules named after them.

Two rules hold for every reply:

* A reply carries no secret. Tokens stay in the adapter; a `Token` only names one.
* A reply's ``elapsed`` and ``correlation`` are for the recorder; facts never copy them, so that
  two runs of one case give the same facts.
"""

from dataclasses import dataclass, field

from checks.privacy import Address, Body, Headers, HostName, Prose, Public, Subject, Url
from checks.words import Word

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


class Trouble(Word):
    """Every way in which a question goes unanswered; there are no other failure words."""

    TIMEOUT = "timeout"  # no answer in time: dropped packets, a silent server
    REFUSED = "refused"  # TCP RST to the SYN, or nothing listens on the socket
    RESET = "reset"  # TCP RST after the connection stood
    EOF = "eof"  # closed by the other side before an answer
    UNREACHABLE = "unreachable"  # no route, network down
    NAME_UNKNOWN = "name-unknown"  # DNS NXDOMAIN
    NAME_EMPTY = "name-empty"  # DNS NOERROR without an address
    DNS_FAILING = "dns-failing"  # DNS SERVFAIL, REFUSED or another rcode
    UNTRUSTED = "untrusted"  # the certificate does not verify
    PROTOCOL = "protocol"  # bytes that are not the protocol: HTML, garbage, bad TLS
    TOO_LARGE = "too-large"  # the body passed the cap and was cut off
    PROXY = "proxy"  # the proxy in between failed or refused
    FORBIDDEN = "forbidden"  # the machine's own permissions: a socket or file denied
    NO_IDENTITY = "no-identity"  # there is no credential to ask with
    ABSENT = "absent"  # the thing to ask is not installed or not present
    SWITCHED_OFF = "switched-off"  # the person asked us not to (--no-arm, --runtime none)
    DEADLINE = "deadline"  # the whole run's time was used up


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A question that got no usable answer."""

    trouble: Trouble
    detail: Prose = ""  # one line, safe to print
    elapsed: float = 0.0  # seconds
    peer: HostName = ""  # address that was dialled, if it got so far
    connected: bool = False  # a TCP connection stood when it failed
    via_proxy: Url = ""  # the proxy that was used, without credentials
    status: int = 0  # the HTTP status with which that proxy refused, where it did
    host: HostName = ""  # the name that was asked, where the port chose it itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds spent in each phase of one HTTP exchange; zero where a connection was reused."""

    dns: float = 0.0
    tcp: float = 0.0
    tls: float = 0.0
    first_byte: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """One HTTP answer. Header names are lower-case; of repeated headers the values are joined
    by ``", "``. ``body`` is capped by the adapter and ``truncated`` says when that bit.
    """

    status: int
    headers: Headers = field(default_factory=dict)
    body: Body = b""
    truncated: bool = False
    peer: HostName = ""  # the address that answered, without port
    local: HostName = ""  # our address on that connection
    via_proxy: Url = ""  # the proxy's URL without credentials, when one was used
    timing: Timing = field(default_factory=Timing)


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsReply:
    """One resolver's answer for one name: the CNAME chain in order, then the addresses, sorted.

    On NXDOMAIN the chain that led there is kept: a privatelink CNAME before an NXDOMAIN is the
    whole difference between a wrong name and a missing record.
    """

    name: HostName
    server: HostName  # "system" for getaddrinfo, else the server's address
    chain: tuple[HostName, ...] = ()
    addresses: tuple[Address, ...] = ()
    rcode: Public = "NOERROR"
    authority: HostName = ""  # SOA mname of the authority section
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpReply:
    """A TCP connection stood, and was closed again."""

    peer: HostName
    local: HostName
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsReply:
    """A TLS handshake was completed, whether or not the certificate verifies.

    ``problem`` is empty when the chain verifies against this machine's trust store for the name.
    """

    peer: HostName
    version: Public
    subject: Subject  # RFC 4514 text of the leaf
    issuer: Subject  # RFC 4514 text of the leaf's issuer
    names: tuple[HostName, ...] = ()  # DNS subject alternative names
    not_before: Public = ""  # ISO 8601, UTC
    not_after: Public = ""
    problem: Prose = ""
    elapsed: float = 0.0
