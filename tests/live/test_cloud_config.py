"""Whom an AKS node's kubelet pulls as, from the file that says so beside a secret."""

import json

import pytest

from diagnose.live import cloud_config

WHO = "c11e47ed-0000-4000-8000-00000000e005"
NODE = {"useManagedIdentityExtension": True, "userAssignedIdentityID": WHO, "aadClientSecret": "s"}


def node(tmp_path, text):
    place = tmp_path / "etc/kubernetes/azure.json"
    place.parent.mkdir(parents=True)
    place.write_text(text)
    return tmp_path


@pytest.mark.parametrize("named", [WHO, "/subscriptions/s/resourceGroups/r/providers/x/y"])
def test_the_identity_is_read_by_client_id_or_resource_id(tmp_path, named):
    told = json.dumps(NODE | {"userAssignedIdentityID": named})

    assert cloud_config.kubelet_client(node(tmp_path, told)) == named


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(NODE | {"useManagedIdentityExtension": False}),  # it pulls with a secret
        json.dumps(NODE | {"userAssignedIdentityID": 7}),
        json.dumps(NODE | {"userAssignedIdentityID": "a\nb"}),
        "{}",
        "[]",
        "not JSON",
    ],
)
def test_what_names_nobody_is_nobody(tmp_path, text):
    assert cloud_config.kubelet_client(node(tmp_path, text)) == ""


def test_a_machine_without_the_file_has_no_kubelet(tmp_path):
    assert cloud_config.kubelet_client(tmp_path) == ""
