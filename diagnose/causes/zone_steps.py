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
    """Look the zone up where its id is not known; the other commands use ``ZONE_GROUP``."""
    if zone_id:
        return ()
    query = quote(f"[?name=='{zone_name(host)}'].resourceGroup")
    find = f"az network private-dns zone list --query {query} --output tsv"
    return (
        FixStep(
            command=f"ZONE_GROUP=$({find})",
            needs=f"{_ZONES}/read where the zone is",
            risk=Risk.READ_ONLY,
            why="Finds the zone's resource group for the commands that follow. Like them it looks "
            "in az's current subscription: az account set leads to another. Of two zones of that "
            "name choose the one that is meant.",
        ),
    )


def add_link(zone_id: str, host: str, vnet_id: str) -> FixStep:
    """Link the zone to the VNet, for look-ups alone; without its id, to that of ``SUBNET_ID``."""
    vnet = part(vnet_id, "virtualNetworks") or "vnet"
    own = quote(vnet_id) if vnet_id else '"${SUBNET_ID%/subnets/*}"'
    link = f"{_zone(zone_id, host)} --name {quote(f'acr-diagnose-{vnet}')}"
    return FixStep(
        command=f"az network private-dns link vnet create {link} "
        f"--virtual-network {own} --registration-enabled false",
        needs=f"{_ZONES}/virtualNetworkLinks/write, and Microsoft.Network/virtualNetworks/join/"
        "action on the VNet",
        risk=Risk.CHANGES_ACCESS,
        why="Links the zone to this VNet. From then on every registry with a private endpoint is "
        "looked up in this zone here; one that the zone lacks no longer resolves.",
        undo=f"az network private-dns link vnet delete {link} --yes",
    )


def add_record(zone_id: str, host: str, address: str) -> tuple[FixStep, ...]:
    given = quote(address) if address else '"${ADDRESS:?}"'
    record = (
        f"{_zone(zone_id, host)} --record-set-name {quote(record_name(host))} "
        f"--ipv4-address {given}"
    )
    choose = FixStep(
        command="",
        needs="Microsoft.Network/privateEndpoints/read",
        risk=Risk.READ_ONLY,
        why=f"Put the address that the private endpoint has for {host} into the variable ADDRESS: "
        "the next command stops without it.",
    )
    add = FixStep(
        command=f"az network private-dns record-set a add-record {record}",
        needs=f"{_ZONES}/A/write",
        risk=Risk.CHANGES_ACCESS,
        why=f"Adds the address of the private endpoint for {host}. A zone group on the endpoint "
        "would keep it up to date by itself.",
        undo=f"az network private-dns record-set a remove-record {record}",
    )
    return (add,) if address else (choose, add)


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


def fall_back(zone_id: str, host: str) -> tuple[FixStep, ...]:
    """Let what the zone lacks be asked of public DNS (virtualNetworkLinks, since 2024-06-01)."""
    zone = _zone(zone_id, host)
    link = f'az network private-dns link vnet update {zone} --name "${{LINK_NAME:?}}"'
    choose = FixStep(
        command=f"az network private-dns link vnet list {zone} --output table",
        needs=f"{_ZONES}/virtualNetworkLinks/read",
        risk=Risk.READ_ONLY,
        why="Put the name of this VNet's link into the variable LINK_NAME: the next command stops "
        "without it.",
    )
    return choose, FixStep(
        command=f"{link} --resolution-policy NxDomainRedirect",
        needs=f"{_ZONES}/virtualNetworkLinks/write",
        risk=Risk.CHANGES_ACCESS,
        why="Or: lets names that the zone lacks resolve to their public addresses in this VNet.",
        undo=f"{link} --resolution-policy Default",
    )


def _zone(zone_id: str, host: str) -> str:
    subscription = part(zone_id, "subscriptions")
    where = f" --subscription {quote(subscription)}" if subscription else ""
    known = part(zone_id, "resourceGroups")
    group = quote(known) if known else '"${ZONE_GROUP:?}"'
    name = part(zone_id, "privateDnsZones") or zone_name(host)
    return f"--resource-group {group} --zone-name {quote(name)}{where}"
