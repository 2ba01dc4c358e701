"""The public addresses that this machine's traffic leaves with when no service endpoint takes it.

A NAT gateway on the subnet goes before the machine's own and its load balancer's address, and
instance metadata does not know it: its addresses are in ARM alone.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.instance import Instance
from checks.ports import World
from checks.subnet import Subnet
from checks.together import together

_NETWORK = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress(Fact):
    """``certain`` is False where a NAT gateway, unseen, could take the traffic instead."""

    addresses: tuple[str, ...]
    nat_gateway: str  # its id, or empty
    certain: bool

    @property
    def summary(self) -> str:
        by = "its NAT gateway" if self.nat_gateway else "its own addresses"
        return f"leaves by {by}: {', '.join(self.addresses)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"outbound address unknown: {self.why}"


def gather(world: World, instance: Instance | None, subnet: Subnet | None) -> Egress | EgressHidden:
    if subnet and subnet.nat_gateway:
        return of_gateway(world, subnet.nat_gateway)
    own = instance.outbound_ips if instance else ()
    if not own:
        return EgressHidden(why="instance metadata names none")
    return Egress(addresses=own, nat_gateway="", certain=subnet is not None)


def of_gateway(world: World, gateway_id: str) -> Egress | EgressHidden:
    """Read a NAT gateway's public addresses; they are resources of their own."""
    body = arm_answer.read(world.arm.get(gateway_id, _NETWORK))
    if isinstance(body, arm_answer.Hidden):
        return EgressHidden(why=f"the NAT gateway could not be read ({body.why})")
    rows = answers.rows(answers.table(body, "properties"), "publicIpAddresses")
    ids = [found for row in rows if (found := answers.text(row, "id"))]
    bodies = together(lambda one: arm_answer.read(world.arm.get(one, _NETWORK)), ids)
    known = [
        answers.text(answers.table(one, "properties"), "ipAddress")
        for one in bodies
        if not isinstance(one, arm_answer.Hidden)
    ]
    addresses = tuple(sorted(filter(None, known)))
    if not addresses:
        return EgressHidden(why="the NAT gateway's addresses could not be read")
    complete = len(addresses) == len(ids) and not answers.rows(
        answers.table(body, "properties"), "publicIpPrefixes"
    )
    return Egress(addresses=addresses, nat_gateway=gateway_id, certain=complete)


CHECK = Check(
    id="egress",
    title="the address that traffic leaves with is known",
    gather=gather,
    asks=(
        asks.resource("Microsoft.Network/natGateways", "which addresses the subnet leaves by"),
        asks.resource("Microsoft.Network/publicIPAddresses", "those addresses"),
    ),
)
