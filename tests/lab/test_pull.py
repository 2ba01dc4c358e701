"""The whole pull and its refusals, against data-plane 2 and 3."""

import hashlib
import json

import pytest

from diagnose.lab.cloud import RoleAssignment
from diagnose.lab.healthy import APP_GROUP, PRINCIPAL, REGISTRY_GROUP, REGISTRY_ID
from diagnose.lab.image import build_image

REGISTRY = "https://contoso.azurecr.io"
ARM = "https://management.azure.com/"


def only(*roles):
    return [RoleAssignment(PRINCIPAL, role, scope) for role, scope in roles]


def code(reply):
    return reply.json["errors"][0]["code"]


def test_every_byte_of_the_image_arrives(vm):
    token = vm.access()
    manifest = vm.get(f"{REGISTRY}/v2/app/manifests/v1", token)
    digest = "sha256:" + hashlib.sha256(manifest.body).hexdigest()
    assert manifest.headers["docker-content-digest"] == digest
    assert manifest.headers["server"] == "AzureContainerRegistry"
    for part in [manifest.json["config"], *manifest.json["layers"]]:
        link = vm.get(f"{REGISTRY}/v2/app/blobs/{part['digest']}", token)
        assert link.status == 307
        blob = vm.get(link.headers["location"])
        assert len(blob.body) == part["size"]
        assert "sha256:" + hashlib.sha256(blob.body).hexdigest() == part["digest"]


def layer_link(vm):
    digest = next(iter(vm.lab.cloud.registry.repositories["app"]["v1"].blobs))
    return vm.get(f"{REGISTRY}/v2/app/blobs/{digest}", vm.access()).headers["location"]


def test_layer_host_gives_one_byte_and_takes_no_token(vm):
    link = layer_link(vm)
    assert link.startswith("https://eusmanaged15.blob.core.windows.net/")
    part = vm.get(link, Range="bytes=0-0")
    assert (part.status, len(part.body)) == (206, 1)
    refused = vm.get(link, vm.access())
    assert refused.status == 403
    assert refused.body.startswith(b"\xef\xbb\xbf<?xml")
    assert b"Server failed to authenticate the request" in refused.body


def test_layer_link_cannot_be_forged(vm):
    assert vm.get(layer_link(vm).replace("sig=", "sig=x")).status == 403
    assert vm.get("https://eusmanaged15.blob.core.windows.net/").status == 403


def test_data_endpoint_takes_the_layers_when_it_is_on(cloud, vm):
    cloud.registry.data_endpoint_enabled = True
    link = layer_link(vm)
    assert link.startswith("https://contoso.eastus.data.azurecr.io/")
    assert vm.get(link).status == 200


def test_storage_policy_blocks_layers_only(cloud, vm):
    link = layer_link(vm)
    cloud.vm_subnet.storage_policy = True
    assert b"<Code>AuthorizationFailure</Code>" in vm.get(link).body
    assert vm.probe().status == 401


def test_head_has_the_length_and_no_body(vm):
    headers = {"Authorization": f"Bearer {vm.access()}"}
    reply = vm.ask("HEAD", f"{REGISTRY}/v2/app/manifests/v1", headers)
    assert reply.status == 200
    assert int(reply.headers["content-length"]) > 100
    assert reply.body == b""


def test_index_has_two_platforms(vm):
    index = vm.get(f"{REGISTRY}/v2/app/manifests/multi", vm.access()).json
    assert [m["platform"]["architecture"] for m in index["manifests"]] == ["amd64", "arm64"]


def test_missing_tag_and_missing_repository_are_told_apart(vm):
    tag = vm.get(f"{REGISTRY}/v2/app/manifests/v9", vm.access())
    assert (tag.status, code(tag)) == (404, "MANIFEST_UNKNOWN")
    assert tag.json["errors"][0]["message"] == 'manifest tagged by "v9" is not found'
    repo = vm.get(f"{REGISTRY}/v2/nope/manifests/v1", vm.access("nope"))
    assert (repo.status, code(repo)) == (404, "NAME_UNKNOWN")
    assert repo.json["errors"][0]["message"] == 'repository "nope" is not found'


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
    import base64

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


@pytest.mark.parametrize(("fault", "status"), [("throttled", 429), ("503", 503), ("500", 500)])
def test_service_faults(cloud, vm, fault, status):
    cloud.registry.fault = fault
    reply = vm.probe()
    assert reply.status == status
    assert ("retry-after" in reply.headers) == (status == 429)
    assert reply.headers["x-ms-correlation-request-id"]


def test_wrong_tenant_is_401(cloud, vm):
    cloud.identities[0].tenant = "0ther000-0000-4000-8000-000000000000"
    assert vm.exchange().status == 401


def test_exchange_is_post_only_and_root_is_404(vm):
    assert vm.get(f"{REGISTRY}/oauth2/exchange").status == 404
    root = vm.get(f"{REGISTRY}/")
    assert (root.status, root.headers["content-length"]) == (404, "9")


def test_images_are_byte_stable_and_other_architectures_differ():
    assert build_image() == build_image()
    assert build_image("arm64").digest != build_image().digest


def test_log_has_no_query_and_no_writes(vm):
    vm.access()
    assert {method for method, _, _ in vm.lab.log} <= {"GET", "HEAD", "POST"}
    assert all("?" not in path for _, _, path in vm.lab.log)


def test_rights_on_another_group_do_not_help(cloud, vm):
    cloud.role_assignments = only(("AcrPull", APP_GROUP))
    assert vm.exchange().status == 401
