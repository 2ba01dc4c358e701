"""Microsoft's own registry: an image for anybody, and nothing that it does not hold."""

import pytest

from diagnose.lab.image import build_image, digest_of

HOST = "https://mcr.microsoft.com"
IMAGE = build_image(note="mcr")


@pytest.fixture
def stocked(cloud):
    cloud.public_images["mcr/hello-world"] = {"latest": IMAGE}
    return cloud


def test_a_manifest_is_given_by_tag_and_by_digest(stocked, vm):
    by_tag = vm.get(f"{HOST}/v2/mcr/hello-world/manifests/latest")
    by_digest = vm.get(f"{HOST}/v2/mcr/hello-world/manifests/{IMAGE.digest}")
    assert by_tag.status == 200
    assert by_tag.headers["docker-content-digest"] == digest_of(by_tag.body) == IMAGE.digest
    assert by_digest.body == by_tag.body


def test_a_blob_is_given_without_a_login(stocked, vm):
    digest, blob = next(iter(IMAGE.blobs.items()))
    assert vm.get(f"{HOST}/v2/mcr/hello-world/blobs/{digest}").body == blob


@pytest.mark.parametrize(
    "path",
    [
        "/v2/mcr/hello-world/manifests/v2",
        "/v2/mcr/hello-world/blobs/sha256:beef",
        "/v2/app/manifests/v1",
        "/v2/mcr/hello-world/tags/list",
    ],
)
def test_what_it_does_not_hold_is_not_there(stocked, vm, path):
    assert vm.get(HOST + path).status == 404


def test_it_is_empty_where_nobody_put_anything(vm):
    assert vm.get(f"{HOST}/v2/mcr/hello-world/manifests/latest").status == 404
    assert vm.get(f"{HOST}/v2/").status == 200
