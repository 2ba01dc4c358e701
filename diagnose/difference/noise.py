"""The fields of facts that a difference leaves out, whatever they hold."""

from collections.abc import Mapping

# What healthy machines of one kind differ by, what another field says already, what differs from
# run to run, and prose: a status or code beside it says the same without chance.
_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "Target": ("registry",),
    "Host": ("addresses",),
    "Instance": ("name", "resource_id", "resource_group", "minutes_off"),
    "Identity": ("client_id", "object_id", "token"),
    "IdentityMissing": ("why", "client_id"),
    "InstanceUnknown": ("why",),
    "Interface": ("nic_id", "private_ip", "hinted"),
    "NodeConfig": ("subnet_id",),  # told by "interface" where it counts
    "NodeConfigUnknown": ("why",),
    "OwnNetwork": ("is_seen",),
    "PodNetwork": ("saw",),
    "Subnet": ("id", "prefixes"),
    "Vnet": ("id",),
    "Egress": ("addresses", "certain"),
    "Provider": ("subscription",),
    "Registry": ("id", "name"),
    "Tenants": ("subscription",),
    "DnsAnswer": ("name",),
    "DnsFailed": ("name",),
    "LayerNames": ("host",),
    "TcpReached": ("address", "local"),
    "TlsTrusted": ("issuer",),
    "TlsUntrusted": ("subject", "names"),
    "TlsBroken": ("address",),
    "Challenge": ("realm", "message", "minutes_off"),
    "ChallengeSilent": ("detail",),
    "ProxyFailed": ("detail",),
    "Clock": ("source", "explains"),
    "Anonymous": ("token", "message"),
    "PullToken": ("refresh", "access"),
    "PullTokenRefused": ("message",),
    "Refused": ("private_ip",),
    "RuleSubnets": ("present", "unread"),
    "Manifest": ("digest", "layer", "layers", "token"),
    "ManifestMissing": ("message",),
    "ManifestRefused": ("message",),
    "StoragePolicies": ("in_effect",),
    "Mirrors": ("login_server",),
    "DockerPulled": ("kept",),
    "DockerDown": ("detail",),
    "ContainerdPulled": ("kept", "left"),
    "ContainerdDown": ("detail",),
    "ContainerdUnknown": ("why",),
    "KubeletCredentials": ("hosts", "token"),
    "KubeletCredentialsUnknown": ("why",),
}
NOISE = frozenset(f"{kind}.{name}" for kind, names in _LEFT_OUT.items() for name in names)
