"""The registry's private endpoints: where they stand, their state and addresses, from ARM.

The registry lists connections only; an endpoint is often in a subscription that this machine's
identity may not read. What could not be read is marked, and never taken for absent.
"""

from dataclasses import dataclass

from checks import answers, arm_answer, asks
from checks.contract import Check, Fact, Health
from checks.ports import World
from checks.registry import Connection, Registry
from checks.replies import Json
from checks.together import together

_NETWORK, _MOST = "2024-05-01", 10  # the api-version, and how many endpoints are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """``hidden`` says why it could not be read; then subnet, addresses and zone are unknown."""

    connection: Connection
    subnet_id: str = ""
    addresses: tuple[tuple[str, str], ...] = ()  # name in lower case, address
    zone_id: str = ""  # the private DNS zone that its zone group keeps, or empty
    hidden: str = ""

    @property
    def id(self) -> str:
        return self.connection.endpoint_id

    @property
    def name(self) -> str:
        return arm_answer.part(self.id, "privateEndpoints") or self.connection.name

    @property
    def approved(self) -> bool:
        return self.connection.approved

    @property
    def vnet_id(self) -> str:
        return self.subnet_id.lower().partition("/subnets/")[0]

    def address_of(self, name: str) -> str:
        """Give its own address for one of the registry's names, or an empty string."""
        return next((ip for fqdn, ip in self.addresses if fqdn == name.lower()), "")

    @property
    def summary(self) -> str:
        told = ", ".join(f"{fqdn} at {ip}" for fqdn, ip in self.addresses)
        where = f" in {arm_answer.part(self.subnet_id, 'virtualNetworks')}" * bool(self.subnet_id)
        seen = f"not readable ({self.hidden})" if self.hidden else told or "without addresses"
        return f"{self.name}{where} is {self.connection.status or 'of unknown state'}, {seen}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEndpoints(Fact):
    """Every connection that the registry lists; none at all is an empty tuple."""

    endpoints: tuple[Endpoint, ...]

    @property
    def complete(self) -> bool:
        return not any(endpoint.hidden for endpoint in self.endpoints)

    @property
    def health(self) -> Health:
        return Health.OK if self.complete else Health.UNKNOWN

    @property
    def summary(self) -> str:
        return "; ".join(e.summary for e in self.endpoints) or "the registry has none"

    @property
    def limit(self) -> str:
        names = ", ".join(e.name for e in self.endpoints if e.hidden)
        right = "Microsoft.Network/privateEndpoints/read on it would show its address"
        return f"Private endpoint {names} could not be read; {right}." if names else ""


def gather(world: World, registry: Registry) -> PrivateEndpoints:
    known = registry.private_endpoints
    read = together(lambda one: _read(world, one), known[:_MOST])
    more = [Endpoint(connection=one, hidden="too many to read") for one in known[_MOST:]]
    return PrivateEndpoints(endpoints=(*read, *more))


def _read(world: World, one: Connection) -> Endpoint:
    if not one.endpoint_id:
        return Endpoint(connection=one, hidden="the connection names no endpoint")
    body = arm_answer.read(world.arm.get(one.endpoint_id, _NETWORK))
    if isinstance(body, arm_answer.Hidden):
        return Endpoint(connection=one, hidden=body.why)
    told = from_configurations(properties := answers.table(body, "properties"))
    for row in () if told else answers.rows(properties, "networkInterfaces"):
        nic = arm_answer.read(world.arm.get(answers.text(row, "id"), _NETWORK))
        if isinstance(nic, arm_answer.Hidden):
            return Endpoint(connection=one, hidden=f"its network interface: {nic.why}")
        told += from_interface(nic)
    if not all(address for _, address in told) or not told:  # each endpoint has some
        return Endpoint(connection=one, hidden="the answer names no address of it")
    groups = arm_answer.read(world.arm.get(f"{one.endpoint_id}/privateDnsZoneGroups", _NETWORK))
    return Endpoint(
        connection=one,
        subnet_id=answers.text(answers.table(properties, "subnet"), "id"),
        addresses=tuple(sorted(told)),
        zone_id="" if isinstance(groups, arm_answer.Hidden) else zone_in(groups),
    )


def from_configurations(properties: dict[str, Json]) -> tuple[tuple[str, str], ...]:
    """Read ``customDnsConfigs``, which is empty where the endpoint has a zone group."""
    return tuple(
        (answers.text(row, "fqdn").lower(), ip)
        for row in answers.rows(properties, "customDnsConfigs")
        for ip in answers.texts(row, "ipAddresses")
    )


def from_interface(nic: dict[str, Json]) -> tuple[tuple[str, str], ...]:
    """Read the names and addresses from the endpoint's network interface."""
    return tuple(
        (fqdn.lower(), answers.text(row, "privateIPAddress"))
        for one in answers.rows(answers.table(nic, "properties"), "ipConfigurations")
        for row in (answers.table(one, "properties"),)
        for fqdn in answers.texts(answers.table(row, "privateLinkConnectionProperties"), "fqdns")
    )


def zone_in(groups: dict[str, Json]) -> str:
    """Give the registry's private zone among those that a zone group keeps, or ''."""
    for group in answers.rows(groups, "value"):
        for row in answers.rows(answers.table(group, "properties"), "privateDnsZoneConfigs"):
            zone = answers.text(answers.table(row, "properties"), "privateDnsZoneId")
            if arm_answer.part(zone, "privateDnsZones").lower().startswith("privatelink.azurecr"):
                return zone
    return ""


CHECK = Check(
    id="private-endpoint",
    title="the registry's private endpoints can be read",
    gather=gather,
    asks=(
        asks.resource("Microsoft.Network/privateEndpoints", "the registry's private addresses"),
        asks.resource("Microsoft.Network/networkInterfaces", "the private endpoint's addresses"),
        asks.resource("Microsoft.Network/privateEndpoints/privateDnsZoneGroups/", "its DNS zone"),
    ),
)
