"""The registry in ARM, against control-plane 4 and the recorded samples."""

import json
from pathlib import Path

import pytest

from diagnose.lab.healthy import REGISTRY_ID, SUBNET_ID

SAMPLES = Path(__file__).parents[1] / "recorded"


def rules(vm, version):
    return vm.arm(REGISTRY_ID, version).json["properties"]["networkRuleSet"]


@pytest.mark.parametrize(
    ("version", "field"),
    [
        ("2017-10-01", "id"),
        ("2019-05-01", "id"),
        ("2021-08-01-preview", "id"),
        ("2021-12-01-preview", "id"),
        ("2026-03-01-preview", "virtualNetworkSubnetResourceId"),
        ("2026-09-01-preview", "virtualNetworkSubnetResourceId"),
    ],
)
def test_versions_that_show_the_vnet_rules(cloud, vm, version, field):
    cloud.registry.fields_since_2026 = False
    assert rules(vm, version)["virtualNetworkRules"] == [{"action": "Allow", field: SUBNET_ID}]
    cloud.registry.fields_since_2026 = True
    new = {"action": "Allow", "virtualNetworkSubnetResourceId": SUBNET_ID}
    assert rules(vm, version)["virtualNetworkRules"] == [new]


@pytest.mark.parametrize(
    "version",
    ["2021-09-01", "2022-02-01-preview", "2023-11-01-preview", "2025-11-01", "2026-01-01-preview"],
)
def test_versions_that_hide_the_vnet_rules(vm, version):
    assert rules(vm, version) == {"defaultAction": "Deny", "ipRules": []}


def test_no_rules_is_an_empty_list_where_they_show(cloud, vm):
    cloud.registry.vnet_rules = []
    assert rules(vm, "2021-08-01-preview")["virtualNetworkRules"] == []


def test_unknown_version_is_400(vm):
    reply = vm.arm(REGISTRY_ID, "2031-01-01")
    assert (reply.status, reply.json["error"]["code"]) == (400, "NoRegisteredProviderFound")


def test_standard_sku_has_no_rule_set(cloud, vm):
    cloud.registry.sku = "Standard"
    assert "networkRuleSet" not in vm.arm(REGISTRY_ID, "2025-11-01").json["properties"]


@pytest.mark.parametrize(
    ("sample", "version"),
    [
        ("registry/reg_2021-08-01-preview_with_vnet_rule_id_field_2023.json", "2021-08-01-preview"),
        ("registry/reg_2023-11-01-preview_same_registry_vnet_rules_stripped.json",
         "2023-11-01-preview"),
        ("registry/reg_2026-09-01-preview_with_vnet_rule_new_field.json", "2026-09-01-preview"),
    ],
)  # fmt: skip
def test_registry_has_no_key_that_the_recording_lacks(vm, sample, version):
    recorded = json.loads((SAMPLES / sample).read_text())
    ours = vm.arm(REGISTRY_ID, version).json
    assert ours.keys() <= recorded.keys()
    assert ours["properties"].keys() <= recorded["properties"].keys()
    assert ours["properties"]["policies"].keys() <= recorded["properties"]["policies"].keys()
