"""The whole state of the simulated Azure, as dataclasses that scenarios mutate in place."""

import secrets
import time
from dataclasses import dataclass, field
from enum import Enum

from diagnose.lab.image import Image
from diagnose.lab.machine import Machine
from diagnose.lab.parts import (
    Identity,
    PrivateEndpoint,
    Proxy,
    Registry,
    RoleAssignment,
    SecurityRule,
    ServiceEndpoint,
    Subnet,
    Vm,
    Vnet,
)

__all__ = [
    "Cloud",
    "Dns",
    "Fault",
    "Identity",
    "Machine",
    "PrivateEndpoint",
    "Proxy",
    "Record",
    "Registry",
    "Resolver",
    "RoleAssignment",
    "SecurityRule",
    "ServiceEndpoint",
    "Subnet",
    "Vm",
    "Vnet",
]


class Fault(str, Enum):
    """What the network does to connections to one host; keys of `Cloud.faults` are a host name,
    an address, a role of `places.Service`, or ``*``.
    """

    DROP = "drop"  # the SYN is never answered
    REFUSE = "refuse"  # RST to the SYN
    RESET = "reset"  # RST after the ClientHello
    EOF = "eof-after-clienthello"  # Azure Firewall's application-rule deny (data-plane 0.7)
    SILENT = "silent"  # accepts, never answers
    INTERCEPT = "intercept"  # a middlebox re-signs with its own CA
    PAGE = "deny-page"  # it re-signs as well, and answers itself that no rule allows the host


@dataclass
class Record:
    """One DNS record."""

    kind: str  # A | CNAME
    value: str
    ttl: int = 10


@dataclass
class Resolver:
    """How one DNS server behaves."""

    behaviour: str = "answering"  # answering | silent | servfail | refused
    forwards: bool = True  # False: asks the public Internet, so it sees no private zone
    records: dict[str, list[Record]] = field(default_factory=dict)  # what it holds itself


@dataclass
class Dns:
    """Public names follow from the rest of the state (`names.py`); ``records`` overrides them,
    an empty list there is NXDOMAIN. ``private`` holds the linked private zones, ``unlinked``
    those that exist without a link to the VNet. For a zone in ``fallback`` the link says
    NxDomainRedirect: a name that it lacks is asked of the public side (data-plane 4).
    """

    records: dict[str, list[Record]] = field(default_factory=dict)
    private: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
    unlinked: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
    fallback: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)  # linked zone -> its link's name, if told
    servers: dict[str, Resolver] = field(default_factory=lambda: {"168.63.129.16": Resolver()})


@dataclass
class Cloud:
    """All there is; `healthy.healthy_cloud` makes one."""

    vm: Vm
    registry: Registry
    subscriptions: dict[str, dict[str, str]]  # id -> provider namespace -> registrationState
    vnets: list[Vnet]
    identities: list[Identity]
    role_assignments: list[RoleAssignment]
    environment: str = "AzurePublicCloud"
    addresses: dict[str, str] = field(default_factory=dict)  # role -> address
    controls: dict[str, tuple[str, str]] = field(default_factory=dict)  # host -> address, tag
    default_outbound_ip: str = "52.226.40.9"
    machine: Machine = field(default_factory=Machine)
    dns: Dns = field(default_factory=Dns)
    faults: dict[str, Fault] = field(default_factory=dict)
    # Largest TCP segment, in bytes, that comes through from outside; keys as those of ``faults``.
    segments: dict[str, int] = field(default_factory=dict)
    proxy: Proxy | None = None
    # Subscriptions of another Entra tenant than the registry's, and which that is.
    tenants: dict[str, str] = field(default_factory=dict)
    managed_by: dict[str, str] = field(default_factory=dict)  # Lighthouse: subscription -> tenant
    acr_audience_known: bool = True  # False: Entra gives this tenant no token for ACR itself
    imds_up: bool = True
    source_form: str = "ipv4"  # ipv4 | ula: how ACR names a caller over an endpoint (1.3)
    ula_prefix: str = "fde4:8dba:1200:98db:6a12:300"
    clock_offset: float = 0.0  # seconds by which the VM's clock is ahead of Azure's
    registry_backend: str = ""  # URL of a real registry that holds the content
    # What Microsoft's own public registry holds, by repository and tag.
    public_images: dict[str, dict[str, Image]] = field(default_factory=dict)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def now(self) -> float:
        return time.time() - self.clock_offset

    def tenant_of(self, subscription: str) -> str:
        """Give the Entra tenant that a subscription belongs to."""
        wanted = subscription.lower()
        found = (tenant for one, tenant in self.tenants.items() if one.lower() == wanted)
        return next(found, self.registry.tenant)

    def subnet(self, subnet_id: str) -> Subnet | None:
        wanted = subnet_id.lower()
        return next((s for v in self.vnets for s in v.subnets if s.id.lower() == wanted), None)

    @property
    def vm_subnet(self) -> Subnet:
        found = self.subnet(self.vm.subnet_id)
        if found is None:
            raise LookupError(f"the VM's subnet {self.vm.subnet_id} is in no VNet")
        return found

    @property
    def vm_vnet(self) -> Vnet:
        """The VNet of the VM's subnet."""
        return next(v for v in self.vnets if self.vm_subnet in v.subnets)

    @property
    def name_servers(self) -> list[str]:
        """What DHCP tells the VM: its VNet's DNS servers, or Azure's own."""
        return self.vm_vnet.dns_servers or ["168.63.129.16"]

    @property
    def files(self) -> dict[str, str]:
        """The VM's files, with the one that DHCP writes."""
        told = "".join(f"nameserver {server}\n" for server in self.name_servers)
        return {"/etc/resolv.conf": told} | self.machine.files
