"""What this machine says of itself: shapes alone, read from its own files and sockets.

Nothing here is sent anywhere, and no secret is ever in it: URLs come without credentials.
"""

from dataclasses import dataclass, field

from checks.privacy import Address, File, HostName, Identity, Name, Prose, Public, Reference, Url


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReply:
    """This machine, from its own files; nothing is sent."""

    os: Public  # as in an image index: "linux"
    architecture: Public  # as in an image index: "amd64", "arm64"
    asset_tag: Public = ""  # DMI chassis asset tag; Azure's is a constant
    hostname: HostName = ""
    is_root: bool = False
    addresses: tuple[Address, ...] = ()  # own unicast addresses, sorted
    resolvers: tuple[Address, ...] = ()  # resolv.conf's, or what is asked where it has none
    proxies: dict[Public, Url] = field(default_factory=dict)  # variable -> URL, credentials removed
    authorities: dict[Public, File] = field(default_factory=dict)  # variable -> other trusted CAs
    aks_node: bool = False  # /etc/kubernetes/azure.json exists
    kubelet_client: Identity = ""  # the identity that it names; root alone may read it
    platform: Public = ""  # one of checks.platforms, where its marks are on this machine
    in_cluster: bool = False  # KUBERNETES_SERVICE_HOST is set, as it is in every pod
    # Whether a network card is in this network, other than the ends of virtual cables; None: unseen
    has_card: bool | None = None
    now: float = 0.0  # the local clock, seconds since the epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudConfigReply:
    """An AKS node's cloud configuration, by a list of its keys; "" for what it does not say.

    The values are those that hold for the node pool that the cluster began with.
    """

    source: File
    cloud: Public = ""  # AzurePublicCloud and the like; AzureStackCloud: see ``endpoints``
    tenant: Identity = ""
    subscription: Identity = ""
    group: Name = ""  # the group that holds the nodes
    location: Public = ""
    vm_type: Public = ""  # vmss | standard
    network_subscription: Identity = ""
    vnet_group: Name = ""
    vnet: Name = ""
    subnet: Name = ""
    security_group: Name = ""
    route_table: Name = ""
    scale_set: Name = ""
    managed: bool | None = None  # the cluster acts as a managed identity; None: not said
    identity: Identity = ""  # the kubelet's: a client id or a resource id
    client: Identity = ""  # the service principal's, where there is one
    has_secret: bool = False  # a real secret is there, which is not read
    custom: bool = False  # a file beside it gives a cloud of one's own
    endpoints: dict[Public, HostName] = field(default_factory=dict)  # of that file, some of them


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerReply:
    """The docker engine answers."""

    version: Public
    storage_driver: Public = ""
    proxies: dict[Public, Url] = field(default_factory=dict)
    mirrors: tuple[Url, ...] = ()  # registry-mirrors; they serve Docker Hub alone
    root: File = ""  # its data directory, such as /var/lib/docker


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReply:
    """One pull by a container runtime: ``error`` is empty when it succeeded, else the runtime's
    own words. ``was_present`` images are left in place; others are removed again.
    """

    error: Prose = ""
    digest: Reference = ""
    was_present: bool = False
    removed: bool = False
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReply:
    """One systemd unit that pulls images, with the proxy variables that it runs under."""

    name: Public  # docker | containerd | kubelet
    proxies: dict[Public, Url] = field(default_factory=dict)  # variable -> URL, credentials removed
    source: File = ""  # the file or the process that says so


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorReply:
    """Where a runtime is told to look for a registry's images, in the order in which it looks."""

    runtime: Public  # docker | containerd
    registry: HostName  # the registry that this is for; "_default" is containerd's word for all
    hosts: tuple[Url, ...]  # URLs or host names
    source: File  # the file that says so
    own_trust: tuple[Url, ...] = ()  # hosts with a ca or a skip_verify of their own
    with_path: tuple[Url, ...] = ()  # hosts whose URL has the API's path in it already
    service: Public = ""  # of artifact streaming: running | stopped | absent; empty: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReply:
    """One entry of the kubelet's credential provider configuration."""

    name: Name  # acr-credential-provider
    match_images: tuple[HostName, ...]  # patterns such as *.azurecr.io
    source: File
    installed: bool = True  # the plugin's program is where the kubelet looks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReply:
    """One line of a runtime's log that is about this registry; cleaned, capped, without secrets."""

    unit: Public  # docker | containerd | kubelet | acr-mirror
    line: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceReply:
    """The file system that holds a runtime's images."""

    path: File
    free: int  # bytes that an unprivileged process could still write
    size: int  # bytes
    free_inodes: int
    inodes: int  # 0 where the file system does not count them
