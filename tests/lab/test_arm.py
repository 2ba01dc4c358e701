"""ARM's answers, against control-plane 2 to 5 and 10 and the recorded samples."""

import json
from pathlib import Path

import pytest

from diagnose.lab.cloud import Identity, RoleAssignment
from diagnose.lab.healthy import (
    PRINCIPAL,
    REGISTRY_ID,
    REGISTRY_SUBSCRIPTION,
    SUBNET_ID,
    SUBSCRIPTION,
    TENANT,
    VNET_ID,
)

SAMPLES = Path("/work/shared/samples")


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


@pytest.mark.skipif(not SAMPLES.exists(), reason="the recordings are not on this machine")
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


def test_no_right_is_the_real_text(cloud, vm):
    cloud.role_assignments = [RoleAssignment(PRINCIPAL, "AcrPull", REGISTRY_ID)]
    reply = vm.arm(REGISTRY_ID, "2025-11-01")
    error = reply.json["error"]
    assert (reply.status, error["code"]) == (403, "AuthorizationFailed")
    client = cloud.identities[0].client_id
    assert error["message"] == (
        f"The client '{client}' with object id '{PRINCIPAL}' does not have authorization to "
        "perform action 'Microsoft.ContainerRegistry/registries/read' over scope "
        f"'{REGISTRY_ID}' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials."
    )


def test_missing_things_are_404_each_in_its_own_words(vm):
    other = vm.arm(REGISTRY_ID + "x", "2025-11-01").json["error"]
    assert other["code"] == "ResourceNotFound"
    assert "'Microsoft.ContainerRegistry/registries/contosox'" in other["message"]
    subnet = vm.arm(SUBNET_ID + "x", "2024-05-01")
    assert subnet.json["error"] == {
        "code": "NotFound",
        "message": f"Resource {SUBNET_ID}x not found.",
        "details": [],
    }
    group = vm.arm(SUBNET_ID.replace("app-rg", "no-rg"), "2024-05-01").json["error"]
    assert group["code"] == "ResourceGroupNotFound"


def test_subnet_without_endpoints_has_no_such_key(cloud, vm):
    found = vm.arm(SUBNET_ID, "2024-05-01").json["properties"]["serviceEndpoints"]
    assert [e["service"] for e in found] == ["Microsoft.Storage", "Microsoft.ContainerRegistry"]
    cloud.vm_subnet.service_endpoints.clear()
    assert "serviceEndpoints" not in vm.arm(SUBNET_ID, "2024-05-01").json["properties"]


def test_from_the_vm_to_its_subnet(cloud, vm):
    machine = vm.arm(cloud.vm.resource_id, "2024-03-01").json
    nic = machine["properties"]["networkProfile"]["networkInterfaces"][0]["id"]
    found = vm.arm(nic, "2024-05-01").json["properties"]
    assert found["ipConfigurations"][0]["properties"]["subnet"]["id"] == SUBNET_ID
    assert found["macAddress"] == "00-0D-3A-F8-06-EC"
    assert len(vm.arm(VNET_ID, "2024-05-01").json["properties"]["subnets"]) == 2


def test_uniform_instance_names_its_subnet_in_one_call(cloud, vm):
    cloud.vm.kind, cloud.vm.scale_set, cloud.vm.instance_id = "uniform", "aks-pool", "3"
    assert cloud.vm.resource_id.endswith("/virtualMachineScaleSets/aks-pool/virtualMachines/3")
    profile = vm.arm(cloud.vm.resource_id, "2024-03-01").json["properties"]
    nic = profile["networkProfileConfiguration"]["networkInterfaceConfigurations"][0]
    assert nic["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"] == SUBNET_ID
    bad = vm.arm(cloud.vm.resource_id[:-1] + "x", "2024-03-01").json["error"]
    assert bad["message"] == "Virtual Machine Scale Set VM instanceId must be a number."


def test_list_shows_only_what_may_be_read(cloud, vm):
    path = (
        f"/subscriptions/{REGISTRY_SUBSCRIPTION}/providers/Microsoft.ContainerRegistry/registries"
    )
    assert [r["name"] for r in vm.arm(path, "2025-11-01").json["value"]] == ["contoso"]
    cloud.role_assignments = []
    assert vm.arm(path, "2025-11-01").json == {"value": []}


def test_provider_state_needs_rights_on_the_subscription(cloud, vm):
    path = "/subscriptions/{}/providers/Microsoft.ContainerRegistry"
    reply = vm.arm(path.format(SUBSCRIPTION), "2021-04-01").json
    assert reply["registrationState"] == "Registered"
    assert "2021-08-01-preview" in reply["resourceTypes"][0]["apiVersions"]
    assert vm.arm(path.format(REGISTRY_SUBSCRIPTION), "2021-04-01").status == 403


def test_role_assignments_of_one_principal(cloud, vm):
    path = f"{REGISTRY_ID}/providers/Microsoft.Authorization/roleAssignments"
    cloud.role_assignments.append(RoleAssignment("someone-else", "Owner", REGISTRY_ID))
    query = {"$filter": f"atScope() and assignedTo('{PRINCIPAL}')"}
    value = vm.arm(path, "2022-04-01", **query).json["value"]
    guids = [v["properties"]["roleDefinitionId"].rsplit("/", 1)[1] for v in value]
    assert guids == [
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    ]


def test_no_bearer_is_401(vm):
    assert vm.get(f"https://management.azure.com{REGISTRY_ID}?api-version=2025-11-01").status == 401


def test_routing_resources(cloud, vm):
    subnet = cloud.vm_subnet
    subnet.blocked, subnet.nva_public_ip = {"Storage"}, "52.170.9.9"
    found = vm.arm(SUBNET_ID, "2024-05-01").json["properties"]
    rule = vm.arm(found["networkSecurityGroup"]["id"], "2024-05-01").json["properties"]
    assert rule["securityRules"][0]["properties"]["destinationAddressPrefix"] == "Storage"
    route = vm.arm(found["routeTable"]["id"], "2024-05-01").json["properties"]["routes"][0]
    assert route["properties"]["nextHopType"] == "VirtualAppliance"
    nat = vm.arm(found["natGateway"]["id"], "2024-05-01").json["properties"]
    ip = vm.arm(nat["publicIpAddresses"][0]["id"], "2024-05-01").json["properties"]
    assert ip["ipAddress"] == "52.188.17.34"


def test_imds_identity_answers(cloud, vm):
    good = vm.identity().json
    assert all(isinstance(v, str) for v in good.values())
    cloud.identities.clear()
    none = vm.identity()
    assert none.status == 400
    assert none.json == {"error": "invalid_request", "error_description": "Identity not found"}
    cloud.identities += [Identity("user", f"c{n}", f"o{n}", TENANT) for n in range(2)]
    assert vm.identity().json["error_description"].startswith("Multiple user assigned identities")


def test_imds_instance_shape_and_guards(cloud, vm):
    body = vm.imds("/instance?api-version=2021-02-01").json
    assert body["compute"]["resourceId"] == cloud.vm.resource_id
    address = body["network"]["interface"][0]["ipv4"]
    assert address["ipAddress"] == [{"privateIpAddress": "10.1.0.4", "publicIpAddress": ""}]
    assert address["subnet"] == [{"address": "10.1.0.0", "prefix": "24"}]
    url = "http://169.254.169.254/metadata/instance?api-version=2021-02-01"
    assert vm.ask("GET", url).status == 400
    both = {"Metadata": "true", "X-Forwarded-For": "1.2.3.4"}
    assert vm.ask("GET", url, both).status == 400
    assert vm.imds("/instance").json["newest-versions"]
    assert vm.imds("/loadbalancer?api-version=2020-10-01").status == 404
    cloud.vm.load_balancer_ip = "52.1.2.3"
    front = vm.imds("/loadbalancer?api-version=2020-10-01").json["loadbalancer"]
    assert front["publicIpAddresses"][0]["frontendIpAddress"] == "52.1.2.3"
