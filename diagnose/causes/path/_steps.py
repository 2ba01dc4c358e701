"""The fix steps that the causes of the path share; no cause of its own."""

import shlex

from checks.arm_answer import part
from checks.interface import Interface
from checks.subnet import Subnet
from diagnose.causes.contract import FixStep, Risk

_SUBNET_WRITE = "Microsoft.Network/virtualNetworks/subnets/write"


def subnet_id(subnet: Subnet | None, interface: Interface | None) -> str:
    """Give the subnet's id, or a word that asks for it."""
    known = subnet.id if subnet else interface.subnet_id if interface else ""
    return known or "SUBNET_ID"


def look(what: str, interface: Interface | None, why: str) -> FixStep:
    """Show the rules (``list-effective-nsg``) or routes (``show-effective-route-table``)."""
    nic = (interface.nic_id if interface else "") or "NIC_ID"
    action = "NetworkSecurityGroups" if "nsg" in what else "RouteTable"
    return FixStep(
        command=f"az network nic {what} --ids {shlex.quote(nic)}",
        needs=f"Microsoft.Network/networkInterfaces/effective{action}/action",
        risk=Risk.READ_ONLY,
        why=why,
    )


def allow_tag(subnet: Subnet | None, tag: str) -> FixStep:
    """Let the service tag out on 443 in the subnet's network security group."""
    group = subnet.security_group if subnet else ""
    name = "acr-diagnose-" + tag
    where = (
        f"--subscription {shlex.quote(part(group, 'subscriptions') or 'SUBSCRIPTION')} "
        f"-g {shlex.quote(part(group, 'resourceGroups') or 'RESOURCE_GROUP')} "
        f"--nsg-name {shlex.quote(part(group, 'networkSecurityGroups') or 'NSG_NAME')} -n {name}"
    )
    beware = "Needs a free priority with a lower number than the rule that denies."
    if subnet and not group:
        beware += " The subnet has no group of its own: the interface's may be the one, or a route."
    return FixStep(
        command=f"az network nsg rule create {where} --priority 200 --direction Outbound "
        "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
        "--source-port-ranges '*' "
        f"--destination-address-prefixes {tag} --destination-port-ranges 443",
        needs="Microsoft.Network/networkSecurityGroups/securityRules/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"If a network security group drops it: lets {tag} out on 443. {beware}",
        undo=f"az network nsg rule delete {where}",
    )


def add_endpoint(
    subnet: Subnet | None, interface: Interface | None, service: str, why: str
) -> FixStep:
    """Add a service endpoint, keep those that are there; the undo restores the known list."""
    update = f"az network vnet subnet update --ids {shlex.quote(subnet_id(subnet, interface))}"
    undo = ""
    if subnet and subnet.services:
        listed = " ".join(map(shlex.quote, subnet.services))
        undo = f"{update} --service-endpoints {listed}"
    elif subnet:
        undo = f"{update} --remove serviceEndpoints"
    return FixStep(
        command=f"{update} --add serviceEndpoints service={service}",
        needs=_SUBNET_WRITE,
        risk=Risk.DISRUPTIVE,
        why=why,
        undo=undo,
    )


def add_nat(subnet: Subnet | None, interface: Interface | None) -> FixStep:
    update = f"az network vnet subnet update --ids {shlex.quote(subnet_id(subnet, interface))}"
    return FixStep(
        command=f"{update} --nat-gateway NAT_GATEWAY_ID",
        needs=f"{_SUBNET_WRITE} and Microsoft.Network/natGateways/join/action",
        risk=Risk.DISRUPTIVE,
        why="Gives the whole subnet a way out. The NAT gateway must be in the same region, with a "
        "public address; every machine in the subnet then leaves by it.",
        undo=f"{update} --remove natGateway",
    )
