"""The fix steps that the causes of the path share; no cause of its own."""

import shlex
from dataclasses import dataclass

from checks.arm_answer import part
from checks.interface import Interface
from checks.outbound_rules import OutboundRules
from checks.subnet import Subnet
from diagnose.causes.contract import Evidence, FixStep, Risk

_SUBNET_WRITE = "Microsoft.Network/virtualNetworks/subnets/write"


def subnet_id(subnet: Subnet | None, interface: Interface | None) -> str:
    """Give the subnet's id, or a word that asks for it."""
    known = subnet.id if subnet else interface.subnet_id if interface else ""
    return known or "SUBNET_ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A service tag, the wider tags that hold it too, and addresses of it that were asked for."""

    name: str
    others: tuple[str, ...] = ("Internet", "AzureCloud")
    addresses: tuple[str, ...] = ()


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


def denied(rules: OutboundRules | None, subnet: Subnet | None, tag: Tag) -> list[Evidence]:
    """Name the rule that denies, and where the default route leads, where they could be read."""
    if not rules:
        return []
    found = []
    if rule := rules.denying((tag.name, *tag.others), tag.addresses):
        group = part(subnet.security_group, "networkSecurityGroups") if subnet else ""
        saw = f"rule {rule.name} (priority {rule.priority}) of {group} denies 443 to {tag.name}"
        found.append(Evidence(check="outbound-rules", saw=saw))
    if rules.next_hop:
        saw = f"the route 0.0.0.0/0 leads to {rules.next_hop}"
        found.append(Evidence(check="outbound-rules", saw=saw))
    return found


def allow_tag(subnet: Subnet | None, tag: Tag, rules: OutboundRules | None) -> tuple[FixStep, ...]:
    """Let the service tag out on 443 in the subnet's network security group, above what denies."""
    group = subnet.security_group if subnet else ""
    rule = rules.denying((tag.name, *tag.others), tag.addresses) if rules else None
    if rules and not rule:
        return (_elsewhere(tag, "The subnet's own group does not deny it: the interface's may."),)
    taken = {one.priority for one in rules.rules} if rules else set()
    free = [number for number in range(100, rule.priority if rule else 201) if number not in taken]
    if (subnet and not group) or not free or managed(group):
        why = "Where a network security group drops it, add a rule above the one that denies."
        return (_elsewhere(tag, why),)
    where = (
        f"--subscription {shlex.quote(part(group, 'subscriptions') or 'SUBSCRIPTION')} "
        f"-g {shlex.quote(part(group, 'resourceGroups') or 'RESOURCE_GROUP')} "
        f"--nsg-name {shlex.quote(part(group, 'networkSecurityGroups') or 'NSG_NAME')} "
        f"-n acr-diagnose-{tag.name}"
    )
    above = f"above {rule.name}" if rule else "if a network security group drops it"
    step = FixStep(
        command=f"az network nsg rule create {where} --priority {free[-1]} --direction Outbound "
        "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
        "--source-port-ranges '*' "
        f"--destination-address-prefixes {tag.name} --destination-port-ranges 443",
        needs="Microsoft.Network/networkSecurityGroups/securityRules/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Lets {tag.name} out on 443, {above}."
        + ("" if rule else " Needs a free priority with a lower number than the rule that denies."),
        undo=f"az network nsg rule delete {where}",
    )
    return (step,)


def managed(resource_id: str) -> bool:
    """Tell whether AKS keeps this resource, in a group that is not to be edited by hand."""
    return part(resource_id, "resourceGroups").upper().startswith("MC_")


def _elsewhere(tag: Tag, why: str) -> FixStep:
    return FixStep(
        command="",
        needs="rights on the network security groups, routes or firewall on the way",
        risk=Risk.CHANGES_ACCESS,
        why=f"{why} Allow TCP 443 to {tag.name}. In a network that AKS manages (a resource group "
        "MC_...) change nothing by hand: use the cluster's own settings.",
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
    own = subnet_id(subnet, interface)
    if managed(own):
        return FixStep(
            command="",
            needs="Microsoft.ContainerService/managedClusters/write",
            risk=Risk.DISRUPTIVE,
            why="AKS manages this network: choose a way out with the cluster's outbound type "
            "(az aks update --outbound-type), not on the subnet.",
        )
    update = f"az network vnet subnet update --ids {shlex.quote(own)}"
    return FixStep(
        command=f"{update} --nat-gateway NAT_GATEWAY_ID",
        needs=f"{_SUBNET_WRITE} and Microsoft.Network/natGateways/join/action",
        risk=Risk.DISRUPTIVE,
        why="Gives the whole subnet a way out. The NAT gateway must be in the same region, with a "
        "public address; every machine in the subnet then leaves by it.",
        undo=f"{update} --remove natGateway",
    )
