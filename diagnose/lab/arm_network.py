"""Subnet, VNet and network interface as ARM shows them."""

from typing import Any

from diagnose.lab.arm_errors import child_not_found, not_found
from diagnose.lab.cloud import Cloud, PrivateEndpoint, Subnet, Vnet
from diagnose.lab.http import Request, Response, as_json


def group_of(resource_id: str) -> str:
    """The Microsoft.Network prefix of a resource's group."""
    return "/".join(resource_id.split("/")[:5]) + "/providers/Microsoft.Network"


def sibling(subnet: Subnet, kind: str, suffix: str) -> str:
    """The id of what is attached to a subnet, named after it."""
    return f"{group_of(subnet.id)}/{kind}/{subnet.name}-{suffix}"


def endpoint_id(cloud: Cloud, endpoint: PrivateEndpoint) -> str:
    """A private endpoint's own id: it stands in the group of its subnet."""
    return f"{group_of(endpoint.subnet_id or cloud.vm.nic_id)}/privateEndpoints/{endpoint.name}"


def has_nsg(subnet: Subnet) -> bool:
    """Whether ARM shows a network security group."""
    return bool(subnet.nsg or subnet.blocked or subnet.allowed or subnet.security_rules)


def has_routes(subnet: Subnet) -> bool:
    """Whether ARM shows a route table."""
    return bool(subnet.route_table or subnet.nva_public_ip)


def subnet_body(subnet: Subnet) -> dict[str, Any]:
    """A subnet, alone or inside its VNet."""
    found: dict[str, Any] = {"provisioningState": "Succeeded", "addressPrefix": subnet.prefix}
    if subnet.service_endpoints:  # absent, not [], when there is none [W]
        found["serviceEndpoints"] = [
            {
                "provisioningState": e.provisioning_state,
                "service": e.service,
                "locations": list(e.locations),
            }
            for e in subnet.service_endpoints
        ]
    if subnet.storage_policy:
        policy = sibling(subnet, "serviceEndpointPolicies", "policy")
        found["serviceEndpointPolicies"] = [{"id": policy}]
    if has_nsg(subnet):
        found["networkSecurityGroup"] = {"id": sibling(subnet, "networkSecurityGroups", "nsg")}
    if has_routes(subnet):
        found["routeTable"] = {"id": sibling(subnet, "routeTables", "rt")}
    if subnet.nat_public_ip:
        found["natGateway"] = {"id": sibling(subnet, "natGateways", "nat")}
    if not subnet.outbound:
        found["defaultOutboundAccess"] = False
    found |= {
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }
    return resource(subnet.id, "Microsoft.Network/virtualNetworks/subnets", found)


def resource(
    resource_id: str, kind: str, properties: dict[str, Any], location: str = ""
) -> dict[str, Any]:
    """The envelope of a network resource."""
    found: dict[str, Any] = {
        "name": resource_id.rsplit("/", 1)[1],
        "id": resource_id,
        "etag": 'W/"00000000-0000-0000-0000-000000000000"',
        "type": kind,
        "properties": properties,
    }
    return found | ({"location": location} if location else {})


def subnet(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a subnet."""
    found = cloud.subnet(path)
    return as_json(200, subnet_body(found)) if found else child_not_found(path)


def vnet(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a VNet, with its subnets."""
    found: Vnet | None = next((v for v in cloud.vnets if v.id.lower() == path.lower()), None)
    if found is None:
        return not_found(path)
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "addressSpace": {"addressPrefixes": [found.prefix]},
        "subnets": [subnet_body(s) for s in found.subnets],
        "virtualNetworkPeerings": [_peering(found, remote) for remote in found.peered],
        "enableDdosProtection": False,
    }
    if found.dns_servers:  # absent is Azure DNS
        properties["dhcpOptions"] = {"dnsServers": list(found.dns_servers)}
    kind = "Microsoft.Network/virtualNetworks"
    return as_json(200, resource(found.id, kind, properties, found.location))


def _peering(vnet: Vnet, remote: str) -> dict[str, Any]:
    kind = "virtualNetworkPeerings"
    properties = {
        "provisioningState": "Succeeded",
        "peeringState": "Connected",
        "remoteVirtualNetwork": {"id": remote},
    }
    name = f"{vnet.id}/{kind}/to-{remote.rsplit('/', 1)[1]}"
    return resource(name, f"Microsoft.Network/virtualNetworks/{kind}", properties)


def nic(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a network interface."""
    vm = cloud.vm
    if vm.kind == "uniform" or path.lower() != vm.nic_id.lower():
        return not_found(path)  # Uniform NICs live under Microsoft.Compute
    ip: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "privateIPAddress": vm.private_ip,
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": vm.subnet_id},
        "primary": True,
        "privateIPAddressVersion": "IPv4",
    }
    if vm.public_ip:
        ip["publicIPAddress"] = {"id": f"{group_of(vm.nic_id)}/publicIPAddresses/{vm.name}-ip"}
    config = resource(
        f"{vm.nic_id}/ipConfigurations/ipConfig1",
        "Microsoft.Network/networkInterfaces/ipConfigurations",
        ip,
    )
    properties = {
        "provisioningState": "Succeeded",
        "ipConfigurations": [config],
        "dnsSettings": {"dnsServers": [], "appliedDnsServers": []},
        "macAddress": "-".join(vm.mac[n : n + 2] for n in range(0, 12, 2)),
        "primary": True,
        "virtualMachine": {"id": vm.resource_id},
        "enableIPForwarding": False,
        "nicType": "Standard",
    }
    return as_json(
        200, resource(vm.nic_id, "Microsoft.Network/networkInterfaces", properties, vm.location)
    )
