"""Whether the subnets that the registry's VNet rules name still exist, asked of ARM one by one.

A rule carries no state of its own (its fields are the action and the subnet's id), so one whose
subnet was deleted looks like any other. It is asked for only after a refusal: a leftover rule on
a registry that lets this machine in is nobody's trouble here.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Health
from checks.interface import Interface
from checks.network_rules import NetworkRules
from checks.ports import World
from checks.refusal import Refused
from checks.replies import Failure, HttpReply
from checks.together import together

_NETWORK = "2024-05-01"
_MOST = 20  # subnets that are asked for, those nearest to this machine's first


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSubnets(Fact):
    """``gone`` are the ids that Azure does not know; ``unread`` counts those that stay unknown."""

    gone: tuple[str, ...]
    present: int
    unread: int

    @property
    def health(self) -> Health:
        if self.gone:
            return Health.FAIL
        return Health.UNKNOWN if self.unread else Health.OK

    @property
    def summary(self) -> str:
        told = [f"{self.present} of the other subnets with a rule exist"] if self.present else []
        names = [f"{vnet_of(one)}/{arm_answer.part(one, 'subnets')}" for one in self.gone]
        told += [f"no longer there: {', '.join(names)}"] if names else []
        told += [f"{self.unread} could not be read"] if self.unread else []
        return "; ".join(told) or "no other subnet has a rule"

    @property
    def limit(self) -> str:
        if not self.unread:
            return ""
        return f"Whether {self.unread} of the subnets with a rule still exist could not be read."


def gather(
    world: World, rules: NetworkRules, _refused: Refused, interface: Interface | None
) -> RuleSubnets:
    """Look each subnet up but this machine's own; the refusal is named as a need, see above."""
    own = interface.subnet_id if interface else ""
    others = [rule for rule in rules.subnet_ids if not arm_answer.same_id(rule, own)]
    asked = sorted(others, key=lambda rule: distance(rule, own))[:_MOST]
    replies = together(lambda rule: world.arm.get(rule, _NETWORK), asked)
    return parse(asked, replies, unasked=len(others) - len(asked))


def distance(rule: str, own: str) -> int:
    """Tell how far a rule's subnet is from this machine's: 0 the same names, 1 the same VNet."""
    same_vnet = vnet_of(rule).lower() == vnet_of(own).lower()
    same_name = arm_answer.part(rule, "subnets").lower() == arm_answer.part(own, "subnets").lower()
    return 0 if same_vnet and same_name else 1 if same_vnet else 2


def vnet_of(subnet_id: str) -> str:
    return arm_answer.part(subnet_id, "virtualNetworks")


def parse(
    subnet_ids: list[str], replies: list[HttpReply | Failure], *, unasked: int = 0
) -> RuleSubnets:
    states = [exists(reply) for reply in replies]
    return RuleSubnets(
        gone=tuple(
            one for one, is_there in zip(subnet_ids, states, strict=True) if is_there is False
        ),
        present=states.count(True),
        unread=states.count(None) + unasked,
    )


def exists(reply: HttpReply | Failure) -> bool | None:
    """None: not known. A subscription that is "not found" may belong to another tenant."""
    body = arm_answer.read(reply)
    if not isinstance(body, arm_answer.Hidden):
        return True
    error = answers.table(answers.json_of(reply), "error") if isinstance(reply, HttpReply) else {}
    foreign = answers.text(error, "code") == "SubscriptionNotFound"
    return False if body.gone and not foreign else None


CHECK = Check(
    id="rule-subnets",
    title="the subnets that the registry's rules name exist",
    gather=gather,
    asks=(
        asks.resource("Microsoft.Network/virtualNetworks/subnets", "do the rules' subnets exist"),
    ),
)
