"""The pull works, by one set-up or another."""

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import SUBNET_ID
from tests.scenarios.stories.story import story


@story("", "")
def everything_is_right(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("", "")
def the_rule_is_written_in_another_case(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = [SUBNET_ID.upper()]


@story("", "")
def the_rule_has_the_field_of_2023(cloud: Cloud) -> None:
    cloud.registry.fields_since_2026 = False


@story("", "")
def the_registry_is_open_and_has_no_rules(cloud: Cloud) -> None:
    cloud.registry.default_action = "Allow"
    cloud.registry.vnet_rules = []


@story("", "")
def a_standard_registry_has_no_firewall_at_all(cloud: Cloud) -> None:
    cloud.registry.sku = "Standard"


@story("", "")
def the_only_way_out_is_the_endpoints(cloud: Cloud) -> None:
    cloud.vm_subnet.outbound = False


@story("", "", image="contoso.azurecr.io/app:multi")
def the_tag_is_an_index(cloud: Cloud) -> None:
    cases.healthy(cloud)


@story("", "", image="contoso")
def only_the_registry_is_named(cloud: Cloud) -> None:
    cases.healthy(cloud)
