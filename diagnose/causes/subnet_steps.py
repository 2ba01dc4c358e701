"""Fix steps on the machine's subnet; no cause of its own."""

from checks.arm_answer import part
from checks.instance import Instance
from checks.subnet import SERVICE, Subnet
from diagnose.causes import commands, lookups
from diagnose.causes.contract import FixStep, Risk


def find_subnet(subnet_id: str, instance: Instance | None) -> tuple[FixStep, ...]:
    """Look the subnet's id up where it is not known; the other commands use ``SUBNET_ID``."""
    if subnet_id:
        return ()
    lookup = lookups.subnet_find(instance) if instance and instance.resource_id else ""
    why = "Finds the subnet's id for the commands that follow."
    other = "Find the subnet of the machine's NIC and put its id into the variable SUBNET_ID."
    return (
        FixStep(
            command=lookup,
            needs="read access to the virtual machine and its NIC",
            risk=Risk.READ_ONLY,
            why=why if lookup else other,
        ),
    )


def managed(resource_id: str) -> bool:
    """Tell whether AKS keeps this resource, which nobody is to edit by hand.

    The group's name is AKS's own unless a person chose one; the VNet's is always AKS's
    (https://learn.microsoft.com/azure/aks/concepts-network-cni-overview).
    """
    group, vnet = part(resource_id, "resourceGroups"), part(resource_id, "virtualNetworks")
    return group.upper().startswith("MC_") or vnet.lower().startswith("aks-vnet-")


def by_cluster() -> FixStep:
    """Say what to do in place of a change to a subnet that AKS keeps."""
    return FixStep(
        command="",
        needs="the owners of the cluster and of the registry, together",
        risk=Risk.CHANGES_ACCESS,
        why="AKS manages this network: do not edit its subnets. Give the registry a private "
        "endpoint that the cluster reaches, run the cluster in a VNet of your own, or let its "
        "outbound address in with an IP rule of the registry.",
    )


def add_endpoint(
    subnet: Subnet | None, subnet_id: str, why: str, service: str = SERVICE
) -> FixStep:
    """Add a service endpoint at the end of the list; the undo takes that one out again."""
    if managed(subnet_id):
        return by_cluster()
    before = len(subnet.endpoints) if subnet else None
    return FixStep(
        command=commands.endpoint_add(subnet_id, before, service),
        needs=commands.SUBNET_WRITE,
        risk=Risk.DISRUPTIVE,
        why=why,
        undo=commands.endpoint_undo(subnet_id, before),
    )


def put_again(subnet_id: str) -> FixStep:
    """Write the subnet as it is, which makes Azure go through its endpoints again."""
    if managed(subnet_id):
        return by_cluster()
    return FixStep(
        command=commands.subnet_put_again(subnet_id),
        needs=commands.SUBNET_WRITE,
        risk=Risk.DISRUPTIVE,
        why="Writes the subnet again as it is, so that Azure finishes the endpoint. Open "
        "connections to registries are cut when it comes into effect.",
    )
