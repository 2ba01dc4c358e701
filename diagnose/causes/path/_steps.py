"""The fix steps that the causes of the path share; no cause of its own."""

from dataclasses import dataclass
from shlex import quote

from checks.arm_answer import part
from checks.contract import View
from checks.instance import Instance
from checks.interface import Interface
from checks.subnet import SERVICE, Subnet
from diagnose.causes import commands, lookups, subnet_steps
from diagnose.causes.contract import FixStep, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(View):
    """Where this machine stands in its network, as far as Azure showed it."""

    instance: Instance | None
    interface: Interface | None
    subnet: Subnet | None

    @property
    def subnet_id(self) -> str:
        """The subnet's id, or ``""``: the commands then use the variable ``SUBNET_ID``."""
        found = self.interface.subnet_id if self.interface else ""
        return self.subnet.id if self.subnet else found

    @property
    def machine_id(self) -> str:
        return self.instance.resource_id if self.instance else ""

    @property
    def subscription(self) -> str:
        """Of the subnet, and so of its NICs and of its security group."""
        machine = self.instance.subscription if self.instance else ""
        return part(self.subnet_id, "subscriptions") or machine

    @property
    def finds_nic(self) -> str:
        """The command that puts the NIC's id into ``NIC_ID``, where az has one for it."""
        vm = self.instance if self.instance and not self.instance.uniform else None
        return lookups.nic_find(vm) if vm and vm.resource_id else ""


def look(what: str, place: Place, why: str) -> FixStep:
    """Show the rules (``list-effective-nsg``) or routes (``show-effective-route-table``)."""
    known = place.interface.nic_id if place.interface else ""
    nic = quote(known) if known else '"$NIC_ID"' if place.finds_nic else ""
    action = "NetworkSecurityGroups" if "nsg" in what else "RouteTable"
    shown = "security rules" if "nsg" in what else "routes"
    return FixStep(
        command=f"az network nic {what} --ids {nic}" if nic else "",
        needs=f"Microsoft.Network/networkInterfaces/effective{action}/action",
        risk=Risk.READ_ONLY,
        why=why if nic else f"Look at the effective {shown} of the machine's NIC. {why}",
    )


def in_one(place: Place, step: FixStep) -> str:
    """Give a look as one line that also finds the NIC, or what to look at."""
    finds = f"{place.finds_nic} && " if "$NIC_ID" in step.command else ""
    return f"{finds}{step.command}" or step.why


def ready(place: Place, *steps: FixStep) -> tuple[FixStep, ...]:
    """Put the look-ups first that set the variables which the commands use."""
    used = " ".join(step.command for step in steps)
    nic = FixStep(
        command=place.finds_nic,
        needs="Microsoft.Compute/virtualMachines/read on this machine",
        risk=Risk.READ_ONLY,
        why="Finds the NIC's id for the commands that follow.",
    )
    subnet = subnet_steps.find_subnet(place.subnet_id, place.instance)
    return (
        *((nic,) if "$NIC_ID" in used else ()),
        *(subnet if "$SUBNET_ID" in used else ()),
        *steps,
    )


def named(place: Place, query: str, kind: str, prefix: str) -> FixStep:
    """Find what the subnet names, for commands that use ``<prefix>_ID`` and ``<prefix>_GROUP``."""
    return FixStep(
        command=lookups.subnets_own(place.subnet_id, query, kind, prefix),
        needs=f"read access to the subnet and its {kind}",
        risk=Risk.READ_ONLY,
        why=f"Finds the subnet's {kind} for the next command; an error means that it has none. "
        "Where its resource group is MC_... AKS keeps it: change nothing by hand.",
    )


def add_endpoint(place: Place, why: str, service: str = SERVICE) -> FixStep:
    return subnet_steps.add_endpoint(place.subnet, place.subnet_id, why, service)


def add_nat(place: Place) -> tuple[FixStep, ...]:
    """Attach a NAT gateway, which one is a person's to choose."""
    own = place.subnet_id
    if subnet_steps.managed(own or place.machine_id):
        by_cluster = FixStep(
            command="",
            needs="Microsoft.ContainerService/managedClusters/write",
            risk=Risk.DISRUPTIVE,
            why="AKS manages this network: choose a way out with the cluster's outbound type "
            "(az aks update --outbound-type), not on the subnet.",
        )
        return (by_cluster,)
    choose = FixStep(
        command=lookups.gateways_show(place.subscription),
        needs="Microsoft.Network/natGateways/read on the subscription",
        risk=Risk.READ_ONLY,
        why="Choose a NAT gateway in the subnet's region that has a public address, or make one, "
        "and put its id into the variable NAT_GATEWAY_ID: the next command stops without it.",
    )
    update = commands.subnet_put_again(own)
    attach = FixStep(
        command=f'{update} --nat-gateway "${{NAT_GATEWAY_ID:?}}"',
        needs=f"{commands.SUBNET_WRITE} and Microsoft.Network/natGateways/join/action",
        risk=Risk.DISRUPTIVE,
        why="Gives the whole subnet a way out; every machine in it then leaves by that gateway.",
        undo=f"{update} --remove natGateway",
    )
    return choose, attach
