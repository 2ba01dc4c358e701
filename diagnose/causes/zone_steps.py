"""Fix steps on the private DNS zone of registries; no cause of its own.

az network private-dns takes no --ids where something is made, so the id is taken apart.
"""

from shlex import quote

from checks.arm_answer import part
from diagnose.causes.contract import FixStep, Risk

_ZONES = "Microsoft.Network/privateDnsZones"


def zone_name(host: str) -> str:
    """Give the private zone of a registry's host: privatelink and the cloud's suffix."""
    label = host.partition(".azurecr.")[0]
    return f"privatelink.{host[len(label) + 1 :]}"


def record_name(host: str) -> str:
    """Give the record's name in that zone: contoso, or contoso.eastus.data."""
    return host.partition(".azurecr.")[0]


def find_zone(zone_id: str, host: str) -> tuple[FixStep, ...]:
    """Look the zone up where its id is not known; the words in capitals below come from there."""
    if zone_id:
        return ()
    query = quote(f"[?name=='{zone_name(host)}'].id")
    return (
        FixStep(
            command=f"az network private-dns zone list --query {query} --output tsv",
            needs=f"{_ZONES}/read where the zone is",
            risk=Risk.READ_ONLY,
            why="Finds the zone, whose names go into the words in capitals below. It may be in "
            "another subscription: --subscription.",
        ),
    )


def links(zone_id: str, host: str) -> str:
    return f"az network private-dns link vnet list {_zone(zone_id, host)} --output table"


def add_link(zone_id: str, host: str, vnet_id: str) -> FixStep:
    """Link the zone to the VNet; without registration, so that it changes nothing but look-ups."""
    vnet = part(vnet_id, "virtualNetworks") or "vnet"
    link = f"{_zone(zone_id, host)} --name {quote(f'acr-diagnose-{vnet}')}"
    return FixStep(
        command=f"az network private-dns link vnet create {link} "
        f"--virtual-network {quote(vnet_id or 'VNET_ID')} --registration-enabled false",
        needs=f"{_ZONES}/virtualNetworkLinks/write, and Microsoft.Network/virtualNetworks/join/"
        "action on the VNet",
        risk=Risk.CHANGES_ACCESS,
        why="Links the zone to this VNet. From then on every registry with a private endpoint is "
        "looked up in this zone here; one that the zone lacks no longer resolves.",
        undo=f"az network private-dns link vnet delete {link} --yes",
    )


def add_record(zone_id: str, host: str, address: str) -> FixStep:
    record = (
        f"{_zone(zone_id, host)} --record-set-name {quote(record_name(host))} "
        f"--ipv4-address {quote(address or 'ADDRESS')}"
    )
    return FixStep(
        command=f"az network private-dns record-set a add-record {record}",
        needs=f"{_ZONES}/A/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Adds the address of the private endpoint for {host}. A zone group on the endpoint "
        "would keep it up to date by itself.",
        undo=f"az network private-dns record-set a remove-record {record}",
    )


def remove_record(zone_id: str, host: str, address: str) -> FixStep:
    record = (
        f"{_zone(zone_id, host)} --record-set-name {quote(record_name(host))} "
        f"--ipv4-address {quote(address)}"
    )
    return FixStep(
        command=f"az network private-dns record-set a remove-record {record}",
        needs=f"{_ZONES}/A/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Takes the stale address {address} out of the zone.",
        undo=f"az network private-dns record-set a add-record {record}",
    )


def private_endpoint(host: str) -> FixStep:
    """Say how the VNet gets a private endpoint of its own."""
    return FixStep(
        command="",
        needs="the network owner and the registry owner, together",
        risk=Risk.CHANGES_ACCESS,
        why=f"Give this VNet a private endpoint to the registry, with a zone group that keeps "
        f"{record_name(host)} and its data record in {zone_name(host)}; or peer the two VNets.",
    )


def forward(host: str, servers: tuple[str, ...]) -> FixStep:
    """Have DNS servers of one's own ask Azure's for the registry's public zone."""
    suffix = host[len(record_name(host)) + 1 :]
    return FixStep(
        command="",
        needs=f"rights on the DNS server {', '.join(servers)}",
        risk=Risk.CHANGES_ACCESS,
        why=f"On {', '.join(servers)}: forward {suffix} (the public zone) to 168.63.129.16, if the "
        "server is in a VNet to which the private zone is linked; else to a forwarder or a DNS "
        "private resolver in such a VNet.",
    )


def fall_back(zone_id: str, host: str) -> FixStep:
    """Let what the zone lacks be asked of public DNS (virtualNetworkLinks, since 2024-06-01)."""
    link = f"az network private-dns link vnet update {_zone(zone_id, host)} --name LINK_NAME"
    return FixStep(
        command=f"{link} --resolution-policy NxDomainRedirect",
        needs=f"{_ZONES}/virtualNetworkLinks/write",
        risk=Risk.CHANGES_ACCESS,
        why="Or: lets names that the zone lacks resolve to their public addresses in this VNet. "
        f"The link's name: {links(zone_id, host)}",
        undo=f"{link} --resolution-policy Default",
    )


def _zone(zone_id: str, host: str) -> str:
    subscription = part(zone_id, "subscriptions")
    where = f" --subscription {quote(subscription)}" if subscription else ""
    group = part(zone_id, "resourceGroups") or "ZONE_RESOURCE_GROUP"
    name = part(zone_id, "privateDnsZones") or zone_name(host)
    return f"--resource-group {quote(group)} --zone-name {quote(name)}{where}"
