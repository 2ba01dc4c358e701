"""The registry's own settings, from ARM."""

from dataclasses import dataclass

from checks import answers, arm_answer, asks, registry_list
from checks.contract import Check, Fact, Unseen
from checks.instance import Instance
from checks.ports import World
from checks.replies import Json
from checks.target import Asked, Target

_ABAC = "abacrepositorypermissions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One private endpoint connection, as the registry lists it."""

    name: str
    endpoint_id: str  # the private endpoint's id
    status: str  # Approved | Pending | Rejected | Disconnected

    @property
    def approved(self) -> bool:
        return self.status.lower() == "approved"


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
    private_endpoints: tuple[Connection, ...]
    abac: bool
    quarantine: bool = False  # new images are withheld until a scanner lets them go
    arm_audience: bool | None = None  # takes Entra tokens made for ARM; None: not said
    customer_key: str = ""  # the Key Vault key; "?" where one is in use that is not named

    @property
    def premium(self) -> bool:
        return self.sku.lower() in ("premium", "")  # one that is not said proves nothing

    @property
    def summary(self) -> str:
        access = "enabled" if self.public_access else "DISABLED"
        action = self.default_action or "no network rules"
        return f"{self.name} is {self.sku}, public access {access}, default action {action}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHidden(Unseen):
    why: str

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
        body = arm_answer.read(registry_list.get(world, asked.registry_id))
        if isinstance(body, arm_answer.Hidden):
            return RegistryHidden(why=body.why)
        return parse(body, target)
    if instance is None or not instance.subscription:
        return RegistryHidden(why="its subscription is unknown; --registry-id ID would supply it")
    row = registry_list.find(world, target, instance.subscription)
    return RegistryHidden(why=row.why) if isinstance(row, arm_answer.Hidden) else parse(row, target)


def parse(body: dict[str, Json], target: Target) -> Registry | RegistryHidden:
    properties = answers.table(body, "properties")
    server = answers.text(properties, "loginServer")
    if server.lower() not in (target.login_server, *registry_list.home_servers(target)):
        return RegistryHidden(why=f"that resource's login server is {server or 'not stated'}")
    policies = answers.table(properties, "policies")
    listed = arm_answer.listed(properties, "privateEndpointConnections")
    connections = tuple(map(_connection, listed or ()))
    ranges = registry_list.ip_ranges(properties)
    if listed is None or ranges is None or not all(one.status for one in connections):
        return RegistryHidden(why="the answer's lists of IP rules and endpoints are none")
    return Registry(
        id=answers.text(body, "id"),
        name=answers.text(body, "name"),
        sku=answers.text(answers.table(body, "sku"), "name"),
        location=answers.text(body, "location"),
        public_access=answers.text(properties, "publicNetworkAccess").lower() != "disabled",
        default_action=answers.text(answers.table(properties, "networkRuleSet"), "defaultAction"),
        ip_ranges=ranges,
        data_endpoint=properties.get("dataEndpointEnabled") is True,
        private_endpoints=connections,
        abac=answers.text(properties, "roleAssignmentMode").lower() == _ABAC,
        quarantine=_enabled(answers.table(policies, "quarantinePolicy")),
        arm_audience=_arm_audience(policies),
        customer_key=_key(answers.table(properties, "encryption")),
    )


def _connection(row: dict[str, Json]) -> Connection:
    properties = answers.table(row, "properties")
    state = answers.table(properties, "privateLinkServiceConnectionState")
    return Connection(
        name=answers.text(row, "name"),
        endpoint_id=answers.text(answers.table(properties, "privateEndpoint"), "id"),
        status=answers.text(state, "status"),
    )


def _enabled(policy: Json) -> bool:
    return answers.text(policy, "status").lower() == "enabled"


def _arm_audience(policies: Json) -> bool | None:
    policy = answers.table(policies, "azureADAuthenticationAsArmPolicy")
    return _enabled(policy) if answers.text(policy, "status") else None


def _key(encryption: dict[str, Json]) -> str:
    named = answers.text(answers.table(encryption, "keyVaultProperties"), "keyIdentifier")
    return (named or "?") if _enabled(encryption) else ""


CHECK = Check(
    id="registry",
    title="the registry's settings can be read",
    gather=gather,
    asks=(
        asks.resource("Microsoft.ContainerRegistry/registries", "its settings, with --registry-id"),
        asks.arm(
            f"{asks.SUBSCRIPTION}/providers/Microsoft.ContainerRegistry/registries",
            "Microsoft.ContainerRegistry/registries/read",
            "finds the registry by its login server",
        ),
        asks.arm("/subscriptions", "", "where else to look for the registry"),
    ),
)
