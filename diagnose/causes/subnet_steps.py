"""Fix steps on the machine's subnet; no cause of its own."""

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


def add_endpoint(
    subnet: Subnet | None, subnet_id: str, why: str, service: str = SERVICE
) -> FixStep:
    """Add a service endpoint at the end of the list; the undo takes that one out again."""
    before = len(subnet.endpoints) if subnet else None
    return FixStep(
        command=commands.endpoint_add(subnet_id, before, service),
        needs=commands.SUBNET_WRITE,
        risk=Risk.DISRUPTIVE,
        why=why,
        undo=commands.endpoint_undo(subnet_id, before),
    )
