"""The whole pull and its refusals, against data-plane 2 and 3."""

import hashlib

import pytest

from diagnose.lab.image import build_image

REGISTRY = "https://contoso.azurecr.io"
ARM = "https://management.azure.com/"


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


@pytest.mark.parametrize(("fault", "status"), [("throttled", 429), ("503", 503), ("500", 500)])
def test_service_faults(cloud, vm, fault, status):
    cloud.registry.fault = fault
    reply = vm.probe()
    assert reply.status == status
    assert ("retry-after" in reply.headers) == (status == 429)
    assert reply.headers["x-ms-correlation-request-id"]


def test_images_are_byte_stable_and_other_architectures_differ():
    assert build_image() == build_image()
    assert build_image("arm64").digest != build_image().digest


def test_log_has_no_query_and_no_writes(vm):
    vm.access()
    assert {method for method, _, _ in vm.lab.log} <= {"GET", "HEAD", "POST"}
    assert all("?" not in path for _, _, path in vm.lab.log)
