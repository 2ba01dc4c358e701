"""Whom the registry sees and whether it lets them in, against data-plane 1 and control-plane 4."""

import ipaddress
import re

import pytest

from diagnose.lab.caller import Caller, admitted, caller
from diagnose.lab.cloud import PrivateEndpoint
from diagnose.lab.healthy import SIBLING_ID, SUBNET_ID, SUBSCRIPTION

DENIAL = re.compile(
    r"client with IP '(?P<ip>[^']+)' is not allowed access\. "
    r"Refer https://aka\.ms/acr/firewall to grant access\."
)


def shown(reply):
    assert reply.status == 403
    error = reply.json["errors"][0]
    assert error["code"] == "DENIED"
    match = DENIAL.search(error["message"])
    assert match
    return match["ip"]


def drop_endpoint(cloud):
    subnet = cloud.vm_subnet
    subnet.service_endpoints = [e for e in subnet.service_endpoints if "Storage" in e.service]


def test_healthy_is_past_the_firewall(vm):
    assert vm.probe().status == 401


def test_endpoint_on_without_rule_shows_the_private_address(cloud, vm):
    cloud.registry.vnet_rules = [SIBLING_ID]
    assert shown(vm.probe()) == "10.1.0.4"


def test_endpoint_on_without_rule_may_show_a_ula_that_carries_it(cloud, vm):
    cloud.registry.vnet_rules = []
    cloud.source_form = "ula"
    address = ipaddress.IPv6Address(shown(vm.probe()))
    assert address in ipaddress.ip_network("fd00::/8")
    assert ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) == ipaddress.IPv4Address("10.1.0.4")


def test_endpoint_off_shows_the_nat_address(cloud, vm):
    drop_endpoint(cloud)
    assert shown(vm.probe()) == "52.188.17.34"


@pytest.mark.parametrize("state", ["Failed", "Updating", "Deleting"])
def test_endpoint_not_ready_is_off(cloud, vm, state):
    cloud.vm_subnet.service_endpoints[1].provisioning_state = state
    assert shown(vm.probe()) == "52.188.17.34"


def test_endpoint_for_another_region_is_off(cloud, vm):
    cloud.vm_subnet.service_endpoints[1].locations = ["westus"]
    assert shown(vm.probe()) == "52.188.17.34"


def test_default_route_to_an_nva_yields_to_the_endpoint(cloud, vm):
    cloud.vm_subnet.nva_public_ip = "52.170.9.9"
    assert vm.probe().status == 401
    drop_endpoint(cloud)
    assert shown(vm.probe()) == "52.170.9.9"


def test_diverted_traffic_bypasses_the_endpoint(cloud, vm):
    cloud.vm_subnet.diverted["AzureContainerRegistry"] = "52.170.9.9"
    assert shown(vm.probe()) == "52.170.9.9"


def test_ip_rule_works_for_the_public_address_and_not_over_the_endpoint(cloud, vm):
    cloud.registry.vnet_rules = []
    cloud.registry.ip_rules = ["52.188.17.34/32"]
    assert shown(vm.probe()) == "10.1.0.4"
    drop_endpoint(cloud)
    assert vm.probe().status == 401


def test_rule_is_compared_without_case(cloud, vm):
    cloud.registry.vnet_rules = [SUBNET_ID.upper()]
    assert vm.probe().status == 401


def test_public_access_disabled_beats_every_rule_with_the_same_words(cloud, vm):
    cloud.registry.public_network_access = "Disabled"
    cloud.registry.default_action = "Allow"
    assert shown(vm.probe()) == "10.1.0.4"


def test_rule_needs_the_provider_in_the_vnets_subscription(cloud, vm):
    cloud.subscriptions[SUBSCRIPTION]["Microsoft.ContainerRegistry"] = "NotRegistered"
    assert shown(vm.probe()) == "10.1.0.4"


def test_other_than_premium_admits_everybody(cloud, vm):
    cloud.registry.sku = "Standard"
    drop_endpoint(cloud)
    assert vm.probe().status == 401


def test_sovereign_cloud_has_no_endpoint(cloud):
    cloud.environment = "AzureUSGovernmentCloud"
    seen = caller(cloud)
    assert seen == Caller("52.188.17.34")
    assert not admitted(cloud, seen)


def test_default_action_allow_admits(cloud):
    cloud.registry.default_action = "Allow"
    assert admitted(cloud, Caller("203.0.113.1"))


def test_second_machine_is_known_by_its_subnet(cloud):
    seen = caller(cloud, peer="10.1.1.9")
    assert seen == Caller("10.1.1.9", subnet_id=SIBLING_ID)
    assert not admitted(cloud, seen)


def test_approved_private_endpoint_is_admitted(cloud):
    cloud.registry.public_network_access = "Disabled"
    cloud.registry.private_endpoints = [PrivateEndpoint("pe", "10.1.0.7", "10.1.0.8")]
    seen = caller(cloud, local="10.1.0.7")
    assert seen is not None
    assert admitted(cloud, seen)
    cloud.registry.private_endpoints[0].status = "Pending"
    assert caller(cloud, local="10.1.0.7") is None
