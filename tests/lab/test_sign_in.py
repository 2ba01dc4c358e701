"""The two token endpoints and the roles behind them, against data-plane 2."""

import base64
import json

from diagnose.lab.cloud import RoleAssignment
from diagnose.lab.healthy import APP_GROUP, PRINCIPAL, REGISTRY_GROUP, REGISTRY_ID

REGISTRY = "https://contoso.azurecr.io"
ARM = "https://management.azure.com/"


def only(*roles):
    return [RoleAssignment(PRINCIPAL, role, scope) for role, scope in roles]


def test_no_pull_right_is_401_at_the_exchange_for_both_audiences(cloud, vm):
    cloud.role_assignments = only(("Diagnose Reader (custom)", REGISTRY_GROUP))
    assert vm.exchange().status == 401
    assert vm.exchange(ARM).status == 401


def test_reader_contains_the_pull_right(cloud, vm):
    cloud.role_assignments = only(("Reader", REGISTRY_GROUP))  # S76
    assert vm.exchange().status == 200


def test_arm_audience_can_be_switched_off(cloud, vm):
    cloud.registry.arm_audience_enabled = False
    assert vm.exchange(ARM).status == 401
    assert vm.exchange().status == 200


def test_abac_has_no_permissions_claim_and_ignores_acrpull(cloud, vm):
    cloud.registry.role_assignment_mode = "AbacRepositoryPermissions"
    refresh = vm.exchange().json["refresh_token"]
    assert "permissions" not in claims(refresh)
    assert claims(vm.access())["access"] == []
    assert vm.get(f"{REGISTRY}/v2/app/manifests/v1", vm.access()).status == 401
    reader = "Container Registry Repository Reader"
    cloud.role_assignments += only((reader, REGISTRY_ID))
    assert vm.get(f"{REGISTRY}/v2/app/manifests/v1", vm.access()).status == 200


def claims(token):

    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_legacy_refresh_token_says_read(vm):
    assert claims(vm.exchange().json["refresh_token"])["permissions"]["actions"] == ["read"]


def test_token_of_one_repository_is_too_small_for_another(vm):
    reply = vm.get(f"{REGISTRY}/v2/other/manifests/v1", vm.access("app"))
    assert reply.status == 401
    assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]


def test_anonymous_pull(cloud, vm):
    cloud.registry.anonymous_pull = True
    assert vm.probe().status == 200
    token = vm.probe().json["access_token"]
    assert vm.get(f"{REGISTRY}/v2/app/manifests/v1", token).status == 200


def test_wrong_tenant_is_401(cloud, vm):
    cloud.identities[0].tenant = "0ther000-0000-4000-8000-000000000000"
    assert vm.exchange().status == 401


def test_exchange_is_post_only_and_root_is_404(vm):
    assert vm.get(f"{REGISTRY}/oauth2/exchange").status == 404
    root = vm.get(f"{REGISTRY}/")
    assert (root.status, root.headers["content-length"]) == (404, "9")


def test_rights_on_another_group_do_not_help(cloud, vm):
    cloud.role_assignments = only(("AcrPull", APP_GROUP))
    assert vm.exchange().status == 401
