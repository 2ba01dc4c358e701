"""The resources of the simulated Azure: network, VM, identities and registry, all mutable."""

from dataclasses import dataclass, field

from diagnose.lab.image import Image


@dataclass
class ServiceEndpoint:
    """One entry of a subnet's serviceEndpoints."""

    service: str
    provisioning_state: str = "Succeeded"
    locations: list[str] = field(default_factory=lambda: ["*"])


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
    storage_policy: bool = False  # a service endpoint policy that lacks ACR's storage accounts
    nsg: bool = False  # show an NSG / route table in ARM although nothing above needs one
    route_table: bool = False

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]


@dataclass
class Vnet:
    """A virtual network."""

    id: str
    prefix: str
    location: str
    subnets: list[Subnet] = field(default_factory=list)
    dns_servers: list[str] = field(default_factory=list)  # [] is Azure's own 168.63.129.16


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

    kind: str  # system | user | app (a service principal with a secret, not on the VM)
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


@dataclass
class PrivateEndpoint:
    """A private endpoint of the registry and its connection's state."""

    name: str
    address: str
    data_address: str
    status: str = "Approved"
    reachable: bool = True
    subnet_id: str = ""


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
    cmk_unavailable: bool = False
    quarantined: set[str] = field(default_factory=set)  # manifest digests
    repositories: dict[str, dict[str, Image]] = field(default_factory=dict)
    denies_at: str = "token"  # token (today) | v2 (2019), data-plane 0.1
    fault: str = ""  # "" | throttled | an HTTP status such as "503"
    fields_since_2026: bool = True  # old api-versions say virtualNetworkSubnetResourceId too
