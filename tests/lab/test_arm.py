"""ARM's answers, against control-plane 2 to 5 and 10 and the recorded samples."""

from pathlib import Path

from diagnose.lab.cloud import RoleAssignment
from diagnose.lab.healthy import (
    PRINCIPAL,
    REGISTRY_ID,
    REGISTRY_SUBSCRIPTION,
    SUBNET_ID,
    SUBSCRIPTION,
    VNET_ID,
)

SAMPLES = Path(__file__).parents[1] / "recorded"


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
