"""What the network does to a SYN from the VM: NSG, routes, missing egress and injected faults."""

import ipaddress

from diagnose.lab.caller import ACR_SERVICE, ACR_TAG, endpoint_on, public_source, subnet_of
from diagnose.lab.cloud import Cloud, Fault, Subnet
from diagnose.lab.places import IMDS, Service, service_at

PLATFORM_DNS = "168.63.129.16"


def fault_of(cloud: Cloud, *keys: str) -> Fault | None:
    """The injected fault for the first of these keys that has one."""
    return next((cloud.faults[k] for k in (*keys, "*") if k in cloud.faults), None)


def _blocked(subnet: Subnet, service: Service) -> bool:
    mine = {service.tag, service.host, service.address, service.role}
    if mine & subnet.blocked:
        return True
    # An NSG's "Internet" includes Azure's public addresses, endpoint or not.
    is_public = not ipaddress.ip_address(service.address).is_private
    return is_public and "Internet" in subnet.blocked and not mine & subnet.allowed


def _has_route(cloud: Cloud, subnet: Subnet, service: Service, peer: str) -> bool:
    for pe in cloud.registry.private_endpoints:
        if service.address in (pe.address, pe.data_address):
            return pe.reachable and pe.status == "Approved"
    # Whether data endpoints are inside the ACR endpoint's prefixes is not known; taken as not.
    by_endpoint = {"registry": ACR_SERVICE, "layers": "Microsoft.Storage"}.get(service.role)
    is_diverted = service.role == "registry" and ACR_TAG in subnet.diverted
    if by_endpoint and not is_diverted and endpoint_on(cloud, subnet, by_endpoint):
        return True
    return bool(public_source(cloud, subnet, service.tag, peer))


def fate(cloud: Cloud, address: str, port: int, peer: str = "") -> Fault | None:
    """DROP or REFUSE for the SYN, another fault for what follows it, or None: it goes through."""
    if address == IMDS:  # never subject to routes or NSGs of the subnet
        return fault_of(cloud, "imds", IMDS) if cloud.imds_up else Fault.DROP
    if port == 53:
        resolver = cloud.dns.servers.get(address)
        return Fault.DROP if resolver is None or resolver.behaviour == "silent" else None
    service = service_at(cloud, address)
    if service is None or port not in service.ports:
        return Fault.DROP
    fault = fault_of(cloud, service.host, address, service.role)
    if fault is Fault.DROP:
        return fault
    subnet, _ = subnet_of(cloud, peer)
    if _blocked(subnet, service) or not _has_route(cloud, subnet, service, peer):
        return Fault.DROP
    return fault
