"""What the subnet's security group and route table say of traffic that leaves it, from ARM.

A group on the network interface itself counts as well and is not read here.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.addresses import inside
from checks.contract import Check, Fact, Unseen
from checks.ports import World
from checks.replies import Json
from checks.subnet import Subnet
from checks.together import together

_NETWORK = "2024-05-01"
_EVERYWHERE = ("*", "0.0.0.0/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One outbound rule; each list holds tags, addresses, ranges or ``*``."""

    name: str
    priority: int
    allows: bool
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    ports: tuple[str, ...]

    def covers(self, tags: tuple[str, ...], addresses: tuple[str, ...], port: int) -> bool:
        """Tell whether it decides over TCP to this port of these service tags and addresses.

        A regional tag (``Storage.EastUS``) counts as its whole: which region serves is not known.
        """
        here = any(source in ("*", "VirtualNetwork") or "/" in source for source in self.sources)
        named = {place.partition(".")[0] for place in self.destinations if not place[:1].isdigit()}
        there = bool(named & {*tags, "*"}) or any(
            place in _EVERYWHERE or any(inside(one, (place,)) for one in addresses)
            for place in self.destinations
        )
        return here and there and any(_holds(ports, port) for ports in self.ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRules(Fact):
    rules: tuple[Rule, ...]  # in the order in which they are asked
    next_hop: str  # of the route 0.0.0.0/0: its type and address; empty without such a route

    def denying(
        self, tags: tuple[str, ...], addresses: tuple[str, ...] = (), *, port: int = 443
    ) -> Rule | None:
        """Give the rule that denies TCP to there, or None where the first one allows it."""
        first = next((rule for rule in self.rules if rule.covers(tags, addresses, port)), None)
        return first if first and not first.allows else None

    @property
    def summary(self) -> str:
        hop = f"; 0.0.0.0/0 goes to {self.next_hop}" if self.next_hop else ""
        return f"{len(self.rules)} outbound rules of its own{hop}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"outbound rules unknown: {self.why}"


def gather(world: World, subnet: Subnet) -> OutboundRules | OutboundHidden:
    ids = (subnet.security_group, subnet.route_table)
    bodies = together(lambda one: arm_answer.read(world.arm.get(one, _NETWORK)) if one else {}, ids)
    for body in bodies:
        if isinstance(body, arm_answer.Hidden):
            return OutboundHidden(why=body.why)
    group, table = (body for body in bodies if isinstance(body, dict))
    return parse(group, table)


def parse(group: dict[str, Json], table: dict[str, Json]) -> OutboundRules:
    rows = [
        (answers.text(row, "name"), answers.table(row, "properties"))
        for row in answers.rows(answers.table(group, "properties"), "securityRules")
    ]
    routes = [
        answers.table(row, "properties")
        for row in answers.rows(answers.table(table, "properties"), "routes")
    ]
    hops = [r for r in routes if answers.text(r, "addressPrefix") == "0.0.0.0/0"]
    keys = ("nextHopType", "nextHopIpAddress")
    return OutboundRules(
        rules=tuple(sorted(filter(None, map(_rule, rows)), key=lambda rule: rule.priority)),
        next_hop=" ".join(filter(None, (answers.text(hops[0], k) for k in keys))) if hops else "",
    )


def _rule(named: tuple[str, dict[str, Json]]) -> Rule | None:
    """Read one rule; None for one of other traffic."""
    name, row = named
    number = row.get("priority")
    if answers.text(row, "direction").lower() != "outbound":
        return None
    if not isinstance(number, int) or isinstance(number, bool):  # true is no number of a rule
        return None
    if answers.text(row, "protocol").lower() not in ("*", "tcp"):
        return None
    return Rule(
        name=name,
        priority=number,
        allows=answers.text(row, "access").lower() == "allow",
        sources=_either(row, "sourceAddressPrefix"),
        destinations=_either(row, "destinationAddressPrefix"),
        ports=_either(row, "destinationPortRange"),
    )


def _either(row: dict[str, Json], key: str) -> tuple[str, ...]:
    """Join the field for one value with the field for several."""
    several = row.get(f"{key}es" if key.endswith("x") else f"{key}s")
    listed = (
        [text for text in several if isinstance(text, str)] if isinstance(several, list) else []
    )
    return tuple(filter(None, [answers.text(row, key), *listed]))


def _holds(ports: str, port: int) -> bool:
    first, _, last = ports.partition("-")
    if not first.isdecimal():
        return ports == "*"
    return int(first) <= port <= int(last if last.isdecimal() else first)


CHECK = Check(
    id="outbound-rules",
    title="the subnet's outbound rules can be read",
    gather=gather,
    asks=(
        asks.resource("Microsoft.Network/networkSecurityGroups", "what the subnet denies"),
        asks.resource("Microsoft.Network/routeTables", "where the subnet sends its traffic"),
    ),
)
