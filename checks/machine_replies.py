"""What this machine says of itself: shapes alone, read from its own files and sockets.

Nothing here is sent anywhere, and no secret is ever in it: URLs come without credentials.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReply:
    """This machine, from its own files; nothing is sent."""

    os: str  # as in an image index: "linux"
    architecture: str  # as in an image index: "amd64", "arm64"
    asset_tag: str = ""  # DMI chassis asset tag; Azure's is a constant
    hostname: str = ""
    is_root: bool = False
    addresses: tuple[str, ...] = ()  # own unicast addresses, sorted
    resolvers: tuple[str, ...] = ()  # nameserver lines of resolv.conf
    proxies: dict[str, str] = field(default_factory=dict)  # variable -> URL, credentials removed
    authorities: dict[str, str] = field(default_factory=dict)  # variable -> other trusted CAs
    aks_node: bool = False  # /etc/kubernetes/azure.json exists
    kubelet_client: str = ""  # the identity that it names; root alone may read it
    platform: str = ""  # one of checks.platforms, where its marks are on this machine
    now: float = 0.0  # the local clock, seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerReply:
    """The docker engine answers."""

    version: str
    storage_driver: str = ""
    proxies: dict[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()  # registry-mirrors; they serve Docker Hub alone
    root: str = ""  # its data directory, such as /var/lib/docker


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReply:
    """One pull by a container runtime: ``error`` is empty when it succeeded, else the runtime's
    own words. ``was_present`` images are left in place; others are removed again.
    """

    error: str = ""
    digest: str = ""
    was_present: bool = False
    removed: bool = False
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReply:
    """One systemd unit that pulls images, with the proxy variables that it runs under."""

    name: str  # docker | containerd | kubelet
    proxies: dict[str, str] = field(default_factory=dict)  # variable -> URL, credentials removed
    source: str = ""  # the file or the process that says so


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorReply:
    """Where a runtime is told to look for a registry's images, in the order in which it looks."""

    runtime: str  # docker | containerd
    registry: str  # the registry that this is for; "_default" is containerd's word for all
    hosts: tuple[str, ...]  # URLs or host names
    source: str  # the file that says so


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReply:
    """One entry of the kubelet's credential provider configuration."""

    name: str  # acr-credential-provider
    match_images: tuple[str, ...]  # patterns such as *.azurecr.io
    source: str
    installed: bool = True  # the plugin's program is where the kubelet looks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReply:
    """One line of a runtime's log that is about this registry; cleaned, capped, without secrets."""

    unit: str  # docker | containerd | kubelet
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceReply:
    """The file system that holds a runtime's images."""

    path: str
    free: int  # bytes that an unprivileged process could still write
    size: int  # bytes
    free_inodes: int
    inodes: int  # 0 where the file system does not count them
