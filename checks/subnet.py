"""The subnet of this machine: its service endpoints and its ways out, from ARM."""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Unseen
from checks.interface import Interface
from checks.ports import World
from checks.replies import Failure, HttpReply, Json

SERVICE = "Microsoft.ContainerRegistry"
_NETWORK = "2024-05-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEndpoint:
    service: str
    state: str  # provisioningState
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet(Fact):
    id: str
    prefixes: tuple[str, ...]
    endpoints: tuple[ServiceEndpoint, ...]
    endpoint_policies: tuple[str, ...]
    nat_gateway: str
    route_table: str
    security_group: str
    default_outbound: bool

    @property
    def name(self) -> str:
        return arm_answer.part(self.id, "subnets")

    @property
    def endpoint(self) -> ServiceEndpoint | None:
        """The endpoint for container registries, in whatever state, or None."""
        wanted = SERVICE.lower()
        return next((e for e in self.endpoints if e.service.lower() == wanted), None)

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(endpoint.service for endpoint in self.endpoints)

    @property
    def summary(self) -> str:
        if self.endpoint:
            return f"{self.name} has {SERVICE} ({self.endpoint.state})"
        listed = ", ".join(self.services) or "none"
        return f"{self.name} lacks {SERVICE}; service endpoints: {listed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubnetHidden(Unseen):
    id: str
    why: str

    @property
    def summary(self) -> str:
        return f"service endpoints unknown: {self.why}"

    @property
    def limit(self) -> str:
        return (
            f"The subnet's service endpoints could not be read ({self.why}); it needs "
            "Microsoft.Network/virtualNetworks/subnets/read on the subnet."
        )


def gather(world: World, interface: Interface) -> Subnet | SubnetHidden:
    return parse(world.arm.get(interface.subnet_id, _NETWORK), interface.subnet_id)


def parse(reply: HttpReply | Failure, subnet_id: str) -> Subnet | SubnetHidden:
    body = arm_answer.read(reply)
    if isinstance(body, arm_answer.Hidden):
        return SubnetHidden(id=subnet_id, why=body.why)
    properties = answers.table(body, "properties")
    if not properties:
        return SubnetHidden(id=subnet_id, why="the answer has no properties")
    listed = arm_answer.listed(properties, "serviceEndpoints")
    endpoints = tuple(map(_endpoint, listed or ()))
    if listed is None or not all(endpoint.service for endpoint in endpoints):
        return SubnetHidden(id=subnet_id, why="the answer's list of endpoints is not one")
    return Subnet(
        id=answers.text(body, "id") or subnet_id,
        prefixes=arm_answer.prefixes(properties),
        endpoints=endpoints,
        endpoint_policies=tuple(
            answers.text(row, "id") for row in answers.rows(properties, "serviceEndpointPolicies")
        ),
        nat_gateway=answers.text(answers.table(properties, "natGateway"), "id"),
        route_table=answers.text(answers.table(properties, "routeTable"), "id"),
        security_group=answers.text(answers.table(properties, "networkSecurityGroup"), "id"),
        default_outbound=properties.get("defaultOutboundAccess") is not False,
    )


def _endpoint(row: dict[str, Json]) -> ServiceEndpoint:
    return ServiceEndpoint(
        service=answers.text(row, "service"),
        state=answers.text(row, "provisioningState") or "Succeeded",
        locations=answers.texts(row, "locations"),
    )


CHECK = Check(
    id="subnet",
    title="the subnet's service endpoints can be read",
    gather=gather,
    asks=(asks.resource("Microsoft.Network/virtualNetworks/subnets", "its service endpoints"),),
)
