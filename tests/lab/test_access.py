"""Tenants, roles and audiences: what ARM and the metadata service say of who asks."""

import pytest

from diagnose.lab.cloud import RoleAssignment
from diagnose.lab.healthy import PRINCIPAL, REGISTRY_ID, REGISTRY_SUBSCRIPTION, SUBSCRIPTION, TENANT
from diagnose.lab.roles import ROLES

OTHER = "0e5a11fe-0000-4000-8000-00000000c0de"


def ask(vm, path, version="2022-12-01"):
    return vm.arm(path, version)


def test_a_subscription_shows_its_tenant(vm):
    assert ask(vm, f"/subscriptions/{SUBSCRIPTION}").json["tenantId"] == TENANT


def test_a_subscription_that_does_not_exist_and_one_without_a_role_are_told_apart(cloud, vm):
    assert ask(vm, "/subscriptions/nothere").status == 404
    cloud.role_assignments = []
    assert ask(vm, f"/subscriptions/{SUBSCRIPTION}").status == 403


def test_a_token_of_another_tenant_is_refused_by_name_before_any_right_counts(cloud, vm):
    cloud.identities[0].tenant = cloud.tenants[SUBSCRIPTION] = OTHER
    own = ask(vm, f"/subscriptions/{SUBSCRIPTION}")
    foreign = ask(vm, f"/subscriptions/{REGISTRY_SUBSCRIPTION}")

    assert (own.status, own.json["tenantId"]) == (200, OTHER)
    assert foreign.status == 401
    assert foreign.json["error"]["code"] == "InvalidAuthenticationTokenTenant"
    assert (
        f"must match the tenant 'https://sts.windows.net/{TENANT}/'"
        in (foreign.json["error"]["message"])
    )


def test_a_tenant_that_manages_the_subscription_is_let_in_and_the_registry_still_refuses(cloud, vm):
    cloud.identities[0].tenant = cloud.tenants[SUBSCRIPTION] = OTHER
    cloud.managed_by[REGISTRY_SUBSCRIPTION] = OTHER
    found = ask(vm, f"/subscriptions/{REGISTRY_SUBSCRIPTION}")

    assert found.json["tenantId"] == TENANT
    assert found.json["managedByTenants"] == [{"tenantId": OTHER}]
    assert vm.exchange().status == 401


@pytest.mark.parametrize(
    ("role", "actions", "without"),
    [
        ("AcrPull", ["Microsoft.ContainerRegistry/registries/pull/read"], []),
        (
            "Diagnose Reader (custom)",
            ["*/read"],
            ["Microsoft.ContainerRegistry/registries/pull/read"],
        ),
    ],
)
def test_a_role_definition_shows_what_the_role_does_here(vm, role, actions, without):
    path = f"{REGISTRY_ID}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role].guid}"
    (rule,) = ask(vm, path, "2022-04-01").json["properties"]["permissions"]

    assert (rule["actions"], rule["notActions"]) == (actions, without)


def test_definitions_need_a_right_at_the_scope(cloud, vm):
    cloud.role_assignments = [RoleAssignment(PRINCIPAL, "AcrPull", REGISTRY_ID)]
    guid = ROLES["AcrPull"].guid
    path = f"{REGISTRY_ID}/providers/Microsoft.Authorization/roleDefinitions/{guid}"

    assert ask(vm, path, "2022-04-01").status == 403


def test_entra_may_not_know_acrs_own_audience(cloud, vm):
    cloud.acr_audience_known = False
    refused = vm.identity()

    assert (refused.status, refused.json["error"]) == (400, "invalid_resource")
