"""What the network does to a SYN from the VM: NSG, routes, missing egress and injected faults."""

import ipaddress

from diagnose.lab.caller import ACR_SERVICE, ACR_TAG, endpoint_on, public_source, subnet_of
from diagnose.lab.cloud import Cloud, Fault, Subnet
from diagnose.lab.parts import ALLOWED, DENIED
from diagnose.lab.places import IMDS, Service, service_at


def fault_of(cloud: Cloud, *keys: str) -> Fault | None:
    """The injected fault for the first of these keys that has one."""
    return next((cloud.faults[k] for k in (*keys, "*") if k in cloud.faults), None)


def _blocked(subnet: Subnet, service: Service, port: int) -> bool:
    mine = {service.tag, service.host, service.address, service.role}
    # An NSG's "Internet" includes Azure's public addresses, endpoint or not.
    if not ipaddress.ip_address(service.address).is_private:
        mine.add("Internet")
    fitting = [(ALLOWED, "Allow")] * bool(mine & subnet.allowed)
    fitting += [(DENIED, "Deny")] * bool(mine & subnet.blocked)
    mine.add("*")
    fitting += [
        (rule.priority, rule.access)
        for rule in subnet.security_rules
        if rule.to in mine and rule.ports in ("*", str(port))
    ]
    return bool(fitting) and min(fitting)[1] == "Deny"


def _has_route(cloud: Cloud, subnet: Subnet, service: Service, peer: str) -> bool:
    for pe in cloud.registry.private_endpoints:
        if service.address in (pe.address, pe.data_address):
            return pe.reachable and pe.status == "Approved"
    if _over_endpoint(cloud, subnet, service):
        return True
    return bool(public_source(cloud, subnet, service.tag, peer))


def _over_endpoint(cloud: Cloud, subnet: Subnet, service: Service) -> bool:
    # Whether data endpoints are inside the ACR endpoint's prefixes is not known; taken as not.
    by_endpoint = {"registry": ACR_SERVICE, "layers": "Microsoft.Storage"}.get(service.role)
    is_diverted = service.role == "registry" and ACR_TAG in subnet.diverted
    return bool(by_endpoint and not is_diverted and endpoint_on(cloud, subnet, by_endpoint))


def starved(cloud: Cloud, address: str, port: int, flow: int) -> bool:
    """Whether the ``flow``-th new connection to this address, from 1, finds no SNAT port.

    A service endpoint and a private address need none.
    """
    subnet, service = cloud.vm_subnet, service_at(cloud, address)
    if not subnet.snat_every or service is None or port not in service.ports:
        return False
    is_private = ipaddress.ip_address(address).is_private
    if is_private or _over_endpoint(cloud, subnet, service):
        return False
    return flow % subnet.snat_every != 0


def fate(cloud: Cloud, address: str, port: int, peer: str = "") -> Fault | None:
    """DROP or REFUSE for the SYN, another fault for what follows it, or None: it goes through."""
    if address == IMDS:  # never subject to routes or NSGs of the subnet
        return fault_of(cloud, "imds", IMDS) if cloud.imds_up else Fault.DROP
    if port == 53:
        resolver = cloud.dns.servers.get(address)
        return Fault.DROP if resolver is None or resolver.behaviour == "silent" else None
    if cloud.proxy and (address, port) == (cloud.proxy.address, cloud.proxy.port):
        return fault_of(cloud, address)
    service = service_at(cloud, address)
    if service is None or port not in service.ports:
        return Fault.DROP
    fault = fault_of(cloud, service.host, address, service.role)
    if fault is Fault.DROP:
        return fault
    subnet, _ = subnet_of(cloud, peer)
    if _blocked(subnet, service, port) or not _has_route(cloud, subnet, service, peer):
        return Fault.DROP
    return fault


def greeted(cloud: Cloud, name: str, address: str, segment: int = 1460) -> tuple[str, Fault | None]:
    """Who answers a TLS greeting for ``name`` that got through to ``address``, and what befalls it.

    A filter by name hits the name alone: another name to the same address gets through. ``segment``
    is the largest TCP segment, in bytes, that the client takes: a server fills it with its
    certificates, and one that is too large for the path is lost each time that it is sent.
    """
    service = service_at(cloud, address)
    own = service.host if service else name
    keys = (name, address, *((service.role,) if service and name in ("", own) else ()))
    fault = fault_of(cloud, *keys)
    fits = next((cloud.segments[key] for key in (*keys, "*") if key in cloud.segments), segment)
    return own, Fault.SILENT if fault is None and segment > fits else fault
