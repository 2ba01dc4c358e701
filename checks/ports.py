"""What a check may ask of the world: the ports.

This file knows signatures only: it must not know how a question is put on the wire (that is
``diagnose.live``) nor what an answer looks like (``checks/replies.py`` and its neighbours).

A port never raises for what the network does. It returns a reply, or a `Failure`. Only a recorded
world raises: `Unrecorded`, for a question that nobody asked then.
"""

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
from checks.privacy import Address, HostName, Image, Prose, Public, Resource, Url
from checks.replies import DnsReply, Failure, HttpReply, TcpReply, TlsReply
from checks.runtime_replies import ProviderRun, RuntimeReply
from checks.token_replies import Granted, Known, StoredReply


class Unrecorded(Exception):  # noqa: N818 it is an answer that is missing, no error of anybody
    """A recording holds no answer to this question; what the answer was is unknown."""


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
