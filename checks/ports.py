"""What a check may ask of the world, and the words in which the world answers.

This file knows shapes only: it must not know how a question is put on the wire (that is
``diagnose.live``) nor what an answer means (that is each check's ``parse``).

Three rules hold for every port:

* A port never raises for what the network does. It returns a reply, or a `Failure`. Only a
  recorded world raises: `Unrecorded`, for a question that nobody asked then.
* A reply carries no secret. Tokens stay in the adapter; a `Token` only names one.
* A reply's ``elapsed`` and ``correlation`` are for the recorder; facts never copy them, so that
  two runs of one case give the same facts.
"""

from dataclasses import dataclass, field
from typing import Protocol

from checks.machine_replies import (
    CloudConfigReply,
    DockerReply,
    HostReply,
    LogReply,
    MirrorReply,
    ProviderReply,
    PullReply,
    SpaceReply,
    UnitReply,
)
from checks.privacy import (
    Address,
    Body,
    File,
    Headers,
    HostName,
    Image,
    Name,
    Prose,
    Public,
    Resource,
    Subject,
    Url,
)
from checks.runtime_replies import ProviderRun, RuntimeReply
from checks.token_replies import Granted, Known
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


class Unrecorded(Exception):  # noqa: N818 it is an answer that is missing, no error of anybody
    """A recording holds no answer to this question; what the answer was is unknown."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """One credential for a registry that this machine's clients keep, and what it is worth.

    ``answer`` is what the registry's token endpoint said to it; None where it was not tried.
    """

    source: File  # the file, or the helper's name
    kind: Public  # password | identity-token | helper
    user: Name = ""  # empty for a token; a null GUID stands for "a token as the password"
    expired: bool | None = None  # by the token's own claims; None: it does not say
    answer: "Granted | HttpReply | Failure | None" = None


class Imds(Protocol):
    """The instance metadata service, 169.254.169.254."""

    def instance(self) -> HttpReply | Failure: ...
    def load_balancer(self) -> HttpReply | Failure: ...


class Tokens(Protocol):
    """Every step in which a secret is handled. An `HttpReply` is a refusal, with its body."""

    def identity(self, resource: Url) -> Granted | HttpReply | Failure:
        """An Entra token of this machine's identity for ``resource`` (an audience URL)."""

    def exchange(self, login_server: HostName, identity: Known) -> Granted | HttpReply | Failure:
        """``POST /oauth2/exchange``: an Entra token for an ACR refresh token."""

    def repository(
        self, login_server: HostName, repository: Image, refresh: Known
    ) -> Granted | HttpReply | Failure:
        """``POST /oauth2/token``: a refresh token for an access token, scope ``pull``."""

    def anonymous(self, login_server: HostName, repository: Image) -> Granted | HttpReply | Failure:
        """``GET /oauth2/token`` without credentials, scope ``pull``."""

    def stored(
        self, login_server: HostName, repository: Image
    ) -> tuple[StoredReply, ...] | Failure:
        """The logins that docker keeps for this server, each tried; ABSENT where it keeps none
        at all, and an empty tuple where it keeps some, but none for this server.
        """


class Arm(Protocol):
    """Azure Resource Manager; GET is the only verb there is."""

    def get(
        self, path: Resource, api_version: Public, odata_filter: Prose = ""
    ) -> HttpReply | Failure: ...


class Http(Protocol):
    """HTTPS to the registry and its layer hosts. Redirects are never followed."""

    def get(
        self,
        url: Url,
        *,
        bearer: Known | None = None,
        accept: Public = "",
        only_first_byte: bool = False,
        head: bool = False,
    ) -> HttpReply | Failure: ...


class Dns(Protocol):
    def system(self, name: HostName) -> DnsReply | Failure:
        """What programs on this machine get: getaddrinfo, hosts file and caches included."""

    def ask(self, name: HostName, server: HostName, kind: Public = "A") -> DnsReply | Failure:
        """One server, asked directly. ``kind`` is ``A``, ``AAAA`` or ``SOA``."""


class Net(Protocol):
    def connect(
        self, address: HostName, port: int = 443, *, retry: bool = True
    ) -> TcpReply | Failure:
        """Connect and hang up; ``retry`` gives a lost SYN a second chance."""

    def handshake(
        self, name: HostName, address: HostName, port: int = 443, *, small_segments: bool = False
    ) -> TlsReply | Failure:
        """``small_segments`` asks the other side for TCP segments that fit any path."""


class Docker(Protocol):
    def version(self) -> DockerReply | Failure: ...
    def pull(self, image: Image, refresh: Known | None) -> PullReply | Failure: ...


class Containerd(Protocol):
    """The runtime at the kubelet's CRI socket, and the plug-in that gives it credentials."""

    def version(self) -> RuntimeReply | Failure: ...
    def credentials(self, image: Image) -> ProviderRun | Failure:
        """Run the kubelet's plug-in as the kubelet does; ABSENT where it would run none."""

    def pull(self, image: Image, credential: Known | None) -> PullReply | Failure:
        """CRI's PullImage; ``credential`` is a plug-in's, or a refresh token of this run's."""


class Host(Protocol):
    def look(self) -> HostReply: ...
    def hosts_file(self, name: HostName) -> tuple[Address, ...]:
        """The addresses that /etc/hosts gives ``name``."""


class Node(Protocol):
    """What the container runtimes on this machine are told, and what they logged."""

    def units(self) -> tuple[UnitReply, ...]: ...
    def mirrors(self, login_server: HostName) -> tuple[MirrorReply, ...] | Failure: ...
    def providers(self) -> tuple[ProviderReply, ...] | Failure: ...
    def cloud(self) -> CloudConfigReply | Failure: ...
    def journal(self, login_server: HostName) -> tuple[LogReply, ...] | Failure: ...
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
    def containerd(self) -> Containerd: ...
    @property
    def node(self) -> Node: ...


AZURE_DNS = "168.63.129.16"  # the platform resolver of every VNet, in every cloud
