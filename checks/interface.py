"""The network interface that a pull leaves by, and the id of its subnet, from ARM."""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.instance import Instance
from checks.ports import Json, World
from checks.target import Asked

_COMPUTE = "2024-03-01"
_NETWORK = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Fact):
    """``nic_id`` is empty where a scale set's model or ``--subnet`` named the subnet."""

    nic_id: str
    subnet_id: str
    private_ip: str

    @property
    def summary(self) -> str:
        subnet = arm_answer.part(self.subnet_id, "subnets")
        vnet = arm_answer.part(self.subnet_id, "virtualNetworks")
        return f"subnet {subnet} of {vnet}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"subnet id unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"The subnet's id is not known: {self.why}. --subnet ID would supply it."


def gather(world: World, asked: Asked, instance: Instance | None) -> Interface | InterfaceHidden:
    if asked.subnet_id:
        ip = instance.private_ips[0] if instance and instance.private_ips else ""
        return Interface(nic_id="", subnet_id=asked.subnet_id, private_ip=ip)
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
    ),
)
