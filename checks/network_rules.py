"""The registry's VNet rules, through the api-versions that still show them.

An absent key is unknown, an empty list is none. The same registry in the same second answers with
the rule under 2021-08-01-preview and without the key under 2023-11-01-preview; the field was
``id`` until 2023 and is ``virtualNetworkSubnetResourceId`` in 2026 (recordings of azure-cli's
network-rule test at 01f271b9 and 98177092).
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.ports import World
from checks.registry import Registry
from checks.replies import HttpReply, Json

_SHOWN = 8  # rules that a line names
LADDER = ("2026-03-01-preview", "2021-08-01-preview", "2019-05-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRules(Fact):
    subnet_ids: tuple[str, ...]

    def allows(self, subnet_id: str) -> bool:
        return any(arm_answer.same_id(subnet_id, rule) for rule in self.subnet_ids)

    def siblings(self, subnet_id: str) -> tuple[str, ...]:
        """Give the names of allowed subnets in the same VNet, this one left out."""
        vnet = subnet_id.lower().rsplit("/subnets/", 1)[0] + "/subnets/"
        return tuple(
            arm_answer.part(rule, "subnets")
            for rule in self.subnet_ids
            if rule.lower().startswith(vnet) and not arm_answer.same_id(rule, subnet_id)
        )

    @property
    def summary(self) -> str:
        if not self.subnet_ids:
            return "no VNet rule"
        names = ", ".join(
            f"{arm_answer.part(r, 'virtualNetworks')}/{arm_answer.part(r, 'subnets')}"
            for r in self.subnet_ids[:_SHOWN]
        )
        more = len(self.subnet_ids) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        return f"{len(self.subnet_ids)} VNet rule(s): {names}{rest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRulesHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"VNet rules unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"The registry's VNet rules could not be read: {self.why}."


def gather(world: World, registry: Registry) -> NetworkRules | NetworkRulesHidden:
    if not registry.premium:
        return NetworkRules(subnet_ids=())
    last = "no api-version that was tried shows them"
    for api_version in LADDER:
        reply = world.arm.get(registry.id, api_version)
        if isinstance(reply, HttpReply) and reply.status == 400:
            continue  # this cloud does not serve that api-version
        body = arm_answer.read(reply)
        if isinstance(body, arm_answer.Hidden):
            last = body.why
            continue
        found = parse(body)
        if found is not None:
            return found
    return NetworkRulesHidden(why=last)


def parse(body: dict[str, Json]) -> NetworkRules | None:
    """Give the rules, or None where this answer leaves the key, or the id of a rule, out."""
    rules = answers.table(answers.table(body, "properties"), "networkRuleSet")
    listed = arm_answer.listed(rules, "virtualNetworkRules")
    ids = tuple(map(_subnet_id, listed or ()))
    if listed is None or "virtualNetworkRules" not in rules or not all(ids):
        return None
    return NetworkRules(subnet_ids=ids)


def _subnet_id(row: dict[str, Json]) -> str:
    names = ("virtualNetworkSubnetResourceId", "virtualNetworkResourceId", "id")
    return next(filter(None, (answers.text(row, name) for name in names)), "")


CHECK = Check(
    id="network-rules",
    title="the registry's VNet rules can be read",
    gather=gather,
    asks=(asks.resource("Microsoft.ContainerRegistry/registries", "the VNet rules"),),
)
