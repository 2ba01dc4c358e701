"""What a check may ask of the world, and the words in which the world answers.

This file knows shapes only: it must not know how a question is put on the wire (that is
``diagnose.live``) nor what an answer means (that is each check's ``parse``).

Three rules hold for every port:

* A port never raises for what the network does. It returns a reply, or a `Failure`.
* A reply carries no secret. Tokens stay in the adapter; a `Token` only names one.
* A reply's ``elapsed`` and ``correlation`` are for the recorder; facts never copy them, so that
  two runs of one case give the same facts.
"""

from dataclasses import dataclass, field
from typing import NewType, Protocol

from checks.machine_replies import (
    DockerReply,
    HostReply,
    LogReply,
    MirrorReply,
    ProviderReply,
    PullReply,
    SpaceReply,
    UnitReply,
)
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
    detail: str = ""  # one line, safe to print
    elapsed: float = 0.0  # seconds
    peer: str = ""  # address that was dialled, if it got so far
    connected: bool = False  # a TCP connection stood when it failed
    via_proxy: str = ""  # the proxy that was used, without credentials
    status: int = 0  # the HTTP status with which that proxy refused, where it did
    host: str = ""  # the name that was asked, where the port chose it itself


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
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False
    peer: str = ""  # the address that answered, without port
    local: str = ""  # our address on that connection
    via_proxy: str = ""  # the proxy's URL without credentials, when one was used
    timing: Timing = field(default_factory=Timing)


Token = NewType("Token", str)
"""The *name* of a token that the adapter keeps, such as ``"identity:acr"``; never the token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One entry of an ACR access token's ``access`` claim."""

    type: str
    name: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a JWT says of itself, decoded without verifying, reduced to what may be shown.

    ``permissions`` is None where the token has no such claim (an ABAC registry's refresh token),
    an empty tuple where it has one without actions.
    """

    audience: str = ""
    issuer: str = ""
    tenant: str = ""
    object_id: str = ""
    client_id: str = ""
    expired: bool = False
    permissions: tuple[str, ...] | None = None
    access: tuple[Access, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token was given; it stays in the adapter under this name."""

    token: Token
    claims: Claims
    how: str = ""  # msi | cli | env | workload | exchange | token


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsReply:
    """One resolver's answer for one name: the CNAME chain in order, then the addresses, sorted.

    On NXDOMAIN the chain that led there is kept: a privatelink CNAME before an NXDOMAIN is the
    whole difference between a wrong name and a missing record.
    """

    name: str
    server: str  # "system" for getaddrinfo, else the server's address
    chain: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    rcode: str = "NOERROR"
    authority: str = ""  # SOA mname of the authority section
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpReply:
    """A TCP connection stood, and was closed again."""

    peer: str
    local: str
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsReply:
    """A TLS handshake was completed, whether or not the certificate verifies.

    ``problem`` is empty when the chain verifies against this machine's trust store for the name.
    """

    peer: str
    version: str
    subject: str  # RFC 4514 text of the leaf
    issuer: str  # RFC 4514 text of the leaf's issuer
    names: tuple[str, ...] = ()  # DNS subject alternative names
    not_before: str = ""  # ISO 8601, UTC
    not_after: str = ""
    problem: str = ""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """One credential for a registry that this machine's clients keep, and what it is worth.

    ``answer`` is what the registry's token endpoint said to it; None where it was not tried.
    """

    source: str  # the file, or the helper's name
    kind: str  # password | identity-token | helper
    user: str = ""  # empty for a token; a null GUID stands for "a token as the password"
    expired: bool | None = None  # by the token's own claims; None: it does not say
    answer: "Granted | HttpReply | Failure | None" = None


class Imds(Protocol):
    """The instance metadata service, 169.254.169.254."""

    def instance(self) -> HttpReply | Failure: ...
    def load_balancer(self) -> HttpReply | Failure: ...


class Tokens(Protocol):
    """Every step in which a secret is handled. An `HttpReply` is a refusal, with its body."""

    def identity(self, resource: str) -> Granted | HttpReply | Failure:
        """An Entra token of this machine's identity for ``resource`` (an audience URL)."""

    def exchange(self, login_server: str, identity: Token) -> Granted | HttpReply | Failure:
        """``POST /oauth2/exchange``: an Entra token for an ACR refresh token."""

    def repository(
        self, login_server: str, repository: str, refresh: Token
    ) -> Granted | HttpReply | Failure:
        """``POST /oauth2/token``: a refresh token for an access token, scope ``pull``."""

    def anonymous(self, login_server: str, repository: str) -> Granted | HttpReply | Failure:
        """``GET /oauth2/token`` without credentials, scope ``pull``."""

    def stored(self, login_server: str, repository: str) -> tuple[StoredReply, ...] | Failure:
        """The logins that docker keeps for this server, each tried; ABSENT where it keeps none
        at all, and an empty tuple where it keeps some, but none for this server.
        """


class Arm(Protocol):
    """Azure Resource Manager; GET is the only verb there is."""

    def get(self, path: str, api_version: str, odata_filter: str = "") -> HttpReply | Failure: ...


class Http(Protocol):
    """HTTPS to the registry and its layer hosts. Redirects are never followed."""

    def get(
        self,
        url: str,
        *,
        bearer: Token | None = None,
        accept: str = "",
        only_first_byte: bool = False,
        head: bool = False,
    ) -> HttpReply | Failure: ...


class Dns(Protocol):
    def system(self, name: str) -> DnsReply | Failure:
        """What programs on this machine get: getaddrinfo, hosts file and caches included."""

    def ask(self, name: str, server: str, kind: str = "A") -> DnsReply | Failure:
        """One server, asked directly. ``kind`` is ``A``, ``AAAA`` or ``SOA``."""


class Net(Protocol):
    def connect(self, address: str, port: int = 443, *, retry: bool = True) -> TcpReply | Failure:
        """Connect and hang up; ``retry`` gives a lost SYN a second chance."""

    def handshake(
        self, name: str, address: str, port: int = 443, *, small_segments: bool = False
    ) -> TlsReply | Failure:
        """``small_segments`` asks the other side for TCP segments that fit any path."""


class Docker(Protocol):
    def version(self) -> DockerReply | Failure: ...
    def pull(self, image: str, refresh: Token | None) -> PullReply | Failure: ...


class Host(Protocol):
    def look(self) -> HostReply: ...
    def hosts_file(self, name: str) -> tuple[str, ...]:
        """The addresses that /etc/hosts gives ``name``."""


class Node(Protocol):
    """What the container runtimes on this machine are told, and what they logged."""

    def units(self) -> tuple[UnitReply, ...]: ...
    def mirrors(self, login_server: str) -> tuple[MirrorReply, ...] | Failure: ...
    def providers(self) -> tuple[ProviderReply, ...] | Failure: ...
    def journal(self, login_server: str) -> tuple[LogReply, ...] | Failure: ...
    def space(self) -> tuple[SpaceReply, ...]: ...


class World(Protocol):
    """All that can be asked. A check names it as a parameter to be allowed to do I/O."""

    @property
    def host(self) -> Host: ...
    @property
    def imds(self) -> Imds: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def arm(self) -> Arm: ...
    @property
    def dns(self) -> Dns: ...
    @property
    def net(self) -> Net: ...
    @property
    def http(self) -> Http: ...
    @property
    def docker(self) -> Docker: ...
    @property
    def node(self) -> Node: ...


AZURE_DNS = "168.63.129.16"  # the platform resolver of every VNet, in every cloud
