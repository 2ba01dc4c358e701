"""What an AKS node's cloud configuration says, beside a secret that never leaves it."""

import json

import pytest

from checks.replies import Failure, Trouble
from diagnose.live import cloud_config
from diagnose.live.vault import Vault

WHO = "c11e47ed-0000-4000-8000-00000000e005"
NODE = {"useManagedIdentityExtension": True, "userAssignedIdentityID": WHO, "aadClientSecret": "s"}


def node(tmp_path, text):
    place = tmp_path / "etc/kubernetes/azure.json"
    place.parent.mkdir(parents=True)
    place.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "is_there"),
    [("/opt/azure.json", True), ("/opt/gone.json", False), ("/etc/kubernetes/azure.json", False)],
)
def test_a_link_to_the_file_leads_where_it_leads_on_that_machine(tmp_path, target, is_there):
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt/azure.json").write_text("{}")
    (tmp_path / "etc/kubernetes").mkdir(parents=True)
    (tmp_path / "etc/kubernetes/azure.json").symlink_to(target)

    assert cloud_config.is_node(tmp_path) is is_there


def test_a_place_that_cannot_be_looked_at_is_no_node(tmp_path):
    assert cloud_config.is_node(tmp_path / ("a" * 300)) is False


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


SUBSCRIPTION = "5f0c1d2e-0000-4000-8000-00000000a001"
WHOLE = {
    "cloud": "AzurePublicCloud",
    "tenantId": "72f988bf-0000-4000-8000-00000000c003",
    "subscriptionId": SUBSCRIPTION,
    "aadClientId": "c11e47ed-0000-4000-8000-0000000000ff",
    "aadClientSecret": "hush~Hush.8Q~hush",
    "resourceGroup": "MC_rg_c_eastus",
    "vnetName": "v",
    "vnetResourceGroup": "net",
    "subnetName": "nodes",
    "primaryScaleSetName": "aks-pool-1-vmss",
    "useManagedIdentityExtension": False,
    "userAssignedIdentityID": "",
    "somethingElse": "not-on-the-list",
}


def test_the_listed_keys_are_kept_and_nothing_of_the_secret_but_that_it_is_there(tmp_path):
    vault = Vault()
    reply = cloud_config.cloud(node(tmp_path, json.dumps(WHOLE)), vault)

    assert (reply.vnet_group, reply.vnet, reply.subnet) == ("net", "v", "nodes")
    assert (reply.network_subscription, reply.managed, reply.has_secret) == (
        SUBSCRIPTION,
        False,
        True,
    )
    assert "hush" not in repr(reply)
    assert "not-on-the-list" not in repr(reply)
    assert WHOLE["aadClientSecret"] in vault.secrets()


def test_a_managed_identitys_word_in_the_secrets_place_is_no_secret(tmp_path):
    told = WHOLE | {"aadClientSecret": "msi", "aadClientId": "msi"}
    vault = Vault()
    reply = cloud_config.cloud(node(tmp_path, json.dumps(told)), vault)

    assert (reply.has_secret, reply.client) == (False, "")
    assert "msi" not in vault.secrets()


@pytest.mark.parametrize(
    ("changes", "group", "subscription"),
    [
        ({"vnetResourceGroup": ""}, "MC_rg_c_eastus", SUBSCRIPTION),
        ({"networkResourceSubscriptionID": "other"}, "net", "other"),
        ({"NETWORKRESOURCESUBSCRIPTIONID": "other"}, "net", "other"),  # Go reads keys in any case
        ({"vnetResourceGroup": ["net"]}, "MC_rg_c_eastus", SUBSCRIPTION),
    ],
)
def test_the_networks_group_and_subscription_are_the_nodes_unless_named(
    tmp_path, changes, group, subscription
):
    reply = cloud_config.cloud(node(tmp_path, json.dumps(WHOLE | changes)))

    assert (reply.vnet_group, reply.network_subscription) == (group, subscription)


@pytest.mark.parametrize(
    "text", ["", "{", json.dumps(WHOLE)[:-30], "[]", "7", "[" * 100_000, '{"a": NaN', "\udcff"]
)
def test_what_is_half_written_or_no_object_is_a_failure(tmp_path, text):
    place = node(tmp_path, "")
    (place / "etc/kubernetes/azure.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    vault = Vault()
    reply = cloud_config.cloud(place, vault)

    assert isinstance(reply, Failure)
    assert reply.trouble is Trouble.PROTOCOL
    if "aadClientSecret" in text:  # cut short behind it: known all the same
        assert WHOLE["aadClientSecret"] in vault.secrets()


def test_values_that_are_no_plain_words_are_left_out(tmp_path):
    told = WHOLE | {"vnetName": "a\nb", "subnetName": "x" * 5000, "location": 7, "cloud": "\ud800"}
    reply = cloud_config.cloud(node(tmp_path, json.dumps(told)))

    assert (reply.vnet, reply.subnet, reply.location, reply.cloud) == ("", "", "", "")


def test_without_the_file_it_is_absent(tmp_path):
    assert cloud_config.cloud(tmp_path).trouble is Trouble.ABSENT


def test_a_file_that_may_not_be_read_is_forbidden_and_not_absent(tmp_path, monkeypatch):
    def refuse(*_told, **_named):
        raise PermissionError(13, "denied")

    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    reply = cloud_config.cloud(node(tmp_path, "{}"))

    assert (reply.trouble, "root" in reply.detail) == (Trouble.FORBIDDEN, True)


def test_a_cloud_of_ones_own_has_its_endpoints_beside_it(tmp_path):
    place = node(tmp_path, json.dumps(WHOLE | {"cloud": "AzureStackCloud"}))
    told = {"resourceManagerEndpoint": "https://arm.local", "name": "x", "galleryEndpoint": "y"}
    (place / "etc/kubernetes/akscustom.json").write_text(json.dumps(told))
    reply = cloud_config.cloud(place)

    assert reply.custom
    assert reply.endpoints == {"resourceManagerEndpoint": "https://arm.local"}
