"""The Entra tenants of this machine's identity and of the registry's subscription.

A token says its own tenant. The subscription's stands in ARM, which refuses a token of another
tenant before it looks at anybody's rights, and mostly names the right tenant in its words
(https://github.com/Azure/azure-sdk-for-net/issues/49391).
"""

import re
from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Health, Unseen
from checks.identity import Identity
from checks.ports import World
from checks.registry import Registry
from checks.replies import Failure, HttpReply
from checks.target import Asked

_API = "2022-12-01"
_MUST_MATCH = re.compile(
    r"must match the tenant '[^']{0,60}?(?P<tenant>[0-9a-f-]{36})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenants(Fact):
    own: str
    home: str  # the registry's; empty where it is only known to be another
    subscription: str  # the registry's

    @property
    def differ(self) -> bool:
        return self.own.lower() != self.home.lower()

    @property
    def health(self) -> Health:
        return Health.FAIL if self.differ else Health.OK

    @property
    def summary(self) -> str:
        if not self.differ:
            return f"the identity and the registry are in tenant {self.own}"
        home = self.home or "another tenant"
        return f"the identity is in tenant {self.own}, the registry in {home}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantUnknown(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"the registry's tenant is unknown: {self.why}"


def gather(
    world: World, asked: Asked, identity: Identity, registry: Registry | None
) -> Tenants | TenantUnknown:
    place = registry.id if registry else asked.registry_id
    subscription = arm_answer.part(place, "subscriptions")
    if not identity.tenant:
        return TenantUnknown(why="the identity's token does not say its own")
    if not subscription:
        return TenantUnknown(why="its subscription is unknown; --registry-id ID would supply it")
    reply = world.arm.get(f"/subscriptions/{subscription}", _API)
    return parse(reply, own=identity.tenant, subscription=subscription)


def parse(reply: HttpReply | Failure, *, own: str, subscription: str) -> Tenants | TenantUnknown:
    body = arm_answer.read(reply)
    if not isinstance(body, arm_answer.Hidden):
        home = answers.text(body, "tenantId")
        if not home:
            return TenantUnknown(why="Azure Resource Manager's answer does not say it")
        return Tenants(own=own, home=home, subscription=subscription)
    error = {} if isinstance(reply, Failure) else answers.table(answers.json_of(reply), "error")
    if answers.text(error, "code") != "InvalidAuthenticationTokenTenant":
        return TenantUnknown(why=body.why)
    said = _MUST_MATCH.search(answers.text(error, "message"))
    home = said["tenant"] if said else ""
    if home.lower() == own.lower():
        return TenantUnknown(why="Azure Resource Manager contradicts itself")
    return Tenants(own=own, home=home, subscription=subscription)


CHECK = Check(
    id="tenant",
    title="identity and registry are in one tenant",
    gather=gather,
    asks=(
        asks.arm(
            asks.SUBSCRIPTION, "Microsoft.Resources/subscriptions/read", "the registry's tenant"
        ),
    ),
)
