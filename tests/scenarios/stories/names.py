"""Names: DNS, resolvers, private zones."""

from diagnose.lab.cloud import Cloud, PrivateEndpoint, Record, Resolver
from diagnose.lab.healthy import APP_GROUP, SUBNET_ID, SUBSCRIPTION, VNET_ID
from diagnose.lab.names import link_private_zone
from tests.scenarios.stories.story import story

ZONE = "privatelink.azurecr.io"
ZONE_ID = f"{APP_GROUP}/providers/Microsoft.Network/privateDnsZones/{ZONE}"
HUB_ID = f"{APP_GROUP}/providers/Microsoft.Network/virtualNetworks/hub-vnet"
DNS = "10.1.0.53"
FOREIGN = "5f0c1d2e-0000-4000-8000-00000000f00d"  # a subscription of others


def private_link(cloud: Cloud) -> None:
    """Mutate: the pull works by a private endpoint in this VNet, and by nothing else."""
    cloud.registry.public_network_access = "Disabled"
    cloud.registry.vnet_rules = []
    cloud.vm_subnet.service_endpoints = []
    endpoint = PrivateEndpoint("acr-pe", "10.1.0.7", "10.1.0.8", zone_id=ZONE_ID)
    cloud.registry.private_endpoints = [endpoint]
    link_private_zone(cloud)


def unlink(cloud: Cloud) -> None:
    """Mutate: the zone is there, with its records, but not linked to the VNet."""
    cloud.dns.unlinked[ZONE] = cloud.dns.private.pop(ZONE)


def own_dns(cloud: Cloud, resolver: Resolver) -> None:
    """Mutate: the VNet tells its machines to ask a DNS server of its own."""
    cloud.vm_vnet.dns_servers = [DNS]
    cloud.dns.servers[DNS] = resolver


@story("", "")
def the_pull_goes_by_a_private_endpoint(cloud: Cloud) -> None:
    private_link(cloud)


@story("", "")
def an_own_dns_server_forwards_and_the_pull_goes_by_a_private_endpoint(cloud: Cloud) -> None:
    private_link(cloud)
    own_dns(cloud, Resolver())


@story("", "")
def the_registry_has_a_private_endpoint_elsewhere_and_a_rule_for_this_subnet(cloud: Cloud) -> None:
    hub = f"{HUB_ID}/subnets/endpoints"
    endpoint = PrivateEndpoint("hub-pe", "10.9.0.7", "10.9.0.8", reachable=False, subnet_id=hub)
    cloud.registry.private_endpoints = [endpoint]


@story("registry-name-not-found", "registry-name-not-found", unsure="proven")
def the_registry_was_deleted(cloud: Cloud) -> None:
    cloud.registry.deleted = True


@story("dns-server-unreachable", "dns-server-unreachable", unsure="proven")
def the_resolver_is_silent(cloud: Cloud) -> None:
    cloud.dns.servers["168.63.129.16"] = Resolver("silent")


@story("dns-server-unreachable", "dns-server-unreachable", unsure="proven")
def the_networks_own_resolver_is_silent(cloud: Cloud) -> None:
    own_dns(cloud, Resolver("silent"))


@story("dns-server-failing", "dns-server-failing", unsure="proven")
def the_networks_own_resolver_fails(cloud: Cloud) -> None:
    own_dns(cloud, Resolver("servfail"))


@story("dns-server-failing", "dns-server-failing", unsure="proven")
def the_networks_own_resolver_refuses_to_serve_us(cloud: Cloud) -> None:
    own_dns(cloud, Resolver("refused"))


@story("", "")
def the_first_of_two_resolvers_fails(cloud: Cloud) -> None:
    own_dns(cloud, Resolver("servfail"))
    cloud.vm_vnet.dns_servers.append("168.63.129.16")


@story("private-dns-record-missing", "private-dns-record-missing")
def the_linked_zone_lacks_the_registry(cloud: Cloud) -> None:
    private_link(cloud)
    del cloud.dns.private[ZONE]["contoso.privatelink.azurecr.io"]


@story("private-dns-data-record-missing", "private-dns-data-record-missing", unsure="proven")
def the_linked_zone_lacks_the_data_endpoint(cloud: Cloud) -> None:
    private_link(cloud)
    del cloud.dns.private[ZONE]["contoso.eastus.data.privatelink.azurecr.io"]


@story("private-dns-zone-not-linked", "private-dns-zone-not-linked")
def the_zone_is_not_linked(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)


@story("private-dns-zone-not-linked", "private-dns-zone-not-linked")
def the_zone_is_not_linked_and_the_public_side_takes_others(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)
    cloud.registry.public_network_access = "Enabled"


@story("private-dns-zone-not-linked", "private-dns-zone-not-linked")
def the_zone_is_not_linked_and_the_public_way_is_closed(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)
    cloud.vm_subnet.blocked = {"AzureContainerRegistry"}


@story("public-access-disabled", "private-dns-zone-not-linked")
def public_access_is_off_and_the_private_endpoint_is_out_of_reach(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)
    cloud.registry.private_endpoints[0].subnet_id = f"{HUB_ID}/subnets/endpoints"
    cloud.registry.private_endpoints[0].reachable = False


@story("private-dns-zone-not-linked", "private-dns-zone-not-linked")
def the_zone_is_linked_to_the_hub_alone(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)
    cloud.registry.private_endpoints[0].subnet_id = f"{HUB_ID}/subnets/endpoints"
    cloud.vm_vnet.peered = [HUB_ID]


@story("private-dns-zone-not-linked", "private-dns-zone-not-linked", sure="likely")
def the_zone_is_not_linked_and_the_endpoint_is_not_to_be_read(cloud: Cloud) -> None:
    private_link(cloud)
    unlink(cloud)
    foreign = SUBNET_ID.replace(SUBSCRIPTION, FOREIGN)
    cloud.registry.private_endpoints[0].subnet_id = foreign


@story("custom-dns-not-forwarding", "custom-dns-not-forwarding", unsure="proven")
def the_networks_own_resolver_does_not_forward(cloud: Cloud) -> None:
    private_link(cloud)
    own_dns(cloud, Resolver(forwards=False))


@story("dns-override-stale", "dns-override-stale", unsure="proven")
def the_hosts_file_has_an_old_private_address(cloud: Cloud) -> None:
    private_link(cloud)
    cloud.machine.files["/etc/hosts"] = "127.0.0.1 localhost\n10.1.0.99 contoso.azurecr.io\n"


@story("dns-override-stale", "dns-override-stale", unsure="proven")
def the_hosts_file_has_the_public_address(cloud: Cloud) -> None:
    private_link(cloud)
    public = cloud.addresses["registry"]
    cloud.machine.files["/etc/hosts"] = f"{public} contoso.azurecr.io  # before Private Link\n"


@story("dns-override-stale", "private-endpoint-unreachable")
def the_zone_has_the_address_of_an_older_endpoint(cloud: Cloud) -> None:
    private_link(cloud)
    by_hand = Record("A", "10.1.0.99", ttl=3600)
    cloud.dns.private[ZONE]["contoso.privatelink.azurecr.io"] = [by_hand]


@story("dns-override-stale", "dns-override-stale")
def an_own_dns_server_keeps_an_old_address(cloud: Cloud) -> None:
    private_link(cloud)
    stale = {"contoso.azurecr.io": [Record("A", "10.1.0.99")]}
    own_dns(cloud, Resolver(records=stale))


@story("private-link-conflict", "private-dns-record-missing")
def a_private_endpoint_elsewhere_takes_the_name_from_the_service_endpoint(cloud: Cloud) -> None:
    hub = f"{HUB_ID}/subnets/endpoints"
    endpoint = PrivateEndpoint("hub-pe", "10.9.0.7", "10.9.0.8", reachable=False, subnet_id=hub)
    cloud.registry.private_endpoints = [endpoint]
    cloud.dns.private[ZONE] = {}  # linked for the sake of another registry
    assert cloud.registry.vnet_rules == [SUBNET_ID]
    assert SUBNET_ID.startswith(VNET_ID)
