"""Private endpoints as ARM shows them: the endpoint, its network interface, its zone group."""

from typing import Any

from diagnose.lab import arm_network
from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import endpoint_id, group_of, resource
from diagnose.lab.cloud import Cloud, PrivateEndpoint
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.places import data_host, login_server

_NET = "Microsoft.Network/"
_GUID = "00000000-0000-0000-0000-0000000000fe"


def _named(cloud: Cloud, path: str) -> PrivateEndpoint | None:
    every = cloud.registry.private_endpoints
    return next((pe for pe in every if endpoint_id(cloud, pe).lower() == path.lower()), None)


def _nic_id(cloud: Cloud, pe: PrivateEndpoint) -> str:
    return f"{group_of(endpoint_id(cloud, pe))}/networkInterfaces/{pe.name}.nic.{_GUID}"


def private_endpoint(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a private endpoint. With a zone group it lists no customDnsConfigs [W]."""
    pe = _named(cloud, path)
    if pe is None:
        return not_found(path)
    link = {
        "privateLinkServiceId": cloud.registry.id,
        "groupIds": ["registry"],
        "privateLinkServiceConnectionState": {"status": pe.status, "actionsRequired": "None"},
    }
    told = [
        {"fqdn": login_server(cloud), "ipAddresses": [pe.address]},
        {"fqdn": data_host(cloud), "ipAddresses": [pe.data_address]},
    ]
    body = {
        "provisioningState": "Succeeded",
        "subnet": {"id": pe.subnet_id or cloud.vm.subnet_id},
        "privateLinkServiceConnections": [{"name": pe.name, "properties": link}],
        "manualPrivateLinkServiceConnections": [],
        "networkInterfaces": [{"id": _nic_id(cloud, pe)}],
        "customDnsConfigs": [] if pe.zone_id else told,
    }
    return as_json(200, resource(path, _NET + "privateEndpoints", body, cloud.vm.location))


def nic(cloud: Cloud, path: str, request: Request) -> Response:
    """GET of a network interface: a private endpoint's, or the VM's."""
    every = cloud.registry.private_endpoints
    pe = next((p for p in every if _nic_id(cloud, p).lower() == path.lower()), None)
    if pe is None:
        return arm_network.nic(cloud, path, request)
    region = cloud.registry.location
    members = (
        (f"registry_data_{region}", pe.data_address, data_host(cloud)),
        ("registry", pe.address, login_server(cloud)),
    )
    configurations = [_configuration(cloud, path, pe, *member) for member in members]
    body = {"provisioningState": "Succeeded", "ipConfigurations": configurations}
    return as_json(200, resource(path, _NET + "networkInterfaces", body, cloud.vm.location))


def _configuration(
    cloud: Cloud, path: str, pe: PrivateEndpoint, member: str, address: str, host: str
) -> dict[str, Any]:
    properties = {
        "provisioningState": "Succeeded",
        "privateIPAddress": address,
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": pe.subnet_id or cloud.vm.subnet_id},
        "privateLinkConnectionProperties": {
            "groupId": "registry",
            "requiredMemberName": member,
            "fqdns": [host],
        },
    }
    return resource(
        f"{path}/ipConfigurations/{member}", _NET + "networkInterfaces/ipConfigurations", properties
    )


def zone_groups(cloud: Cloud, path: str, _request: Request) -> Response:
    """The list of a private endpoint's zone groups; it has one or none."""
    pe = _named(cloud, path.rsplit("/", 1)[0])
    if pe is None:
        return not_found(path)
    config = {
        "name": "registry",
        "properties": {"provisioningState": "Succeeded", "privateDnsZoneId": pe.zone_id},
    }
    body = {"provisioningState": "Succeeded", "privateDnsZoneConfigs": [config]}
    kind = _NET + "privateEndpoints/privateDnsZoneGroups"
    return as_json(200, {"value": [resource(f"{path}/default", kind, body)] if pe.zone_id else []})
