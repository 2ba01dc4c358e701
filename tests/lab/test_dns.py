"""How the resolvers answer, against data-plane 4."""

import dns.exception
import dns.rcode
import pytest

from diagnose.lab.cloud import PrivateEndpoint, Resolver
from diagnose.lab.names import link_private_zone

REGISTRY = "contoso.azurecr.io"


def chain(reply):
    return [rr.to_text() for rrset in reply.answer for rr in rrset]


@pytest.mark.parametrize("tcp", [False, True])
def test_plain_chain(vm, tcp):
    assert chain(vm.resolve(REGISTRY, tcp=tcp)) == [
        "eus.fe.azcr.io.",
        "eus-acr-reg.trafficmanager.net.",
        "r0910eus-az.eastus.cloudapp.azure.com.",
        "20.62.128.10",
    ]


def test_wrong_name_is_nxdomain_of_the_public_zone(vm):
    reply = vm.resolve("contosso.azurecr.io")
    assert (reply.rcode(), reply.answer) == (dns.rcode.NXDOMAIN, [])
    assert reply.authority[0].name.to_text() == "azurecr.io."
    assert "azure-dns.com" in reply.authority[0][0].to_text()


def test_private_link_in_each_state(cloud, vm):
    cloud.registry.private_endpoints = [PrivateEndpoint("pe", "10.1.0.7", "10.1.0.8")]
    unlinked = chain(vm.resolve(REGISTRY))
    assert unlinked[0] == "contoso.privatelink.azurecr.io."
    assert unlinked[-1] == "20.62.128.10"
    link_private_zone(cloud, registry=False)
    missing = vm.resolve(REGISTRY)
    assert missing.rcode() == dns.rcode.NXDOMAIN
    assert chain(missing) == ["contoso.privatelink.azurecr.io."]
    assert "azureprivatedns.net" in missing.authority[0][0].to_text()
    link_private_zone(cloud)
    assert chain(vm.resolve(REGISTRY))[-1] == "10.1.0.7"
    assert chain(vm.resolve("contoso.eastus.data.azurecr.io"))[-1] == "10.1.0.8"
    soa = vm.resolve("privatelink.azurecr.io", "SOA").answer[0][0].to_text()
    assert soa.startswith("azureprivatedns.net.")
    cloud.dns.servers["10.1.0.53"] = Resolver(forwards=False)
    assert chain(vm.resolve(REGISTRY, server="10.1.0.53"))[-1] == "20.62.128.10"


def test_aaaa_is_empty_not_unknown(vm):
    reply = vm.resolve(REGISTRY, "AAAA")
    assert reply.rcode() == dns.rcode.NOERROR
    assert reply.authority


def test_resolver_behaviours(cloud, vm):
    cloud.dns.servers["168.63.129.16"].behaviour = "servfail"
    assert vm.resolve(REGISTRY).rcode() == dns.rcode.SERVFAIL
    cloud.dns.servers["168.63.129.16"].behaviour = "silent"
    with pytest.raises(dns.exception.Timeout):
        vm.resolve(REGISTRY)
