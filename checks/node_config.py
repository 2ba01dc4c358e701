"""What an AKS node's own cloud configuration says: its subnet, its identity's kind, its cloud.

The subnet that it names is a hint. A node pool may have a subnet of its own, while the file speaks
of the one that the cluster began with; Azure Resource Manager or the scale set's instance decides.
"""

from dataclasses import dataclass

from checks import addresses, answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.host import Host
from checks.machine_replies import CloudConfigReply
from checks.ports import World
from checks.replies import Failure, HttpReply, Json

MANAGED, PRINCIPAL = "managed identity", "service principal"
CUSTOM_CLOUD = "AzureStackCloud"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig(Fact):
    subnet_id: str  # as the file implies it; empty where it names none
    identity: str  # MANAGED, PRINCIPAL, or empty where the file does not say
    cloud: str
    endpoints: tuple[tuple[str, str], ...] = ()  # of a cloud of one's own, by key

    @property
    def summary(self) -> str:
        subnet = self.subnet_id.rpartition("/")[2]
        told = [f"names subnet {subnet}" if subnet else "names no subnet"]
        told += [f"acts as a {self.identity}"] if self.identity else []
        told += [f"cloud {self.cloud}"] if self.cloud else []
        return ", ".join(told)

    @property
    def by_secret(self) -> bool:
        """The kubelet pulls with a secret, which this program does not use."""
        return self.identity == PRINCIPAL

    @property
    def limit(self) -> str:
        told = []
        if self.by_secret:
            told.append(
                "The node pulls as a service principal: what a managed identity of this machine "
                "may do says nothing of the kubelet."
            )
        if self.cloud == CUSTOM_CLOUD and not self.endpoints:
            told.append("The node is in a cloud of its own, whose endpoints could not be read.")
        return " ".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfigUnknown(Unseen):
    """No node of AKS, or one whose file could not be read."""

    why: str
    is_node: bool

    @property
    def summary(self) -> str:
        return self.why

    @property
    def limit(self) -> str:
        return f"The node's cloud configuration could not be read: {self.why}." * self.is_node


def gather(world: World, host: Host) -> NodeConfig | NodeConfigUnknown:
    if not host.aks_node:
        return NodeConfigUnknown(why="no node of AKS", is_node=False)
    return parse(world.node.cloud())


def parse(reply: CloudConfigReply | Failure) -> NodeConfig | NodeConfigUnknown:
    if isinstance(reply, Failure):
        why = answers.clean(reply.detail) or str(reply.trouble)
        return NodeConfigUnknown(why=why, is_node=True)
    kinds = {True: MANAGED, False: PRINCIPAL, None: PRINCIPAL if reply.has_secret else ""}
    return NodeConfig(
        subnet_id=subnet_of(reply),
        identity=kinds[reply.managed],
        cloud=answers.clean(reply.cloud, 60),
        endpoints=tuple((key, answers.clean(url)) for key, url in sorted(reply.endpoints.items())),
    )


def subnet_of(reply: CloudConfigReply) -> str:
    """Build the subnet's id; empty unless every part of it is a plain name."""
    parts = (reply.network_subscription, reply.vnet_group, reply.vnet, reply.subnet)
    if not all(part and not set(part) & set("/?#% ") for part in parts):
        return ""
    subscription, group, vnet, subnet = parts
    network = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network"
    return f"{network}/virtualNetworks/{vnet}/subnets/{subnet}"


def holds(reply: HttpReply | Failure, own: tuple[str, ...]) -> bool | None:
    """Tell whether the subnet that ARM describes holds one of these addresses; None: not seen."""
    held = arm_answer.prefixes(answers.table(_body(reply), "properties"))
    return any(addresses.inside(ip, held) for ip in own) if held and own else None


def _body(reply: HttpReply | Failure) -> Json:
    body = arm_answer.read(reply)
    return None if isinstance(body, arm_answer.Hidden) else body


CHECK = Check(
    id="node-config",
    title="the node's cloud configuration can be read",
    gather=gather,
    asks=(
        asks.read("/etc/kubernetes/azure.json", "an AKS node's subnet and identity"),
        asks.read("/etc/kubernetes/akscustom.json", "the endpoints of a cloud of one's own"),
    ),
)
