"""Private DNS zones as ARM shows them: their links to the VM's VNet, their A records.

The state keeps zones by name, so every resource group that exists holds each of them.
"""

from typing import Any

from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import group_of, resource
from diagnose.lab.cloud import Cloud, Record
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.roles import may_read

_KIND = "Microsoft.Network/privateDnsZones"


def zone_of(path: str) -> str:
    """The zone's name in the id of the zone or of what is in it."""
    return path.lower().split("/privatednszones/")[1].split("/")[0]


def records_of(cloud: Cloud, zone: str) -> dict[str, list[Record]] | None:
    """A zone's records, linked or not; None where there is no such zone."""
    return cloud.dns.private.get(zone, cloud.dns.unlinked.get(zone))


def link_name(cloud: Cloud, zone: str) -> str:
    """The name of the link to the VM's VNet; empty where there is none."""
    if zone not in cloud.dns.private:
        return ""
    return cloud.dns.links.get(zone, f"{cloud.vm_vnet.id.rsplit('/', 1)[1]}-link")


def listing(cloud: Cloud, principal: str, request: Request) -> Response:
    """Every zone, for a caller that may read them in the VM's group."""
    group = group_of(cloud.vm.nic_id)
    prefix = request.path.lower().split("/providers/")[0] + "/"
    if not group.lower().startswith(prefix):
        return as_json(200, {"value": []})
    ids = (
        f"{group}/privateDnsZones/{z}" for z in sorted({**cloud.dns.private, **cloud.dns.unlinked})
    )
    seen = [one for one in ids if may_read(cloud, principal, f"{_KIND}/read", one)]
    return as_json(200, {"value": [resource(one, _KIND, {}, "global") for one in seen]})


def link_body(cloud: Cloud, path: str, zone: str) -> dict[str, Any]:
    """The link to the VM's VNet."""
    policy = "NxDomainRedirect" if zone in cloud.dns.fallback else "Default"
    properties = {
        "provisioningState": "Succeeded",
        "virtualNetworkLinkState": "Completed",
        "virtualNetwork": {"id": cloud.vm_vnet.id},
        "registrationEnabled": False,
        "resolutionPolicy": policy,
    }
    return resource(path, f"{_KIND}/virtualNetworkLinks", properties, "global")


def links(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a zone's links."""
    zone = zone_of(path)
    if records_of(cloud, zone) is None:
        return not_found(path.rsplit("/", 1)[0])
    name = link_name(cloud, zone)
    found = [link_body(cloud, f"{path}/{name}", zone)] if name else []
    return as_json(200, {"value": found})


def link(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of one link."""
    zone = zone_of(path)
    if path.rsplit("/", 1)[1].lower() != link_name(cloud, zone).lower():
        return not_found(path)
    return as_json(200, link_body(cloud, path, zone))


def record_body(path: str, held: list[Record]) -> dict[str, Any]:
    """A set of A records."""
    name, zone = path.rsplit("/", 1)[1], zone_of(path)
    properties = {
        "ttl": held[0].ttl if held else 3600,
        "fqdn": f"{name}.{zone}.",
        "isAutoRegistered": False,
        "aRecords": [{"ipv4Address": one.value} for one in held],
    }
    return resource(path, f"{_KIND}/A", properties)


def record(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a set of A records."""
    zone = zone_of(path)
    held = (records_of(cloud, zone) or {}).get(f"{path.rsplit('/', 1)[1].lower()}.{zone}")
    return as_json(200, record_body(path, held)) if held is not None else not_found(path)
