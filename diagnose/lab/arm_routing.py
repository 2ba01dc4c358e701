"""What ARM shows around a subnet: NSG, route table, NAT gateway and its address."""

import ipaddress
from typing import Any

from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import group_of, has_nsg, has_routes, resource, sibling
from diagnose.lab.cloud import Cloud, SecurityRule, Subnet
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.parts import ALLOWED, DENIED

_NET = "Microsoft.Network/"


def subnet_of(cloud: Cloud, path: str, kind: str, suffix: str) -> Subnet | None:
    """The subnet to which the resource with this id is attached."""
    every = (s for v in cloud.vnets for s in v.subnets)
    return next((s for s in every if sibling(s, kind, suffix).lower() == path.lower()), None)


def _is_destination(key: str) -> str:
    """Roles and hosts cannot stand in an NSG; they are left out of what ARM shows."""
    try:
        return str(ipaddress.ip_address(key))
    except ValueError:
        return key if key[:1].isupper() and "." not in key else ""


def rules_of(subnet: Subnet) -> list[SecurityRule]:
    """Every outbound rule that ARM shows for a subnet, those that the state only implies too."""
    found = list(subnet.security_rules)
    for access, first, keys in (
        ("Allow", ALLOWED, subnet.allowed),
        ("Deny", DENIED, subnet.blocked),
    ):
        for n, to in enumerate(filter(None, map(_is_destination, sorted(keys)))):
            found.append(SecurityRule(f"{access.lower()}-{to}", first + n, access, to))
    return sorted(found, key=lambda rule: rule.priority)


def rule_body(group: str, rule: SecurityRule) -> dict[str, Any]:
    """One rule of an NSG."""
    properties = {
        "provisioningState": "Succeeded",
        "protocol": rule.protocol,
        "sourcePortRange": "*",
        "destinationPortRange": rule.ports,
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": rule.to,
        "access": rule.access,
        "priority": rule.priority,
        "direction": "Outbound",
    }
    kind = _NET + "networkSecurityGroups/securityRules"
    return resource(f"{group}/securityRules/{rule.name}", kind, properties)


def group_named(cloud: Cloud, path: str) -> Subnet | None:
    """The subnet whose NSG has this id."""
    found = subnet_of(cloud, path, "networkSecurityGroups", "nsg")
    return found if found and has_nsg(found) else None


def security_group(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet's NSG."""
    found = group_named(cloud, path)
    if found is None:
        return not_found(path)
    rules = [rule_body(path, rule) for rule in rules_of(found)]
    body = {"provisioningState": "Succeeded", "securityRules": rules, "defaultSecurityRules": []}
    return as_json(200, resource(path, _NET + "networkSecurityGroups", body, cloud.vm.location))


def route_table(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet's route table."""
    found = subnet_of(cloud, path, "routeTables", "rt")
    if found is None or not has_routes(found):
        return not_found(path)
    hop = {"nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4"}
    properties = {"provisioningState": "Succeeded", "addressPrefix": "0.0.0.0/0", **hop}
    routes = [resource(f"{path}/routes/default", _NET + "routeTables/routes", properties)]
    body = {
        "provisioningState": "Succeeded",
        "disableBgpRoutePropagation": False,
        "routes": routes if found.nva_public_ip else [],
    }
    return as_json(200, resource(path, _NET + "routeTables", body, cloud.vm.location))


def nat_gateway(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet's NAT gateway."""
    found = subnet_of(cloud, path, "natGateways", "nat")
    if found is None or not found.nat_public_ip:
        return not_found(path)
    address = {"id": sibling(found, "publicIPAddresses", "nat-ip")}
    body = {"provisioningState": "Succeeded", "publicIpAddresses": [address]}
    return as_json(200, resource(path, _NET + "natGateways", body, cloud.vm.location))


def public_ip(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a public address."""
    vm = cloud.vm
    address = None
    if path.lower() == f"{group_of(vm.nic_id)}/publicIPAddresses/{vm.name}-ip".lower():
        address = vm.public_ip
    elif found := subnet_of(cloud, path, "publicIPAddresses", "nat-ip"):
        address = found.nat_public_ip
    if not address:
        return not_found(path)
    body = {"provisioningState": "Succeeded", "ipAddress": address}
    return as_json(200, resource(path, _NET + "publicIPAddresses", body, vm.location))
