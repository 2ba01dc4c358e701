"""The network interface that a pull leaves by, and the id of its subnet, from ARM.

Where Azure Resource Manager does not tell, an AKS node's own configuration names a subnet. That is
a hint, unless the subnet can be read and holds the node's address.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks, node_config
from checks.contract import Check, Fact, Unseen
from checks.instance import Instance
from checks.node_config import NodeConfig
from checks.ports import World
from checks.replies import Json
from checks.target import Asked

_COMPUTE = "2024-03-01"
_NETWORK = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Fact):
    """``nic_id`` is empty where a scale set's model or ``--subnet`` named the subnet.

    ``hinted`` says why nothing but the node's configuration names it; such an id proves nothing.
    """

    nic_id: str
    subnet_id: str
    private_ip: str
    hinted: str = ""

    @property
    def summary(self) -> str:
        subnet = arm_answer.part(self.subnet_id, "subnets")
        vnet = arm_answer.part(self.subnet_id, "virtualNetworks")
        told = f"subnet {subnet} of {vnet}"
        return f"{told}, by the node's configuration alone" if self.hinted else told

    @property
    def limit(self) -> str:
        if not self.hinted:
            return ""
        return (
            f"The subnet's id is the node's own configuration's, and not confirmed: {self.hinted}. "
            "A node pool may have a subnet of its own; --subnet ID would settle it."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"subnet id unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"The subnet's id is not known: {self.why}. --subnet ID would supply it."


def gather(
    world: World, asked: Asked, instance: Instance | None, config: NodeConfig | None
) -> Interface | InterfaceHidden:
    own = instance.private_ips if instance else ()
    if asked.subnet_id:
        return Interface(nic_id="", subnet_id=asked.subnet_id, private_ip=next(iter(own), ""))
    found = _from_arm(world, instance)
    hint = config.subnet_id if config else ""
    if isinstance(found, Interface) or not hint:
        return found
    fits = node_config.holds(world.arm.get(hint, _NETWORK), own)
    if fits is False:
        name = arm_answer.part(hint, "subnets")
        told = f"the node's configuration names {name}, which does not hold {own[0]}"
        return InterfaceHidden(why=f"{found.why}; {told}")
    ip = next(iter(own), "")
    return Interface(nic_id="", subnet_id=hint, private_ip=ip, hinted="" if fits else found.why)


def _from_arm(world: World, instance: Instance | None) -> Interface | InterfaceHidden:
    if instance is None:
        return InterfaceHidden(why="without instance metadata there is nothing to look up")
    machine = arm_answer.read(world.arm.get(instance.resource_id, _COMPUTE))
    if isinstance(machine, arm_answer.Hidden):
        return InterfaceHidden(why=f"the machine could not be read ({machine.why})")
    properties = answers.table(machine, "properties")
    if instance.uniform:
        return from_scale_set(properties, instance)
    nic_id = primary(answers.rows(answers.table(properties, "networkProfile"), "networkInterfaces"))
    nic = arm_answer.read(world.arm.get(nic_id, _NETWORK)) if nic_id else None
    if nic is None:
        return InterfaceHidden(why="the machine lists no network interface")
    if isinstance(nic, arm_answer.Hidden):
        return InterfaceHidden(why=f"the network interface could not be read ({nic.why})")
    return from_configurations(answers.table(nic, "properties"), nic_id, instance)


def primary(interfaces: tuple[dict[str, Json], ...]) -> str:
    """Give the id of the interface marked primary, or of the only one."""
    marked = [i for i in interfaces if answers.table(i, "properties").get("primary") is True]
    chosen = (marked or list(interfaces))[:1]
    return answers.text(chosen[0], "id") if chosen else ""


def from_scale_set(properties: dict[str, Json], instance: Instance) -> Interface | InterfaceHidden:
    """Read a uniform instance's own copy of the scale set's network model."""
    profile = answers.table(properties, "networkProfileConfiguration")
    for nic in answers.rows(profile, "networkInterfaceConfigurations"):
        inner = answers.table(nic, "properties")
        if inner.get("primary") is not False:
            return from_configurations(inner, "", instance)
    return InterfaceHidden(why="the scale-set instance lists no network interface")


def from_configurations(
    properties: dict[str, Json], nic_id: str, instance: Instance
) -> Interface | InterfaceHidden:
    """Take the IP configuration whose address IMDS knows, else the primary one."""
    rows = [
        answers.table(row, "properties") for row in answers.rows(properties, "ipConfigurations")
    ]
    known = [r for r in rows if answers.text(r, "privateIPAddress") in instance.private_ips]
    marked = [r for r in rows if r.get("primary") is True]
    for row in (*marked, *known, *rows):
        subnet_id = answers.text(answers.table(row, "subnet"), "id")
        if subnet_id:
            ip = answers.text(row, "privateIPAddress") or next(iter(instance.private_ips), "")
            return Interface(nic_id=nic_id, subnet_id=subnet_id, private_ip=ip)
    return InterfaceHidden(why="the network interface names no subnet")


CHECK = Check(
    id="interface",
    title="the subnet's id is known",
    gather=gather,
    asks=(
        asks.resource("Microsoft.Compute/virtualMachines", "its network interface"),
        asks.resource(
            "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
            "its subnet, in a scale set",
        ),
        asks.resource("Microsoft.Network/networkInterfaces", "its subnet"),
        asks.resource(
            "Microsoft.Network/virtualNetworks/subnets", "is it what an AKS node's file says"
        ),
    ),
)
