"""PUT of a subnet, and the rules of its network security group.

A subnet has no PATCH: az reads it, changes it and puts the whole of it back, so what a caller
leaves out is gone.
"""

from diagnose.lab.arm_change import Change, Json, part, rows
from diagnose.lab.arm_errors import child_not_found, error, not_found
from diagnose.lab.arm_network import has_nsg, sibling, subnet_body
from diagnose.lab.arm_routing import group_named, rule_body, rules_of
from diagnose.lab.cloud import Cloud, SecurityRule, ServiceEndpoint, Subnet, Vnet
from diagnose.lab.http import Response, as_json

_PAIRS = {"eastus": "westus", "westus": "eastus", "westeurope": "northeurope"}
_SERVICES = {
    f"Microsoft.{name}"
    for name in (
        *("AzureActiveDirectory", "AzureCosmosDB", "CognitiveServices", "ContainerRegistry"),
        *("EventHub", "KeyVault", "ServiceBus", "Sql", "Storage", "Storage.Global", "Web"),
    )
}
_KEPT = (
    ("networkSecurityGroup", "networkSecurityGroups", "nsg"),
    ("routeTable", "routeTables", "rt"),
)


def subnet(cloud: Cloud, change: Change) -> Response:
    """PUT of a subnet that exists; its service endpoints are provisioned anew."""
    vnet = next((v for v in cloud.vnets if v.id.lower() == change.parent.lower()), None)
    found = cloud.subnet(change.path)
    if vnet is None or found is None:
        return child_not_found(change.path)
    wanted = change.properties
    if refused := _refused(cloud, found, wanted):
        return refused
    # That a service named twice is listed once is assumed.
    named: dict[str, Json] = {}
    for row in rows(wanted, "serviceEndpoints"):
        named.setdefault(row["service"], row)
    found.service_endpoints = [_endpoint(row, vnet) for row in named.values()]
    found.storage_policy = bool(wanted.get("serviceEndpointPolicies"))
    if not part(wanted, "networkSecurityGroup"):
        found.nsg = False
        for held in (found.blocked, found.allowed, found.security_rules):
            held.clear()
    if not part(wanted, "routeTable"):
        found.route_table, found.nva_public_ip = False, None
    _way_out(cloud, found, wanted)
    return as_json(200, subnet_body(found))


def _endpoint(row: Json, vnet: Vnet) -> ServiceEndpoint:
    """Regions that are left out are Azure's to choose: the pair for Storage, else all."""
    regions = [vnet.location, *filter(None, [_PAIRS.get(vnet.location)])]
    chosen = row.get("locations") or (regions if row["service"] == "Microsoft.Storage" else ["*"])
    return ServiceEndpoint(row["service"], locations=list(chosen))


def _way_out(cloud: Cloud, found: Subnet, wanted: Json) -> None:
    """The NAT gateway, and whether there is any way out, where the caller changes either."""
    gateway = part(wanted, "natGateway").get("id", "")
    closed = wanted.get("defaultOutboundAccess") is False
    before = part(subnet_body(found)["properties"], "natGateway").get("id", "")
    if gateway.lower() == before.lower() and closed is not found.outbound:
        return
    from_there = _attached(cloud, gateway, "natGateways", "nat")
    found.nat_public_ip = from_there.nat_public_ip if from_there else None
    found.outbound = bool(found.nat_public_ip) or not closed
    if found.nat_public_ip:
        found.snat_every = 0  # a gateway brings 64,512 ports for each of its addresses


def _attached(cloud: Cloud, resource_id: str, kind: str, suffix: str) -> Subnet | None:
    every = (s for v in cloud.vnets for s in v.subnets)
    return next((s for s in every if sibling(s, kind, suffix).lower() == resource_id.lower()), None)


def _refused(cloud: Cloud, found: Subnet, wanted: Json) -> Response | None:
    prefixes = wanted.get("addressPrefixes") or [wanted.get("addressPrefix")]
    if prefixes != [found.prefix]:
        text = f"The address prefix of subnet {found.name} is in use and cannot be changed."
        return error(400, "InUsePrefixCannotBeDeleted", text)
    for row in rows(wanted, "serviceEndpoints"):
        if row.get("service") not in _SERVICES:
            text = f"The service endpoint '{row.get('service')}' is not a service that exists."
            return error(400, "InvalidServiceEndpoint", text)
    for key, kind, suffix in _KEPT:
        asked = part(wanted, key).get("id")
        if asked and asked.lower() != sibling(found, kind, suffix).lower():
            return _dangling(asked, found)
    gateway = part(wanted, "natGateway").get("id")
    if gateway:
        other = _attached(cloud, gateway, "natGateways", "nat")
        if other is None or not other.nat_public_ip:
            return _dangling(gateway, found)
    return None


def _dangling(asked: str, found: Subnet) -> Response:
    text = f"Resource {asked} referenced by resource {found.id} was not found. Please make sure "
    text += "that the referenced resource exists, and that both resources are in the same region."
    return error(400, "InvalidResourceReference", text, details=[])


def rule(cloud: Cloud, change: Change) -> Response:
    """PUT or DELETE of a security rule."""
    group = change.parent
    found = group_named(cloud, group)
    if found is None:
        return not_found(group)
    name = change.name.lower()
    if change.method == "DELETE":
        before = len(found.security_rules)
        found.security_rules[:] = [r for r in found.security_rules if r.name.lower() != name]
        found.nsg = found.nsg or not has_nsg(found)  # the group outlives its last rule
        return Response(200 if len(found.security_rules) < before else 204)
    wanted = _rule(change)
    if isinstance(wanted, Response):
        return wanted
    for other in rules_of(found):
        if other.priority == wanted.priority and other.name.lower() != name:
            text = f"Security rule {wanted.name} conflicts with rule {other.name}. Rules cannot "
            text += "have the same Priority and Direction."
            return error(400, "SecurityRuleConflict", text, details=[])
    kept = [r for r in found.security_rules if r.name.lower() != name]
    found.security_rules[:] = [*kept, wanted]
    return as_json(201, rule_body(group, wanted))


def _rule(change: Change) -> SecurityRule | Response:
    asked = change.properties
    priority, access = asked.get("priority"), asked.get("access")
    is_outbound = asked.get("direction") == "Outbound"
    if not (isinstance(priority, int) and 100 <= priority <= 4096):
        text = f"Security rule has invalid Priority. Value provided: {priority} Allowed range "
        return error(400, "SecurityRuleInvalidPriority", f"{text}100-4096.", details=[])
    if access not in ("Allow", "Deny") or not is_outbound:
        text = "The lab takes outbound rules that allow or deny."
        return error(400, "InvalidRequestFormat", text)
    return SecurityRule(
        change.name,
        priority,
        access,
        _one(asked, "destinationAddressPrefix", "destinationAddressPrefixes"),
        str(asked.get("protocol", "*")),
        _one(asked, "destinationPortRange", "destinationPortRanges"),
    )


def _one(asked: Json, single: str, plural: str) -> str:
    """The lab's rules have one destination and one range of ports."""
    return str(asked.get(single) or next(iter(asked.get(plural) or ()), "*"))
