"""The registry's own settings, from ARM."""

from dataclasses import dataclass

from checks import answers, arm_answer
from checks.contract import Check, Fact, Health
from checks.instance import Instance
from checks.ports import Json, World
from checks.target import Asked, Target
from checks.together import together

API = "2025-11-01"  # GA; models everything but the VNet rules, which have a ladder of their own
_SUBSCRIPTIONS_API = "2022-12-01"
_MOST = 20  # other subscriptions that are searched


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry(Fact):
    id: str
    name: str
    sku: str
    location: str
    public_access: bool
    default_action: str  # Allow | Deny; empty where the SKU has no network rules
    ip_ranges: tuple[str, ...]
    data_endpoint: bool
    private_endpoints: tuple[tuple[str, str], ...]  # id, connection status
    abac: bool

    @property
    def premium(self) -> bool:
        return self.sku.lower() == "premium"

    @property
    def summary(self) -> str:
        access = "enabled" if self.public_access else "DISABLED"
        action = self.default_action or "no network rules"
        return f"{self.name} is {self.sku}, public access {access}, default action {action}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHidden(Fact):
    why: str

    @property
    def health(self) -> Health:
        return Health.UNKNOWN

    @property
    def summary(self) -> str:
        return f"registry settings unknown: {self.why}"

    @property
    def limit(self) -> str:
        return (
            f"The registry's settings could not be read ({self.why}); AcrPull does not include "
            "that right, Microsoft.ContainerRegistry/registries/read does."
        )


def gather(
    world: World, asked: Asked, target: Target, instance: Instance | None
) -> Registry | RegistryHidden:
    if asked.registry_id:
        body = arm_answer.read(world.arm.get(asked.registry_id, API))
        if isinstance(body, arm_answer.Hidden):
            return RegistryHidden(why=body.why)
        return parse(body, target)
    if instance is None or not instance.subscription:
        return RegistryHidden(why="its subscription is unknown; --registry-id ID would supply it")
    home = instance.subscription
    listed = in_subscription(world, home)
    hidden = listed if isinstance(listed, arm_answer.Hidden) else None
    if hidden and not hidden.denied:
        return RegistryHidden(why=hidden.why)  # no identity, no ARM: asking on would not help
    row = None if isinstance(listed, arm_answer.Hidden) else matching(listed, target)
    row = row or elsewhere(world, target, home)
    if row is None:
        why = "it is not among the registries that this identity may read"
        return RegistryHidden(why=hidden.why if hidden else why)
    return parse(row, target)


def elsewhere(world: World, target: Target, home: str) -> dict[str, Json] | None:
    """Look in the other subscriptions that this identity can see, all at the same time."""
    body = arm_answer.read(world.arm.get("/subscriptions", _SUBSCRIPTIONS_API))
    known = () if isinstance(body, arm_answer.Hidden) else subscriptions_in(body)
    others = [other for other in known if other.lower() != home.lower()][:_MOST]
    for rows in together(lambda other: in_subscription(world, other), others):
        found = None if isinstance(rows, arm_answer.Hidden) else matching(rows, target)
        if found:
            return found
    return None


def in_subscription(
    world: World, subscription: str
) -> tuple[dict[str, Json], ...] | arm_answer.Hidden:
    """List the registries of one subscription that this identity may read."""
    path = f"/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries"
    body = arm_answer.read(world.arm.get(path, API))
    return body if isinstance(body, arm_answer.Hidden) else answers.rows(body, "value")


def subscriptions_in(body: dict[str, Json]) -> tuple[str, ...]:
    ids = (answers.text(row, "subscriptionId") for row in answers.rows(body, "value"))
    return tuple(sorted(filter(None, ids)))


def matching(rows: tuple[dict[str, Json], ...], target: Target) -> dict[str, Json] | None:
    """Give the registry whose login server is the target's; its name may differ from the host's."""
    for row in rows:
        server = answers.text(answers.table(row, "properties"), "loginServer").lower()
        if server == target.login_server or server in _home_servers(target):
            return row
    return None


def _home_servers(target: Target) -> tuple[str, ...]:
    """Give the login server that a regional endpoint (name.region.geo.suffix) belongs to."""
    name, dot_geo, suffix = target.login_server.partition(".geo.")
    return (f"{name.split('.')[0]}.{suffix}",) if dot_geo else ()


def parse(body: dict[str, Json], target: Target) -> Registry | RegistryHidden:
    properties = answers.table(body, "properties")
    server = answers.text(properties, "loginServer")
    if server.lower() not in (target.login_server, *_home_servers(target)):
        return RegistryHidden(why=f"that resource's login server is {server or 'not stated'}")
    rules = answers.table(properties, "networkRuleSet")
    return Registry(
        id=answers.text(body, "id"),
        name=answers.text(body, "name"),
        sku=answers.text(answers.table(body, "sku"), "name"),
        location=answers.text(body, "location"),
        public_access=answers.text(properties, "publicNetworkAccess").lower() != "disabled",
        default_action=answers.text(rules, "defaultAction"),
        ip_ranges=tuple(answers.text(row, "value") for row in answers.rows(rules, "ipRules")),
        data_endpoint=properties.get("dataEndpointEnabled") is True,
        private_endpoints=tuple(
            _connection(row) for row in answers.rows(properties, "privateEndpointConnections")
        ),
        abac=answers.text(properties, "roleAssignmentMode") == "AbacRepositoryPermissions",
    )


def _connection(row: dict[str, Json]) -> tuple[str, str]:
    properties = answers.table(row, "properties")
    state = answers.table(properties, "privateLinkServiceConnectionState")
    endpoint = answers.text(answers.table(properties, "privateEndpoint"), "id")
    return endpoint or answers.text(row, "id"), answers.text(state, "status")


CHECK = Check(id="registry", title="the registry's settings can be read", gather=gather)
