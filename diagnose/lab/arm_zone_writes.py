"""Private DNS: a zone's links to the VM's VNet, and its A records, made and taken away."""

from diagnose.lab.arm_change import Change, part, rows
from diagnose.lab.arm_errors import error, not_found
from diagnose.lab.arm_rules import is_range
from diagnose.lab.arm_zones import link_body, link_name, record_body, records_of, zone_of
from diagnose.lab.cloud import Cloud, Record
from diagnose.lab.http import Response, as_json

_POLICIES = ("Default", "NxDomainRedirect")


def link(cloud: Cloud, change: Change) -> Response:
    """PUT, PATCH or DELETE of a link; one to another VNet changes nothing for the VM."""
    zone, dns = zone_of(change.path), cloud.dns
    if records_of(cloud, zone) is None:
        return not_found(change.parent)
    is_there = change.name.lower() == link_name(cloud, zone).lower()
    if change.method == "DELETE":
        if not is_there:
            return Response(204)
        dns.unlinked[zone] = dns.private.pop(zone)
        dns.links.pop(zone, None)
        dns.fallback.discard(zone)
        return Response(200)
    vnet = str(part(change.properties, "virtualNetwork").get("id", ""))
    if change.method == "PATCH" and not is_there:
        return not_found(change.path)
    if change.method == "PUT" and vnet.lower() not in (v.id.lower() for v in cloud.vnets):
        text = f"The virtual network resource '{vnet}' could not be found."
        return error(400, "BadRequest", text)
    policy = change.properties.get("resolutionPolicy") or "Default"
    if policy not in _POLICIES:
        return error(400, "BadRequest", f"The resolution policy '{policy}' is not valid.")
    if change.method == "PUT" and vnet.lower() == cloud.vm_vnet.id.lower() and not is_there:
        if zone in dns.private:
            text = f"The virtual network '{vnet}' is linked to a zone of this name already."
            return error(409, "Conflict", text)
        dns.private[zone] = dns.unlinked.pop(zone)
        dns.links[zone] = change.name
        is_there = True
    if is_there:
        dns.fallback.discard(zone)
        dns.fallback |= {zone} if policy == "NxDomainRedirect" else set()
    return as_json(200, link_body(cloud, change.path, zone))


def record(cloud: Cloud, change: Change) -> Response:
    """PUT or DELETE of a set of A records, ``.../privateDnsZones/<zone>/A/<name>``."""
    zone = zone_of(change.path)
    held = records_of(cloud, zone)
    if held is None:
        return not_found(change.parent.rsplit("/", 1)[0])
    name = f"{change.name.lower()}.{zone}"
    if change.method == "DELETE":
        return Response(204 if held.pop(name, None) is None else 200)
    ttl = int(change.properties.get("ttl") or 3600)
    addresses = [str(row.get("ipv4Address")) for row in rows(change.properties, "aRecords")]
    if bad := [one for one in addresses if not is_range(one) or "/" in one]:
        return error(400, "BadRequest", f"The IPv4 address '{bad[0]}' is not valid.")
    held[name] = [Record("A", address, ttl) for address in addresses]
    return as_json(200, record_body(change.path, held[name]))
