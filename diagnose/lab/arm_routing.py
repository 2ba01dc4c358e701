"""What ARM shows around a subnet: NSG, route table, NAT gateway, private endpoints."""

import ipaddress
from typing import Any

from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import group_of, has_nsg, has_routes, resource, sibling
from diagnose.lab.cloud import Cloud, Subnet
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.places import data_host, login_server

_NET = "Microsoft.Network/"


def _subnet_of(cloud: Cloud, path: str, kind: str, suffix: str) -> Subnet | None:
    every = (s for v in cloud.vnets for s in v.subnets)
    return next((s for s in every if sibling(s, kind, suffix).lower() == path.lower()), None)


def _is_destination(key: str) -> str:
    """Roles and hosts cannot stand in an NSG; they are left out of what ARM shows."""
    try:
        return str(ipaddress.ip_address(key))
    except ValueError:
        return key if key[:1].isupper() and "." not in key else ""


def security_group(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet's NSG."""
    found = _subnet_of(cloud, path, "networkSecurityGroups", "nsg")
    if found is None or not has_nsg(found):
        return not_found(path)
    rules: list[dict[str, Any]] = []
    pairs = [("Allow", 100, found.allowed), ("Deny", 200, found.blocked)]
    for access, priority, keys in pairs:
        for n, destination in enumerate(filter(None, map(_is_destination, sorted(keys)))):
            properties = {
                "provisioningState": "Succeeded",
                "protocol": "*",
                "sourcePortRange": "*",
                "destinationPortRange": "*",
                "sourceAddressPrefix": "*",
                "destinationAddressPrefix": destination,
                "access": access,
                "priority": priority + n,
                "direction": "Outbound",
            }
            rules.append(
                resource(
                    f"{path}/securityRules/{access.lower()}-{destination}",
                    _NET + "networkSecurityGroups/securityRules",
                    properties,
                )
            )
    body = {"provisioningState": "Succeeded", "securityRules": rules, "defaultSecurityRules": []}
    return as_json(200, resource(path, _NET + "networkSecurityGroups", body, cloud.vm.location))


def route_table(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet's route table."""
    found = _subnet_of(cloud, path, "routeTables", "rt")
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
    found = _subnet_of(cloud, path, "natGateways", "nat")
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
    elif found := _subnet_of(cloud, path, "publicIPAddresses", "nat-ip"):
        address = found.nat_public_ip
    if not address:
        return not_found(path)
    body = {"provisioningState": "Succeeded", "ipAddress": address}
    return as_json(200, resource(path, _NET + "publicIPAddresses", body, vm.location))


def private_endpoint(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a private endpoint."""
    name = path.rsplit("/", 1)[1].lower()
    pe = next((p for p in cloud.registry.private_endpoints if p.name.lower() == name), None)
    if pe is None:
        return not_found(path)
    link = {
        "privateLinkServiceId": cloud.registry.id,
        "groupIds": ["registry"],
        "privateLinkServiceConnectionState": {"status": pe.status, "actionsRequired": "None"},
    }
    body = {
        "provisioningState": "Succeeded",
        "subnet": {"id": pe.subnet_id or cloud.vm.subnet_id},
        "privateLinkServiceConnections": [{"name": pe.name, "properties": link}],
        "customDnsConfigs": [
            {"fqdn": login_server(cloud), "ipAddresses": [pe.address]},
            {"fqdn": data_host(cloud), "ipAddresses": [pe.data_address]},
        ],
    }
    return as_json(200, resource(path, _NET + "privateEndpoints", body, cloud.vm.location))
