"""Where the run stood: the machine, its subnet and its address, as far as they are known."""

from dataclasses import dataclass

from checks.host import Host
from checks.instance import Instance
from checks.interface import Interface
from checks.target import Asked
from diagnose.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    kind: str  # vm | vmss | aks-node | other
    name: str | None
    resource_id: str | None
    location: str | None
    private_ip: str | None
    subnet_id: str | None


def of(facts: Facts) -> Vantage:
    host, instance = facts.get(Host), facts.get(Instance)
    interface, asked = facts.get(Interface), facts.get(Asked)
    kind = "other"
    if instance:
        kind = "vmss" if instance.scale_set else "vm"
    if host and host.aks_node:
        kind = "aks-node"
    ip = interface.private_ip if interface else ""
    ip = ip or (instance.private_ips[0] if instance and instance.private_ips else "")
    subnet_id = interface.subnet_id if interface else asked.subnet_id if asked else ""
    return Vantage(
        kind=kind,
        name=instance.name if instance else None,
        resource_id=instance.resource_id if instance else None,
        location=instance.location if instance else None,
        private_ip=ip or None,
        subnet_id=subnet_id or None,
    )
