"""Whether Microsoft.ContainerRegistry is registered in the VNet's subscription.

Without it the registry is not told of the VNet's subnets, and a rule for one has no effect.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.interface import Interface
from checks.ports import World
from checks.replies import Failure, HttpReply

_RESOURCES = "2021-04-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider(Fact):
    subscription: str
    state: str  # registrationState

    @property
    def registered(self) -> bool:
        return self.state.lower() == "registered"

    @property
    def health(self) -> Health:
        return Health.OK if self.registered else Health.FAIL

    @property
    def summary(self) -> str:
        return f"Microsoft.ContainerRegistry is {self.state} in subscription {self.subscription}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHidden(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"provider registration unknown: {self.why}"

    @property
    def limit(self) -> str:
        return f"The provider's registration in the VNet's subscription is unknown: {self.why}."


def gather(world: World, interface: Interface) -> Provider | ProviderHidden:
    subscription = arm_answer.part(interface.subnet_id, "subscriptions")
    if not subscription:
        return ProviderHidden(why="the subnet's id names no subscription")
    path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry"
    return parse(world.arm.get(path, _RESOURCES), subscription)


def parse(reply: HttpReply | Failure, subscription: str) -> Provider | ProviderHidden:
    body = arm_answer.read(reply)
    if isinstance(body, arm_answer.Hidden):
        return ProviderHidden(why=body.why)
    state = answers.text(body, "registrationState")
    if not state:
        return ProviderHidden(why="the answer states no registration")
    return Provider(subscription=subscription, state=state)


CHECK = Check(
    id="provider",
    title="the provider is registered in the VNet's subscription",
    gather=gather,
    asks=(
        asks.arm(
            f"{asks.SUBSCRIPTION}/providers/Microsoft.ContainerRegistry",
            "Microsoft.Resources/subscriptions/providers/read",
            "is the provider registered",
        ),
    ),
)
