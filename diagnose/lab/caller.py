"""Whom the registry sees on the wire for a connection, and whether its firewall lets that in."""

import ipaddress
from dataclasses import dataclass

from diagnose.lab.cloud import Cloud, Subnet
from diagnose.lab.places import names

ACR_SERVICE = "Microsoft.ContainerRegistry"
ACR_TAG = "AzureContainerRegistry"


@dataclass(frozen=True)
class Caller:
    """The source address as the registry prints it; ``subnet_id`` only over a service endpoint,
    which is the one path on which a VNet rule can match.
    """

    address: str
    subnet_id: str | None = None
    private_link: bool = False


def endpoint_on(cloud: Cloud, subnet: Subnet, service: str = ACR_SERVICE) -> bool:
    """Whether the endpoint is in effect: listed, Succeeded, covering the region, supported."""
    if service == ACR_SERVICE and not names(cloud).endpoints:
        return False  # control-plane 9: documented as unsupported in US Gov and 21Vianet
    return any(
        e.service.lower() == service.lower()
        and e.provisioning_state == "Succeeded"
        and ("*" in e.locations or cloud.registry.location in e.locations)
        for e in subnet.service_endpoints
    )


def _is_vm(cloud: Cloud, peer: str) -> bool:
    return not peer or peer == cloud.vm.private_ip or ipaddress.ip_address(peer).is_loopback


def subnet_of(cloud: Cloud, peer: str) -> tuple[Subnet, str]:
    """The subnet and private address behind a socket's peer; loopback stands for the VM."""
    if not _is_vm(cloud, peer):
        address = ipaddress.ip_address(peer)
        for vnet in cloud.vnets:
            for subnet in vnet.subnets:
                if address in ipaddress.ip_network(subnet.prefix):
                    return subnet, peer
    return cloud.vm_subnet, cloud.vm.private_ip


def public_source(cloud: Cloud, subnet: Subnet, tag: str = "Internet", peer: str = "") -> str:
    """The public address that traffic leaves with; empty when there is no way out.

    A NAT gateway takes precedence over the VM's own and the load balancer's address.
    """
    own = [cloud.vm.public_ip, cloud.vm.load_balancer_ip] if _is_vm(cloud, peer) else []
    if tag in subnet.diverted:
        return subnet.diverted[tag]
    if not subnet.outbound:
        return ""
    chain = [subnet.nva_public_ip, subnet.nat_public_ip, *own, cloud.default_outbound_ip]
    return next((address for address in chain if address), "")


def ula(prefix: str, private_ip: str) -> str:
    """The IPv6 ULA that carries a private IPv4 in its low 32 bits (data-plane 1.3)."""
    groups = [int(g, 16) for g in prefix.split(":")]
    high = sum(g << (16 * (7 - n)) for n, g in enumerate(groups))
    return str(ipaddress.IPv6Address(high | int(ipaddress.IPv4Address(private_ip))))


def caller(cloud: Cloud, peer: str = "", local: str = "") -> Caller | None:
    """None: the packets never arrive. ``local`` is the address that was dialled."""
    subnet, private_ip = subnet_of(cloud, peer)
    for pe in cloud.registry.private_endpoints:
        if local and local in (pe.address, pe.data_address):
            up = pe.reachable and pe.status == "Approved"
            return Caller(private_ip, private_link=True) if up else None
    # Endpoint routes override UDR and BGP (control-plane 3), so the NVA is asked only after.
    if ACR_TAG not in subnet.diverted and endpoint_on(cloud, subnet):
        shown = private_ip
        if cloud.source_form == "ula":
            shown = ula(cloud.ula_prefix, private_ip)
        return Caller(shown, subnet_id=subnet.id)
    public = public_source(cloud, subnet, ACR_TAG, peer)
    return Caller(public) if public else None


def provider_registered(cloud: Cloud, subnet_id: str) -> bool:
    """The VNet's subscription must know the provider, or its rules have no effect (0.10, 5)."""
    subscription = subnet_id.split("/")[2]
    states = cloud.subscriptions.get(subscription, {})
    return states.get(ACR_SERVICE, "NotRegistered") == "Registered"


def admitted(cloud: Cloud, who: Caller) -> bool:
    """Whether the registry's network rules let this caller in."""
    registry = cloud.registry
    if registry.sku != "Premium" or who.private_link:
        return True
    if registry.public_network_access == "Disabled":
        return False  # kills service endpoints and IP rules alike (S111)
    if registry.default_action == "Allow":
        return True
    if who.subnet_id is None:
        address = ipaddress.ip_address(who.address)
        rules = (ipaddress.ip_network(rule, strict=False) for rule in registry.ip_rules)
        return any(address in rule for rule in rules)
    wanted = who.subnet_id.lower().rstrip("/")
    listed = any(rule.lower().rstrip("/") == wanted for rule in registry.vnet_rules)
    return listed and provider_registered(cloud, who.subnet_id)
