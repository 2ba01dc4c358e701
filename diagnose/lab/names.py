"""The public and private DNS names that follow from the cloud's state, as chains of records."""

import itertools

from diagnose.lab.cloud import Cloud, Record
from diagnose.lab.places import data_host, login_server, names, redirects_to_data, services

Zone = dict[str, list[Record]]


def _link(zone: Zone, chain: list[str], address: str) -> None:
    """Name -> name -> ... -> A, with the TTLs of the real chains (S28, S90)."""
    for name, target in itertools.pairwise(chain):
        zone[name] = [Record("CNAME", target, 300)]
    zone[chain[-1]] = [Record("A", address, 10)]


def privatelink(host: str, suffix: str) -> str:
    """The privatelink name of a registry host."""
    return host[: -len(suffix)] + "privatelink." + suffix


def public_names(cloud: Cloud) -> Zone:
    """What public DNS knows."""
    zone: Zone = {}
    region, suffix = cloud.registry.location, names(cloud).registry
    for service in services(cloud):
        if service.role in ("arm", "entra", "layers", "control"):
            zone[service.host] = [Record("A", service.address, 60)]
    if not cloud.registry.deleted:
        # A registry with any private endpoint gets a public privatelink CNAME (control-plane 7).
        linked = bool(cloud.registry.private_endpoints)
        host = login_server(cloud)
        chain = [
            host,
            *([privatelink(host, suffix)] if linked else []),
            "eus.fe.azcr.io",
            "eus-acr-reg.trafficmanager.net",
            f"r0910eus-az.{region}.cloudapp.azure.com",
        ]
        _link(zone, chain, cloud.addresses["registry"])
        if redirects_to_data(cloud):
            host = data_host(cloud)
            chain = [
                host,
                *([privatelink(host, suffix)] if linked else []),
                "eus-0.data.azcr.io",
                "eus-acr-dp.trafficmanager.net",
                f"d0831eus.{region}.cloudapp.azure.com",
            ]
            _link(zone, chain, cloud.addresses["data"])
    return zone | cloud.dns.records


def link_private_zone(cloud: Cloud, *, registry: bool = True, data: bool = True) -> None:
    """Mutates: links privatelink.<suffix> to the VNet, with or without the endpoint's records."""
    suffix = names(cloud).registry
    zone = cloud.dns.private.setdefault(f"privatelink.{suffix}", {})
    for pe in cloud.registry.private_endpoints:
        if registry:
            zone[privatelink(login_server(cloud), suffix)] = [Record("A", pe.address)]
        if data:
            zone[privatelink(data_host(cloud), suffix)] = [Record("A", pe.data_address)]
