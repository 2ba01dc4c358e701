"""The effective routes and rules of the VM's NIC: actions that read, which Reader lacks.

Real ARM answers 202 first and the result later; here the result comes at once.
"""

from typing import Any

from diagnose.lab.arm_change import Change
from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import has_nsg, sibling
from diagnose.lab.arm_routing import rules_of
from diagnose.lab.caller import ACR_SERVICE, endpoint_on
from diagnose.lab.cloud import Cloud, Subnet
from diagnose.lab.http import Response, as_json

_STORAGE = "Microsoft.Storage"


def _route(prefix: str, hop: str, source: str = "Default") -> dict[str, Any]:
    return {
        "source": source,
        "state": "Active",
        "addressPrefix": [prefix],
        "nextHopType": hop,
        "nextHopIpAddress": [],
    }


def _is_ours(cloud: Cloud, change: Change) -> bool:
    return cloud.vm.kind != "uniform" and change.on.lower() == cloud.vm.nic_id.lower()


def _routes(cloud: Cloud, subnet: Subnet) -> list[dict[str, Any]]:
    """By longest prefix: what is diverted, the endpoints' services, and the way out."""
    found = [_route(vnet.prefix, "VnetLocal") for vnet in cloud.vnets if subnet in vnet.subnets]
    at = cloud.addresses
    for service, address in ((ACR_SERVICE, at["registry"]), (_STORAGE, at["layers"])):
        if service == ACR_SERVICE and "AzureContainerRegistry" in subnet.diverted:
            found.append(_route(f"{address}/32", "VirtualAppliance", "User"))
        elif endpoint_on(cloud, subnet, service):
            found.append(_route(f"{address}/32", "VirtualNetworkServiceEndpoint"))
    if subnet.nva_public_ip:
        found.append(_route("0.0.0.0/0", "VirtualAppliance", "User"))
    elif subnet.outbound:
        found.append(_route("0.0.0.0/0", "Internet"))
    else:
        found.append(_route("0.0.0.0/0", "None"))
    return found


def routes(cloud: Cloud, change: Change) -> Response:
    """POST of effectiveRouteTable."""
    if not _is_ours(cloud, change):
        return not_found(change.path)
    return as_json(200, {"value": _routes(cloud, cloud.vm_subnet)})


def groups(cloud: Cloud, change: Change) -> Response:
    """POST of effectiveNetworkSecurityGroups."""
    if not _is_ours(cloud, change):
        return not_found(change.path)
    subnet = cloud.vm_subnet
    if not has_nsg(subnet):
        return as_json(200, {"value": []})
    rules = [
        {
            "name": f"securityRules/{rule.name}",
            "protocol": rule.protocol,
            "direction": "Outbound",
            "access": rule.access,
            "priority": rule.priority,
            "destinationAddressPrefix": rule.to,
            "destinationPortRange": rule.ports,
        }
        for rule in rules_of(subnet)
    ]
    group = {"id": sibling(subnet, "networkSecurityGroups", "nsg")}
    held = {"networkSecurityGroup": group, "association": {"subnet": {"id": subnet.id}}}
    return as_json(200, {"value": [{**held, "effectiveSecurityRules": rules}]})
