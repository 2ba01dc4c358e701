"""The virtual network of this machine: its DNS servers and its peerings, from ARM."""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.interface import Interface
from checks.ports import World
from checks.replies import Failure, HttpReply

_NETWORK = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vnet(Fact):
    id: str
    dns_servers: tuple[str, ...]  # empty: Azure's own
    peered: tuple[str, ...]  # ids of VNets, in lower case, whose peering is connected

    @property
    def summary(self) -> str:
        servers = ", ".join(self.dns_servers) or "Azure's DNS"
        peers = ", ".join(arm_answer.part(one, "virtualNetworks") for one in self.peered)
        return f"{arm_answer.part(self.id, 'virtualNetworks')} uses {servers}" + (
            f", peered with {peers}" if peers else ", no peering"
        )

    def joins(self, vnet_id: str) -> bool:
        """Whether that VNet is this one or peered with it."""
        return arm_answer.same_id(vnet_id, self.id) or vnet_id.lower() in self.peered


@dataclass(frozen=True, slots=True, kw_only=True)
class VnetHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"DNS servers and peerings unknown: {self.why}"

    @property
    def limit(self) -> str:
        return (
            f"The virtual network could not be read ({self.why}); it needs "
            "Microsoft.Network/virtualNetworks/read."
        )


def gather(world: World, interface: Interface) -> Vnet | VnetHidden:
    vnet_id = interface.subnet_id[: interface.subnet_id.lower().rfind("/subnets/")]
    return parse(world.arm.get(vnet_id, _NETWORK), vnet_id)


def parse(reply: HttpReply | Failure, vnet_id: str) -> Vnet | VnetHidden:
    body = arm_answer.read(reply)
    if isinstance(body, arm_answer.Hidden):
        return VnetHidden(why=body.why)
    properties = answers.table(body, "properties")
    listed = arm_answer.listed(properties, "virtualNetworkPeerings")
    peerings = [answers.table(row, "properties") for row in listed or ()]
    states = [answers.text(row, "peeringState").lower() for row in peerings]
    remotes = [
        answers.text(answers.table(row, "remoteVirtualNetwork"), "id").lower() for row in peerings
    ]
    if not properties or listed is None or "" in (*states, *remotes):
        return VnetHidden(why="the answer's list of peerings is not one")
    return Vnet(
        id=answers.text(body, "id") or vnet_id,
        dns_servers=answers.texts(answers.table(properties, "dhcpOptions"), "dnsServers"),
        peered=tuple(
            sorted(r for r, state in zip(remotes, states, strict=True) if state == "connected")
        ),
    )


CHECK = Check(
    id="vnet",
    title="the virtual network can be read",
    gather=gather,
    asks=(asks.resource("Microsoft.Network/virtualNetworks", "its DNS servers and peerings"),),
)
