"""The checks of names and private endpoints: what each reads out of a reply."""

import json
from types import SimpleNamespace

import pytest

from checks import dns_answer, hosts_file, layer_dns, private_endpoint, vnet
from checks.dns_answer import DnsAnswer, Resolver
from checks.registry import Connection
from checks.replies import Failure, HttpReply, Trouble
from checks.target import parse

NET = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network"
PE, NIC = f"{NET}/privateEndpoints/pe", f"{NET}/networkInterfaces/pe.nic.1"
ZONE = f"{NET}/privateDnsZones/privatelink.azurecr.io"
CONNECTION = Connection(name="c1", endpoint_id=PE, status="Approved")
NAME, DATA = "contoso.azurecr.io", "contoso.eastus.data.azurecr.io"


class Arm:
    """Answers GETs from a table of bodies; what it lacks is denied."""

    def __init__(self, bodies):
        self.bodies, self.asked = bodies, []

    def get(self, path, *_):
        self.asked.append(path)
        if path not in self.bodies:
            return HttpReply(status=403, body=b'{"error": {"code": "AuthorizationFailed"}}')
        return HttpReply(status=200, body=json.dumps(self.bodies[path]).encode())


class World:
    def __init__(self, bodies):
        self.arm = Arm(bodies)


def configuration(member, address, *fqdns):
    link = {"groupId": "registry", "requiredMemberName": member, "fqdns": list(fqdns)}
    properties = {"privateIPAddress": address, "privateLinkConnectionProperties": link}
    return {"properties": properties}


def pe_body(told=()):
    return {
        "properties": {
            "subnet": {"id": f"{NET}/virtualNetworks/v/subnets/e"},
            "networkInterfaces": [{"id": NIC}],
            "customDnsConfigs": list(told),
        }
    }


NIC_BODY = {
    "properties": {
        "ipConfigurations": [
            configuration("registry_data_eastus", "10.1.0.8", DATA),
            configuration("registry", "10.1.0.7", "Contoso.azurecr.io"),
        ]
    }
}
GROUPS = {
    "value": [
        {"properties": {"privateDnsZoneConfigs": [{"properties": {"privateDnsZoneId": ZONE}}]}}
    ]
}


def read(bodies):
    world = World(bodies)
    return private_endpoint._read(world, CONNECTION), world.arm.asked


def test_an_endpoint_with_a_zone_group_is_read_by_its_network_interface():
    found, _ = read({PE: pe_body(), NIC: NIC_BODY, f"{PE}/privateDnsZoneGroups": GROUPS})

    assert found.addresses == ((NAME, "10.1.0.7"), (DATA, "10.1.0.8"))
    assert found.address_of("CONTOSO.azurecr.io") == "10.1.0.7"
    assert found.zone_id == ZONE
    assert not found.hidden


def test_an_endpoint_without_a_zone_group_tells_its_names_itself():
    told = [{"fqdn": NAME, "ipAddresses": ["10.1.0.7"]}]
    found, asked = read({PE: pe_body(told), f"{PE}/privateDnsZoneGroups": {"value": []}})

    assert found.address_of(NAME) == "10.1.0.7"
    assert found.zone_id == ""
    assert NIC not in asked


@pytest.mark.parametrize("bodies", [{}, {PE: pe_body()}], ids=["endpoint", "its interface"])
def test_what_may_not_be_read_is_hidden_and_never_absent(bodies):
    found, _ = read(bodies)
    fact = private_endpoint.PrivateEndpoints(endpoints=(found,))

    assert "AuthorizationFailed" in found.hidden
    assert not fact.complete
    assert "pe could not be read" in fact.limit


def test_zones_of_other_services_are_left_alone():
    other = json.loads(json.dumps(GROUPS).replace("azurecr.io", "blob.core.windows.net"))

    assert private_endpoint.zone_in(other) == ""


def test_a_peering_counts_when_it_is_connected():
    peerings = [
        {"properties": {"peeringState": state, "remoteVirtualNetwork": {"id": f"{NET}/V/{state}"}}}
        for state in ("Connected", "Initiated")
    ]
    body = {"properties": {"virtualNetworkPeerings": peerings}}
    fact = vnet.parse(HttpReply(status=200, body=json.dumps(body).encode()), f"{NET}/V/own")

    assert isinstance(fact, vnet.Vnet)
    assert fact.joins(f"{NET}/v/CONNECTED")
    assert fact.joins(f"{NET}/v/OWN")
    assert not fact.joins(f"{NET}/V/Initiated")
    assert fact.dns_servers == ()


def test_a_vnet_that_may_not_be_read_is_hidden():
    fact = vnet.parse(HttpReply(status=403, body=b"{}"), "/x")

    assert isinstance(fact, vnet.VnetHidden)
    assert fact.limit


def test_an_entry_for_a_name_that_dns_denies_is_an_override():
    denied = Resolver(server="10.0.0.1", result="NXDOMAIN", addresses=(), chain=(), authority="")
    dns = DnsAnswer(name=NAME, addresses=("10.1.0.99",), resolvers=(denied,))

    assert hosts_file.parse(("10.1.0.99",), dns).given == ()
    assert isinstance(hosts_file.parse((), dns), hosts_file.NoOverride)


def answered(used, *given):
    resolvers = tuple(
        Resolver(server=f"10.0.0.{n}", result="NOERROR", addresses=(ip,), chain=(), authority="")
        for n, ip in enumerate(given)
    )
    return DnsAnswer(name=NAME, addresses=used, resolvers=resolvers)


@pytest.mark.parametrize(
    ("entries", "dns", "overridden"),
    [
        (("10.1.0.99",), answered(("10.1.0.99",), "10.1.0.7"), True),
        ((), answered(("10.1.0.99",), "10.1.0.7"), True),
        ((), answered(("10.1.0.7",), "20.62.128.10", "10.1.0.7"), False),
        (("10.1.0.7",), answered(("10.1.0.7",), "10.1.0.7"), False),
        (("10.1.0.99",), answered(("10.1.0.99",)), False),
        ((), answered(("2603::1",), "20.62.128.10"), False),
    ],
    ids=["hosts", "cache", "one of the servers", "the same", "no server heard", "IPv6 alone"],
)
def test_an_override_is_what_no_name_server_says(entries, dns, overridden):
    found = hosts_file.parse(entries, dns)

    assert isinstance(found, hosts_file.Override) == overridden
    assert not overridden or found.by_hosts == bool(entries)


def test_an_address_of_dns_that_is_silent_too_is_not_called_an_answer():
    world = SimpleNamespace(
        host=SimpleNamespace(hosts_file=lambda _name: ("10.1.0.99",)),
        net=SimpleNamespace(connect=lambda _address: Failure(trouble=Trouble.TIMEOUT)),
    )
    found = hosts_file.gather(world, parse(f"{NAME}/app:v1"), answered(("10.1.0.99",), "10.1.0.7"))

    assert found.given_answers == ""


def test_an_error_of_a_server_keeps_its_name():
    failing = Failure(trouble=Trouble.DNS_FAILING, detail="SERVFAIL")
    silent = Failure(trouble=Trouble.TIMEOUT, detail="no answer in time")

    assert dns_answer.resolver("10.0.0.1", failing).failing
    assert str(dns_answer.resolver("10.0.0.1", failing)) == "10.0.0.1: SERVFAIL"
    assert not dns_answer.resolver("10.0.0.1", silent).failing


def test_without_a_layer_its_names_are_unknown_and_no_question_is_put():
    found = layer_dns.gather(None, None, None, None, None)

    assert isinstance(found, layer_dns.LayerNamesUnknown)
