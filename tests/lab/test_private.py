"""Private endpoints and zones of the simulated Azure, against control-plane 7 and data-plane 4."""

import dns.rcode
import pytest

from diagnose.lab.cloud import PrivateEndpoint, Record, Resolver, RoleAssignment
from diagnose.lab.healthy import APP_GROUP, PRINCIPAL, REGISTRY_ID, VNET_ID
from diagnose.lab.names import link_private_zone

NET = "/providers/Microsoft.Network"
ZONE = "privatelink.azurecr.io"
ZONE_ID = f"{APP_GROUP}{NET}/privateDnsZones/{ZONE}"
PE = f"{APP_GROUP}{NET}/privateEndpoints/pe"
REGISTRY, DATA = "contoso.azurecr.io", "contoso.eastus.data.azurecr.io"
OWN = "10.1.0.53"


@pytest.fixture
def endpoint(cloud):
    made = PrivateEndpoint("pe", "10.1.0.7", "10.1.0.8", zone_id=ZONE_ID)
    cloud.registry.private_endpoints = [made]
    return made


def body(vm, path):
    reply = vm.arm(path, "2024-05-01")
    assert reply.status == 200, reply.body
    return reply.json


def addresses(vm, name, server="168.63.129.16"):
    reply = vm.resolve(name, server=server)
    return dns.rcode.to_text(reply.rcode()), [
        rr.to_text() for rrset in reply.answer for rr in rrset if rrset.rdtype.name == "A"
    ]


@pytest.mark.usefixtures("endpoint")
def test_with_a_zone_group_the_addresses_stand_on_the_network_interface(vm):
    properties = body(vm, PE)["properties"]
    nic = body(vm, properties["networkInterfaces"][0]["id"])
    rows = [row["properties"] for row in nic["properties"]["ipConfigurations"]]
    links = [row["privateLinkConnectionProperties"] for row in rows]
    groups = body(vm, f"{PE}/privateDnsZoneGroups")["value"]

    assert properties["customDnsConfigs"] == []
    assert [row["privateIPAddress"] for row in rows] == ["10.1.0.8", "10.1.0.7"]
    assert [link["fqdns"] for link in links] == [[DATA], [REGISTRY]]
    assert links[0]["requiredMemberName"] == "registry_data_eastus"
    config = groups[0]["properties"]["privateDnsZoneConfigs"][0]
    assert config["properties"]["privateDnsZoneId"] == ZONE_ID


def test_without_one_they_stand_on_the_endpoint(endpoint, vm):
    endpoint.zone_id = ""

    assert [row["fqdn"] for row in body(vm, PE)["properties"]["customDnsConfigs"]] == [
        REGISTRY,
        DATA,
    ]
    assert body(vm, f"{PE}/privateDnsZoneGroups")["value"] == []


def test_an_endpoint_stands_in_the_group_of_its_subnet(endpoint, cloud, vm):
    other = "/subscriptions/5f0c1d2e-0000-4000-8000-00000000f00d/resourceGroups/hub-rg"
    endpoint.subnet_id = f"{other}{NET}/virtualNetworks/hub/subnets/e"
    registry = vm.arm(REGISTRY_ID, "2025-11-01").json["properties"]
    listed = registry["privateEndpointConnections"][0]["properties"]["privateEndpoint"]["id"]

    assert listed == f"{other}{NET}/privateEndpoints/pe"
    assert vm.arm(listed, "2024-05-01").status == 403  # nobody gave the VM rights there
    cloud.role_assignments = [RoleAssignment(PRINCIPAL, "AcrPull", REGISTRY_ID)]
    assert vm.arm(PE, "2024-05-01").status == 403


def test_a_vnet_shows_its_peerings_and_dns_servers(cloud, vm):
    hub = VNET_ID.replace("app-vnet", "hub")
    assert body(vm, VNET_ID)["properties"]["virtualNetworkPeerings"] == []
    cloud.vm_vnet.peered, cloud.vm_vnet.dns_servers = [hub], [OWN]
    properties = body(vm, VNET_ID)["properties"]
    peering = properties["virtualNetworkPeerings"][0]["properties"]

    assert peering["remoteVirtualNetwork"]["id"] == hub
    assert peering["peeringState"] == "Connected"
    assert properties["dhcpOptions"]["dnsServers"] == [OWN]


@pytest.mark.usefixtures("endpoint")
def test_a_link_that_falls_back_asks_public_dns_for_what_the_zone_lacks(cloud, vm):
    link_private_zone(cloud, data=False)
    assert addresses(vm, DATA) == ("NXDOMAIN", [])
    cloud.dns.fallback.add(ZONE)

    assert addresses(vm, DATA) == ("NOERROR", [cloud.addresses["data"]])
    assert addresses(vm, REGISTRY) == ("NOERROR", ["10.1.0.7"])


@pytest.mark.usefixtures("endpoint")
def test_a_zone_without_a_link_is_not_asked(cloud, vm):
    link_private_zone(cloud)
    cloud.dns.unlinked[ZONE] = cloud.dns.private.pop(ZONE)

    assert addresses(vm, REGISTRY) == ("NOERROR", [cloud.addresses["registry"]])


@pytest.mark.usefixtures("endpoint")
def test_a_server_of_ones_own_answers_from_its_own_records_first(cloud, vm):
    link_private_zone(cloud)
    cloud.dns.servers[OWN] = Resolver(records={REGISTRY: [Record("A", "10.1.0.99")]})

    assert addresses(vm, REGISTRY, OWN) == ("NOERROR", ["10.1.0.99"])
    assert addresses(vm, DATA, OWN) == ("NOERROR", ["10.1.0.8"])
    cloud.dns.servers[OWN] = Resolver("refused")
    assert addresses(vm, REGISTRY, OWN) == ("REFUSED", [])


def test_dhcp_writes_the_vnets_servers_unless_the_machine_has_a_file_of_its_own(cloud):
    assert cloud.files["/etc/resolv.conf"] == "nameserver 168.63.129.16\n"
    cloud.vm_vnet.dns_servers = [OWN, "10.1.0.54"]
    assert cloud.files["/etc/resolv.conf"] == f"nameserver {OWN}\nnameserver 10.1.0.54\n"
    cloud.machine.files["/etc/resolv.conf"] = "nameserver 127.0.0.53\n"

    assert cloud.files["/etc/resolv.conf"] == "nameserver 127.0.0.53\n"
