"""What ARM lets an administrator change, against control-plane 3 to 7, and what it refuses.

That az sends these requests is in tests/az; here is what Azure makes of them.
"""

import http.client
import json

import pytest

from diagnose.lab import arm
from diagnose.lab.administrator import CLIENT_ID, SECRET, add_administrator, arm_token
from diagnose.lab.caller import admitted, caller
from diagnose.lab.cloud import Identity, PrivateEndpoint, Record, SecurityRule, ServiceEndpoint
from diagnose.lab.healthy import (
    APP_GROUP,
    PRINCIPAL,
    REGISTRY_ID,
    REGISTRY_SUBSCRIPTION,
    SIBLING_ID,
    SUBNET_ID,
    SUBSCRIPTION,
    TENANT,
    VNET_ID,
)
from diagnose.lab.http import Request
from diagnose.lab.reach import fate

SERVICE = "Microsoft.ContainerRegistry"
OLD, NEW = "id", "virtualNetworkSubnetResourceId"
NSG = f"{APP_GROUP}/providers/Microsoft.Network/networkSecurityGroups/apps-nsg"
NIC = f"{APP_GROUP}/providers/Microsoft.Network/networkInterfaces/app-vm-nic"
ROLES = "/providers/Microsoft.Authorization/roleAssignments/"
GUID = "11111111-0000-4000-8000-000000000001"


class Administrator:
    """Asks ARM in this process; gives the status and the answer."""

    def __init__(self, cloud, role="Owner"):
        self.cloud, self.who = cloud, add_administrator(cloud, role)

    def __call__(self, method, path, version="2024-05-01", body=None):
        request = Request(
            method=method,
            host="management.azure.com",
            path=path,
            query={"api-version": version},
            headers={"authorization": f"Bearer {arm_token(self.cloud, self.who)}"},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        reply = arm.answer(self.cloud, request)
        return reply.status, json.loads(reply.body) if reply.body else None

    def rules(self, version="2026-09-01-preview", **rules):
        body = {"properties": {"networkRuleSet": rules}}
        return self("PATCH", REGISTRY_ID, version, body)

    def registry(self, version="2026-09-01-preview", **properties):
        return self("PATCH", REGISTRY_ID, version, {"properties": properties})

    def subnet(self, **changes):
        """Read, change, put back, as az does."""
        _, found = self("GET", SUBNET_ID)
        body = {**found, "properties": {**found["properties"], **changes}}
        return self("PUT", SUBNET_ID, body=body)


@pytest.fixture
def owner(cloud):
    return Administrator(cloud)


def code(answer):
    return answer[0], answer[1]["error"]["code"]


def row(subnet_id, field=NEW):
    return {"action": "Allow", field: subnet_id}


def test_a_patch_of_one_key_keeps_the_lists(cloud, owner):
    cloud.registry.ip_rules = ["16.17.18.0/24"]
    status, body = owner.rules(defaultAction="Allow")
    assert status == 200
    assert body["properties"]["networkRuleSet"]["defaultAction"] == "Allow"
    assert cloud.registry.vnet_rules == [SUBNET_ID]
    assert cloud.registry.ip_rules == ["16.17.18.0/24"]


def test_a_list_that_is_named_replaces_the_whole_list(cloud, owner):
    owner.rules(virtualNetworkRules=[row(SIBLING_ID)])
    assert cloud.registry.vnet_rules == [SIBLING_ID]


def test_a_put_forgets_what_it_does_not_name(cloud, owner):
    cloud.registry.ip_rules = ["16.17.18.0/24"]
    cloud.registry.public_network_access = "Disabled"
    body = {"sku": {"name": "Premium"}, "properties": {"networkRuleSet": {}}}
    assert owner("PUT", REGISTRY_ID, "2026-09-01-preview", body)[0] == 200
    registry = cloud.registry
    assert (registry.vnet_rules, registry.ip_rules) == ([], [])
    assert (registry.default_action, registry.public_network_access) == ("Allow", "Enabled")


@pytest.mark.parametrize("version", ["2025-11-01", "2023-11-01-preview"])
def test_a_version_that_hides_vnet_rules_cannot_change_them(cloud, owner, version):
    status, body = owner.rules(version, virtualNetworkRules=[])
    assert status == 200
    assert "virtualNetworkRules" not in body["properties"]["networkRuleSet"]
    assert cloud.registry.vnet_rules == [SUBNET_ID]


@pytest.mark.parametrize("field", [OLD, NEW])
def test_both_names_of_the_field_are_read(cloud, owner, field):
    owner.rules("2021-08-01-preview", virtualNetworkRules=[row(SIBLING_ID, field)])
    assert cloud.registry.vnet_rules == [SIBLING_ID]


def test_a_rule_for_a_subnet_without_the_endpoint_is_refused_in_the_real_words(cloud, owner):
    cloud.registry.vnet_rules = []
    cloud.vm_subnet.service_endpoints = [ServiceEndpoint("Microsoft.Storage")]
    refused = owner.rules(virtualNetworkRules=[row(SUBNET_ID)])
    assert code(refused) == (400, "NetworkRuleValidationError")
    assert refused[1]["error"]["message"] == (
        "Could not validate network rule - Subnets apps of virtual network app-vnet do not have "
        "ServiceEndpoints for Microsoft.ContainerRegistry resources configured. Add "
        "Microsoft.ContainerRegistry to subnet's ServiceEndpoints collection before trying to ACL "
        "Microsoft.ContainerRegistry resources to these subnets."
    )
    assert cloud.registry.vnet_rules == []

    cloud.vm_subnet.service_endpoints.append(ServiceEndpoint(SERVICE))
    assert owner.rules(virtualNetworkRules=[row(SUBNET_ID)])[0] == 200


def test_one_bad_rule_changes_nothing_at_all(cloud, owner):
    refused = owner.rules(
        defaultAction="Allow", ipRules=[{"value": "nonsense"}], virtualNetworkRules=[]
    )
    assert code(refused) == (400, "NetworkRuleValidationError")
    assert (cloud.registry.default_action, cloud.registry.vnet_rules) == ("Deny", [SUBNET_ID])


def test_a_rule_for_a_subnet_that_is_not_there_is_refused(owner):
    assert code(owner.rules(virtualNetworkRules=[row(SUBNET_ID + "x")]))[0] == 400


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400)])
def test_a_registry_has_a_hundred_vnet_rules(cloud, owner, count, status):
    cloud.registry.vnet_rules = [f"{VNET_ID}/subnets/old{n}" for n in range(count - 1)]
    asked = [row(one) for one in [*cloud.registry.vnet_rules, SUBNET_ID]]
    assert owner.rules(virtualNetworkRules=asked)[0] == status


@pytest.mark.parametrize(("count", "status"), [(200, 200), (201, 400)])
def test_a_registry_has_two_hundred_ip_rules(owner, count, status):
    answer = owner.rules(ipRules=[{"value": f"16.17.{n}.0/24"} for n in range(count)])
    assert answer[0] == status
    assert status == 200 or answer[1]["error"]["message"] == (
        "The requested feature IP rule exceeds allowed quota 200 for the SKU Premium."
    )


def test_the_plan_decides_what_can_be_asked_for(cloud, owner):
    down = {"sku": {"name": "Standard"}}
    assert owner("PATCH", REGISTRY_ID, "2025-11-01", down)[0] == 400  # a rule is still there
    assert cloud.registry.sku == "Premium"
    owner.rules(virtualNetworkRules=[])
    assert owner("PATCH", REGISTRY_ID, "2025-11-01", down)[0] == 200
    for properties in (
        {"networkRuleSet": {"defaultAction": "Deny"}},
        {"publicNetworkAccess": "Disabled"},
        {"dataEndpointEnabled": True},
    ):
        assert owner.registry(**properties)[0] == 400
    assert code(owner("PATCH", REGISTRY_ID, "2025-11-01", {"sku": {"name": "Gold"}}))[0] == 400


def test_the_other_settings(cloud, owner):
    owner.registry(
        publicNetworkAccess="Disabled",
        dataEndpointEnabled=True,
        anonymousPullEnabled=True,
        roleAssignmentMode="AbacRepositoryPermissions",
        policies={"azureADAuthenticationAsArmPolicy": {"status": "disabled"}},
    )
    registry = cloud.registry
    assert (registry.public_network_access, registry.data_endpoint_enabled) == ("Disabled", True)
    assert (registry.anonymous_pull, registry.arm_audience_enabled) == (True, False)
    assert registry.role_assignment_mode == "AbacRepositoryPermissions"
    assert owner.registry(publicNetworkAccess="Off")[0] == 400
    # A version from before a property existed does not know it.
    owner.registry("2019-05-01", publicNetworkAccess="Enabled")
    assert registry.public_network_access == "Disabled"


def test_the_endpoint_alone_makes_an_ip_rule_stop_matching(cloud, owner):
    cloud.vm_subnet.service_endpoints = []
    owner.rules(ipRules=[{"value": "52.188.17.34"}], virtualNetworkRules=[])
    assert admitted(cloud, caller(cloud))

    assert owner.subnet(serviceEndpoints=[{"service": SERVICE}])[0] == 200
    assert caller(cloud).address == "10.1.0.4"
    assert not admitted(cloud, caller(cloud))


def test_a_put_of_the_subnet_as_it_is_finishes_a_failed_endpoint(cloud, owner):
    for endpoint in cloud.vm_subnet.service_endpoints:
        endpoint.provisioning_state = "Failed"
    assert owner.subnet()[0] == 200
    assert {e.provisioning_state for e in cloud.vm_subnet.service_endpoints} == {"Succeeded"}
    assert cloud.vm_subnet.nat_public_ip == "52.188.17.34"


def test_what_a_put_of_the_subnet_leaves_out_is_gone(cloud, owner):
    subnet = cloud.vm_subnet
    subnet.storage_policy = subnet.route_table = True
    subnet.nva_public_ip, subnet.blocked = "52.170.9.9", {"Storage"}
    bare = {"properties": {"addressPrefix": "10.1.0.0/24"}}
    assert owner("PUT", SUBNET_ID, body=bare)[0] == 200
    assert (subnet.service_endpoints, subnet.storage_policy, subnet.blocked) == ([], False, set())
    assert (subnet.nva_public_ip, subnet.nat_public_ip, subnet.outbound) == (None, None, True)


def test_a_subnet_that_is_put_back_as_read_is_the_same(cloud, owner):
    subnet = cloud.vm_subnet
    subnet.outbound, subnet.storage_policy, subnet.blocked = False, True, {"Storage"}
    before = repr(subnet)
    assert owner.subnet()[0] == 200
    assert repr(subnet) == before


def test_a_nat_gateway_gives_a_closed_subnet_a_way_out(cloud, owner):
    subnet = cloud.vm_subnet
    subnet.outbound, subnet.nat_public_ip = False, None
    gateways = f"{APP_GROUP}/providers/Microsoft.Network/natGateways"
    assert code(owner.subnet(natGateway={"id": f"{gateways}/none"})) == (
        400,
        "InvalidResourceReference",
    )
    assert owner.subnet(natGateway={"id": f"{gateways}/build-nat"})[0] == 200
    assert (subnet.nat_public_ip, subnet.outbound) == ("52.188.17.34", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"addressPrefix": "10.1.9.0/24"},
        {"serviceEndpoints": [{"service": "Microsoft.ContainerRegistries"}]},
        {"networkSecurityGroup": {"id": NSG + "x"}},
    ],
)
def test_a_subnet_refuses_what_it_cannot_be(cloud, owner, changes):
    before = repr(cloud.vm_subnet)
    assert owner.subnet(**changes)[0] == 400
    assert repr(cloud.vm_subnet) == before


def test_a_service_that_is_named_twice_is_listed_once(cloud, owner):
    names = ("Microsoft.Storage", SERVICE, "Microsoft.Storage")
    assert owner.subnet(serviceEndpoints=[{"service": name} for name in names])[0] == 200
    assert [e.service for e in cloud.vm_subnet.service_endpoints] == [*names[:2]]


def rule(priority, access="Allow", to="AzureContainerRegistry", ports="443"):
    return {
        "properties": {
            "priority": priority,
            "access": access,
            "direction": "Outbound",
            "protocol": "Tcp",
            "destinationAddressPrefix": to,
            "destinationPortRange": ports,
        }
    }


def test_the_lowest_number_of_the_security_rules_decides(cloud, owner):
    cloud.vm_subnet.blocked = {"Internet"}
    registry = cloud.addresses["registry"]
    assert fate(cloud, registry, 443) is not None
    path = f"{NSG}/securityRules/let"
    assert owner("PUT", path, body=rule(900))[0] == 201
    assert fate(cloud, registry, 443) is None
    assert owner("PUT", path, body=rule(2000))[0] == 201  # behind the deny
    assert fate(cloud, registry, 443) is not None
    owner("PUT", path, body=rule(900, ports="80"))  # not the port
    assert fate(cloud, registry, 443) is not None
    assert owner("DELETE", path)[0] == 200
    assert owner("DELETE", path)[0] == 204


def test_two_rules_cannot_have_one_priority(cloud, owner):
    cloud.vm_subnet.security_rules = [SecurityRule("old", 200, "Deny", "Internet")]
    refused = owner("PUT", f"{NSG}/securityRules/new", body=rule(200))
    assert code(refused) == (400, "SecurityRuleConflict")
    assert owner("PUT", f"{NSG}/securityRules/old", body=rule(200))[0] == 201
    assert code(owner("PUT", f"{NSG}/securityRules/low", body=rule(99)))[0] == 400


def test_a_role_is_given_once_and_taken_by_its_name(cloud, owner):
    cloud.role_assignments = [a for a in cloud.role_assignments if a.role != "AcrPull"]
    head = f"/subscriptions/{REGISTRY_SUBSCRIPTION}/providers/Microsoft.Authorization"
    definition = f"{head}/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
    path, version = f"{REGISTRY_ID}{ROLES}{GUID}", "2022-04-01"
    body = {"properties": {"roleDefinitionId": definition, "principalId": PRINCIPAL}}
    assert owner("PUT", path, version, body)[0] == 201
    assert cloud.role_assignments[-1].role == "AcrPull"
    assert code(owner("PUT", path, version, body)) == (409, "RoleAssignmentExists")
    assert owner("DELETE", path, version)[0] == 200
    assert owner("DELETE", path, version)[0] == 204

    nobody = {"properties": {**body["properties"], "principalId": GUID}}
    assert code(owner("PUT", path, version, nobody)) == (400, "PrincipalNotFound")
    unknown = {"properties": {**body["properties"], "roleDefinitionId": GUID}}
    assert code(owner("PUT", path, version, unknown)) == (404, "RoleDefinitionDoesNotExist")


def test_a_provider_is_registered_and_unregistered(cloud, owner):
    path = f"/subscriptions/{SUBSCRIPTION}/providers/{SERVICE}"
    states = cloud.subscriptions[SUBSCRIPTION]
    owner("POST", f"{path}/unregister", "2021-04-01")
    assert states[SERVICE] == "Unregistered"
    assert not admitted(cloud, caller(cloud))
    owner("POST", f"{path}/register", "2021-04-01")
    assert states[SERVICE] == "Registered"
    assert admitted(cloud, caller(cloud))
    assert code(owner("POST", f"{path}s/register", "2021-04-01"))[0] == 404


def test_a_private_endpoint_works_once_it_is_approved(cloud, owner):
    pe = PrivateEndpoint("pe1", "10.1.0.8", "10.1.0.9", status="Pending")
    cloud.registry.private_endpoints.append(pe)
    assert caller(cloud, local="10.1.0.8") is None
    path, version = f"{REGISTRY_ID}/privateEndpointConnections/pe1", "2025-11-01"
    body = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    assert owner("PUT", path, version, body)[0] == 200
    assert caller(cloud, local="10.1.0.8").private_link
    state = owner("GET", path, version)[1]["properties"]["privateLinkServiceConnectionState"]
    assert state["status"] == "Approved"
    assert owner("PUT", path + "x", version, body)[0] == 404
    body["properties"]["privateLinkServiceConnectionState"]["status"] = "Fine"
    assert owner("PUT", path, version, body)[0] == 400


def test_a_private_zone_is_filled_linked_and_unlinked(cloud, owner):
    name = "privatelink.azurecr.io"
    zone = f"{APP_GROUP}/providers/Microsoft.Network/privateDnsZones/{name}"
    link, record = f"{zone}/virtualNetworkLinks/app", f"{zone}/A/contoso"
    values = {"properties": {"ttl": 10, "aRecords": [{"ipv4Address": "10.1.0.8"}]}}
    assert owner("PUT", record, "2024-06-01", values)[0] == 404  # no such zone
    cloud.dns.unlinked[name] = {}
    assert owner("PUT", record, "2024-06-01", values)[0] == 200
    held = {"contoso.privatelink.azurecr.io": [Record("A", "10.1.0.8", 10)]}
    assert cloud.dns.unlinked == {name: held}

    no_address = {"properties": {"aRecords": [{"ipv4Address": "ADDRESS"}]}}
    assert owner("PUT", record, "2024-06-01", no_address)[0] == 400
    to_nowhere = {"properties": {"virtualNetwork": {"id": VNET_ID + "x"}}}
    assert owner("PUT", link, "2024-06-01", to_nowhere)[0] == 400
    body = {"properties": {"virtualNetwork": {"id": VNET_ID}, "registrationEnabled": False}}
    assert owner("PUT", link, "2024-06-01", body)[0] == 200
    assert (cloud.dns.private, cloud.dns.unlinked) == ({name: held}, {})
    assert code(owner("PUT", link + "2", "2024-06-01", body))[0] == 409

    assert cloud.dns.fallback == set()
    policy = {"properties": {"resolutionPolicy": "NxDomainRedirect"}}
    assert owner("PATCH", link, "2024-06-01", policy)[0] == 200
    assert cloud.dns.fallback == {name}
    _, shown = owner("GET", f"{zone}/virtualNetworkLinks", "2024-06-01")
    assert shown["value"][0]["properties"]["resolutionPolicy"] == "NxDomainRedirect"

    assert owner("DELETE", link + "2", "2024-06-01")[0] == 204
    assert owner("DELETE", link, "2024-06-01")[0] == 200
    assert (cloud.dns.private, cloud.dns.unlinked) == ({}, {name: held})
    assert (cloud.dns.fallback, cloud.dns.links) == (set(), {})
    assert owner("DELETE", record, "2024-06-01")[0] == 200
    assert cloud.dns.unlinked == {name: {}}


def test_identities_come_and_go(cloud, owner):
    path = cloud.vm.resource_id
    own = f"{APP_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
    spare = Identity("spare", "c", "o", TENANT, own)
    cloud.identities.append(spare)

    def put(kind, **named):
        identity = {"type": kind, "userAssignedIdentities": {own: named["on"]} if named else {}}
        return owner("PATCH", path, "2024-11-01", {"identity": identity})

    assert put("SystemAssigned, UserAssigned", on={})[1]["identity"]["type"] == (
        "SystemAssigned, UserAssigned"
    )
    assert spare.kind == "user"
    assert put("UserAssigned", on={})[0] == 200
    assert [i.kind for i in cloud.identities] == ["app", "user"]
    assert put("None")[1].get("identity") is None
    assert spare.kind == "spare"
    made = owner("PATCH", path, "2024-11-01", {"identity": {"type": "SystemAssigned"}})
    assert made[1]["identity"]["principalId"] not in (PRINCIPAL, "")
    assert put("Sometimes")[0] == 400


def test_effective_routes_follow_from_the_state(cloud, owner):
    def hops():
        _, body = owner("POST", f"{NIC}/effectiveRouteTable")
        return [r["nextHopType"] for r in body["value"]]

    assert hops() == [
        "VnetLocal",
        "VirtualNetworkServiceEndpoint",
        "VirtualNetworkServiceEndpoint",
        "Internet",
    ]
    cloud.vm_subnet.diverted["AzureContainerRegistry"] = "20.81.4.7"
    cloud.vm_subnet.outbound = False
    assert hops()[1] == "VirtualAppliance"
    assert hops()[-1] == "None"


PATCH_REGISTRY = ("PATCH", REGISTRY_ID, "registries/write")
PUT_SUBNET = ("PUT", SUBNET_ID, "virtualNetworks/subnets/write")
ASSIGN = ("PUT", f"{REGISTRY_ID}{ROLES}{GUID}", "roleAssignments/write")
REGISTER = (
    "POST",
    f"/subscriptions/{SUBSCRIPTION}/providers/{SERVICE}/register",
    "register/action",
)
LOOK = ("POST", f"{NIC}/effectiveRouteTable", "effectiveRouteTable/action")
MACHINE = (
    "PATCH",
    f"{APP_GROUP}/providers/Microsoft.Compute/virtualMachines/app-vm",
    "virtualMachines/write",
)
MAY = {
    "Owner": {PATCH_REGISTRY, PUT_SUBNET, ASSIGN, REGISTER, LOOK, MACHINE},
    "Contributor": {PATCH_REGISTRY, PUT_SUBNET, REGISTER, LOOK, MACHINE},
    "Network Contributor": {PUT_SUBNET, LOOK},
    "User Access Administrator": {ASSIGN},
    "Virtual Machine Contributor": {MACHINE},
    "Reader": set(),
    "AcrPush": set(),
}


@pytest.mark.parametrize("asked", sorted(MAY["Owner"]), ids=lambda asked: asked[2])
@pytest.mark.parametrize("role", MAY)
def test_each_write_needs_the_role_that_it_needs_in_azure(cloud, role, asked):
    method, path, action = asked
    status, body = Administrator(cloud, role)(method, path, "2025-11-01", {})
    if asked in MAY[role]:
        assert status != 403
    else:
        assert (status, body["error"]["code"]) == (403, "AuthorizationFailed")
        assert action in body["error"]["message"]


def test_a_vnet_rule_needs_a_right_on_the_subnet_too(cloud):
    owner_of_the_registry = Administrator(cloud)
    cloud.role_assignments = [a for a in cloud.role_assignments if SUBSCRIPTION not in a.scope]
    refused = owner_of_the_registry.rules(virtualNetworkRules=[row(SIBLING_ID)])
    assert code(refused) == (403, "LinkedAuthorizationFailed")
    assert "joinViaServiceEndpoint/action" in refused[1]["error"]["message"]
    assert cloud.registry.vnet_rules == [SUBNET_ID]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", SUBNET_ID),
        ("DELETE", SUBNET_ID),
        ("DELETE", REGISTRY_ID),
        ("POST", f"{REGISTRY_ID}/listCredentials"),
        ("PUT", VNET_ID),
        ("POST", "/subscriptions"),
    ],
)
def test_every_other_write_is_405(owner, method, path):
    assert code(owner(method, path)) == (405, "HttpMethodNotAllowed")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"'])
def test_a_body_that_is_no_object_is_refused(cloud, owner, body):
    request = Request(
        method="PATCH",
        host="management.azure.com",
        path=REGISTRY_ID,
        query={"api-version": "2025-11-01"},
        headers={"authorization": f"Bearer {arm_token(cloud, owner.who)}"},
        body=body,
    )
    assert arm.answer(cloud, request).status == 400


def test_over_the_wire_with_the_secret(cloud, vm):
    add_administrator(cloud)
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "scope": "https://management.azure.com/.default",
    }
    url = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    token = vm.ask("POST", url, form=form).json["access_token"]
    connection = http.client.HTTPConnection("management.azure.com")
    connection.sock = vm.tls("management.azure.com")
    body = json.dumps({"properties": {"networkRuleSet": {"virtualNetworkRules": []}}})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    path = f"{REGISTRY_ID}?api-version=2026-03-01-preview"
    connection.request("PATCH", path, body, headers)
    assert connection.getresponse().status == 200
    connection.close()
    assert vm.probe().status == 403


def test_the_vms_own_identity_changes_nothing(cloud, vm):
    token = vm.identity("https://management.azure.com/").json["access_token"]
    url = f"https://management.azure.com{REGISTRY_ID}?api-version=2025-11-01"
    reply = vm.ask("PATCH", url, {"Authorization": f"Bearer {token}"})
    assert (reply.status, reply.json["error"]["code"]) == (403, "AuthorizationFailed")
