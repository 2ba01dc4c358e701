"""The whole state of the simulated Azure, as dataclasses that scenarios mutate in place."""

import secrets
import time
from dataclasses import dataclass, field
from enum import Enum

from diagnose.lab.machine import Machine
from diagnose.lab.parts import (
    Identity,
    PrivateEndpoint,
    Registry,
    RoleAssignment,
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
    "Record",
    "Registry",
    "Resolver",
    "RoleAssignment",
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


@dataclass
class Record:
    """One DNS record."""

    kind: str  # A | CNAME
    value: str
    ttl: int = 10


@dataclass
class Resolver:
    """How one DNS server behaves."""

    behaviour: str = "answering"  # answering | silent | servfail
    forwards: bool = True  # False: asks the public Internet, so it sees no private zone


@dataclass
class Dns:
    """Public names follow from the rest of the state (`names.py`); ``records`` overrides them,
    an empty list there is NXDOMAIN. ``private`` holds the linked private zones.
    """

    records: dict[str, list[Record]] = field(default_factory=dict)
    private: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
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
    imds_up: bool = True
    source_form: str = "ipv4"  # ipv4 | ula: how ACR names a caller over an endpoint (1.3)
    ula_prefix: str = "fde4:8dba:1200:98db:6a12:300"
    clock_offset: float = 0.0  # seconds by which the VM's clock is ahead of Azure's
    registry_backend: str = ""  # URL of a real registry that holds the content
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def now(self) -> float:
        return time.time() - self.clock_offset

    def subnet(self, subnet_id: str) -> Subnet | None:
        wanted = subnet_id.lower()
        return next((s for v in self.vnets for s in v.subnets if s.id.lower() == wanted), None)

    @property
    def vm_subnet(self) -> Subnet:
        found = self.subnet(self.vm.subnet_id)
        if found is None:
            raise LookupError(f"the VM's subnet {self.vm.subnet_id} is in no VNet")
        return found
