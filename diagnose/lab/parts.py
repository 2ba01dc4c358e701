"""The resources of the simulated Azure: network, VM, identities and registry, all mutable."""

from dataclasses import dataclass, field

from diagnose.lab.image import Image

# The priorities from which on an NSG holds the rules that `Subnet.allowed` and `blocked` stand for.
ALLOWED, DENIED = 100, 1000


@dataclass
class ServiceEndpoint:
    """One entry of a subnet's serviceEndpoints."""

    service: str
    provisioning_state: str = "Succeeded"
    locations: list[str] = field(default_factory=lambda: ["*"])


@dataclass
class SecurityRule:
    """An outbound rule that was written to the subnet's NSG; ``to`` is a tag or an address."""

    name: str
    priority: int  # 100 to 4096, the lowest number decides
    access: str  # Allow | Deny
    to: str
    protocol: str = "*"
    ports: str = "*"


@dataclass
class Subnet:
    """A subnet, with all that decides where its traffic goes."""

    id: str
    prefix: str
    service_endpoints: list[ServiceEndpoint] = field(default_factory=list)
    nat_public_ip: str | None = None
    outbound: bool = True  # False: no NAT, defaultOutboundAccess false, or a dead next hop
    nva_public_ip: str | None = None  # UDR 0.0.0.0/0 -> NVA; service endpoint routes beat it
    diverted: dict[str, str] = field(default_factory=dict)  # tag -> public IP of a proxy / NVA
    # that takes this traffic in spite of the endpoint (transparent proxy, a /32 route)
    blocked: set[str] = field(default_factory=set)  # NSG deny: tags, hosts, addresses or roles
    allowed: set[str] = field(default_factory=set)  # NSG allow above a deny of "Internet"
    storage_policy: bool = False  # a service endpoint policy for the accounts of one subscription
    storage_aliases: set[str] = field(default_factory=set)  # services that policy lets through too
    snat_every: int = 0  # n: only every n-th new flow to a host finds a free SNAT port; 0: all do
    security_rules: list[SecurityRule] = field(default_factory=list)  # beside those two
    nsg: bool = False  # show an NSG / route table in ARM although nothing above needs one
    route_table: bool = False

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]


@dataclass
class Proxy:
    """A web proxy outside the VNet; the network beyond it is its own."""

    address: str = "10.9.0.20"
    port: int = 3128
    public_ip: str = "52.170.9.12"  # what the registry sees of whoever comes by it
    denied: set[str] = field(default_factory=set)  # hosts that it does not let through; "*" is all
    login: str = ""  # "user:password" that it wants; empty: it asks nobody
    inspects: bool = False  # opens TLS and signs for each host by an authority of its own


@dataclass
class Vnet:
    """A virtual network."""

    id: str
    prefix: str
    location: str
    subnets: list[Subnet] = field(default_factory=list)
    dns_servers: list[str] = field(default_factory=list)  # [] is Azure's own 168.63.129.16
    peered: list[str] = field(default_factory=list)  # ids of VNets, peered and connected


@dataclass
class Vm:
    """The machine that the tool runs on."""

    name: str
    subscription: str
    resource_group: str
    location: str
    subnet_id: str
    nic_id: str
    private_ip: str
    mac: str = "000D3AF806EC"
    public_ip: str | None = None
    load_balancer_ip: str | None = None
    kind: str = "vm"  # vm | uniform | flexible
    scale_set: str = ""
    instance_id: str = "0"
    vm_id: str = "02aab8a4-74ef-476e-8182-f6d2ba4166a6"
    asset_tag: str = "7783-7084-3265-9085-8269-3286-77"  # "" is a host outside Azure

    @property
    def resource_id(self) -> str:
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        compute = f"{group}/providers/Microsoft.Compute"
        if self.kind == "uniform":  # control-plane 2: IMDS returns the instance's own form [I]
            return f"{compute}/virtualMachineScaleSets/{self.scale_set}/virtualMachines/" + (
                self.instance_id
            )
        return f"{compute}/virtualMachines/{self.name}"


@dataclass
class Identity:
    """An Entra service principal; on the VM when ``kind`` is ``system`` or ``user``."""

    kind: str  # system | user | app (a service principal with a secret, not on the VM) | spare
    # (a user-assigned identity that is on no machine)
    client_id: str
    object_id: str
    tenant: str
    resource_id: str = ""
    secret: str = ""


@dataclass
class RoleAssignment:
    """A role held at a scope."""

    principal: str  # object id
    role: str  # a key of roles.ROLES
    scope: str
    name: str = ""  # the GUID it was written under; without one ARM shows a made-up one


@dataclass
class PrivateEndpoint:
    """A private endpoint of the registry and its connection's state."""

    name: str
    address: str
    data_address: str
    status: str = "Approved"
    reachable: bool = True  # False: no peering to its VNet, or an NSG of its subnet denies
    subnet_id: str = ""  # "" is the VM's own
    zone_id: str = ""  # the zone that its zone group writes to; then it shows no customDnsConfigs


@dataclass
class Registry:
    """The registry: its network rules, its sign-in settings and its content."""

    name: str
    id: str
    location: str
    tenant: str
    sku: str = "Premium"
    domain_hash: str = ""  # DNL registries: <name>-<hash>.azurecr.io
    deleted: bool = False
    public_network_access: str = "Enabled"
    default_action: str = "Deny"
    vnet_rules: list[str] = field(default_factory=list)  # subnet ids
    ip_rules: list[str] = field(default_factory=list)  # CIDRs
    data_endpoint_enabled: bool = False
    private_endpoints: list[PrivateEndpoint] = field(default_factory=list)
    role_assignment_mode: str = "LegacyRegistryPermissions"
    anonymous_pull: bool = False
    arm_audience_enabled: bool = True
    customer_key: str = ""  # the Key Vault key that encrypts the content, "" is Microsoft's own
    cmk_unavailable: bool = False
    quarantined: set[str] = field(default_factory=set)  # manifest digests
    locked: set[str] = field(default_factory=set)  # digests whose readEnabled is false
    repositories: dict[str, dict[str, Image]] = field(default_factory=dict)
    denies_at: str = "token"  # token (today) | v2 (2019), data-plane 0.1
    fault: str = ""  # "" | throttled | an HTTP status such as "503"
    fields_since_2026: bool = True  # old api-versions say virtualNetworkSubnetResourceId too
