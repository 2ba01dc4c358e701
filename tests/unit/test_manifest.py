"""The rendered DaemonSet: valid for a cluster, and no more powerful than it has to be."""

import json
from typing import Any

import kubernetes_validate
import pytest
import yaml

from checks.target import UsageError
from diagnose.kubernetes.manifest import front, objects
from diagnose.kubernetes.manifest.mounts import AZURE_JSON, SOCKET
from diagnose.kubernetes.manifest.names import (
    DIAGNOSE,
    HOST,
    LOG_VARIABLE,
    NODE_LOG,
    REPORT,
    REST,
)
from diagnose.kubernetes.manifest.parcels import Parcel
from diagnose.kubernetes.manifest.wanted import LOADED, Profile, wanted
from tests.unit.test_manifest_nodes import cluster

IMAGE = "contoso.azurecr.io/app:v1"
CODE = (Parcel("acr-diagnose-code-00", {"00.zip": b"PK"}, {"start.py": "pass\n"}),)
PROFILES = [profile.value for profile in Profile]
VERSIONS = ("1.30", kubernetes_validate.latest_version())


def rendered(profile: str, *, zero_pull: bool = False, **options: Any) -> list[dict[str, Any]]:
    """Read the text back, as a cluster does."""
    nodes = cluster() if zero_pull else None
    asked = wanted(IMAGE, profile=profile, zero_pull=zero_pull, nodes=nodes, **options)
    return list(yaml.safe_load_all(objects.text(asked, CODE if zero_pull else ())))


def pods(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sets = [one for one in documents if one["kind"] == "DaemonSet"]
    return [one["spec"]["template"]["spec"] for one in sets]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["initContainers"], *pod["containers"]]


def paths(pod: dict[str, Any]) -> set[str]:
    return {one["hostPath"]["path"] for one in pod["volumes"] if "hostPath" in one}


@pytest.mark.parametrize("node_log", [False, True])
@pytest.mark.parametrize("zero_pull", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_every_object_is_valid_to_the_letter(
    profile: str, *, zero_pull: bool, node_log: bool
) -> None:
    for document in rendered(profile, zero_pull=zero_pull, node_log=node_log):
        for version in VERSIONS:
            kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("zero_pull", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_no_container_has_any_power(profile: str, *, zero_pull: bool) -> None:
    for pod in pods(rendered(profile, zero_pull=zero_pull)):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostPID", "hostIPC", "shareProcessNamespace"} & set(pod)
        for container in containers(pod):
            own = container["securityContext"]
            assert own["capabilities"] == {"drop": ["ALL"]}
            assert own["allowPrivilegeEscalation"] is False
            assert own["readOnlyRootFilesystem"] is True
            assert "privileged" not in own
            assert container["resources"]["requests"] == container["resources"]["limits"]
            mounts = container.get("volumeMounts", [])
            assert all(one.get("readOnly") for one in mounts if one["name"] != "tmp")


@pytest.mark.parametrize("zero_pull", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_what_safeguards_of_aks_ask_for_is_there(profile: str, *, zero_pull: bool) -> None:
    documents = rendered(profile, zero_pull=zero_pull)
    labels = [key for one in documents for key in one["metadata"]["labels"]]
    for pod in pods(documents):
        for container in pod["containers"]:
            assert {"readinessProbe", "livenessProbe"} <= set(container)
        for container in containers(pod):
            assert container["resources"]["requests"] == {"cpu": "100m", "memory": "128Mi"}
            assert container["image"].rpartition(":")[2] not in ("", "latest")

    assert not [key for key in labels if key.startswith("kubernetes.azure.com")]


def test_the_pod_stands_in_the_nodes_network_on_every_linux_node() -> None:
    (pod,) = pods(rendered("network"))
    (daemon_set,) = (one for one in rendered("network") if one["kind"] == "DaemonSet")

    assert (pod["hostNetwork"], pod["dnsPolicy"]) == (True, "Default")
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert pod["tolerations"] == [{"operator": "Exists"}]
    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == [
        {"matchExpressions": [{"key": "type", "operator": "NotIn", "values": ["virtual-kubelet"]}]}
    ]
    assert daemon_set["spec"]["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": "100%"}


def test_the_network_profile_sees_nothing_of_the_node() -> None:
    (pod,) = pods(rendered("network"))
    names = {one["name"] for one in pod["initContainers"][0]["env"]}

    assert paths(pod) == set()
    assert "ACR_DIAGNOSE_HOST_ROOT" not in names
    assert pod["initContainers"][0]["args"][-2:] == ["--runtime", "none"]


def test_the_node_profile_sees_single_files_and_no_key() -> None:
    (pod,) = pods(rendered("node"))
    found = paths(pod)

    assert AZURE_JSON in found
    assert not {"/", "/etc", "/etc/kubernetes", "/var/lib/kubelet", "/run", SOCKET} & found
    assert not {"DirectoryOrCreate", "FileOrCreate", ""} & {
        one["hostPath"].get("type", "") for one in pod["volumes"] if "hostPath" in one
    }
    assert "--no-pull" in pod["initContainers"][0]["args"]


def test_only_the_full_profile_has_the_socket_and_says_what_that_means() -> None:
    text = objects.text(wanted(IMAGE, profile="full"))
    (full,), (node,) = pods(rendered("full")), pods(rendered("node"))

    assert paths(full) - paths(node) == {SOCKET}
    assert "root on the node in effect" in " ".join(text.replace("#", " ").split())
    assert not {"--no-pull", "--runtime"} & set(full["initContainers"][0]["args"])


@pytest.mark.parametrize("profile", PROFILES)
def test_every_mount_has_its_volume_and_every_volume_its_mount(profile: str) -> None:
    for zero_pull in (False, True):
        for pod in pods(rendered(profile, zero_pull=zero_pull)):
            volumes = [one["name"] for one in pod["volumes"]]
            mounted = {
                one["name"]
                for container in containers(pod)
                for one in container.get("volumeMounts", [])
            }
            assert sorted(volumes) == sorted(mounted)
            assert all(len(name) <= 63 for name in volumes)


def test_zero_pull_runs_the_nodes_own_python_and_no_more_of_it_is_seen() -> None:
    """What only the init container needs is not in the one that stays."""
    azure_linux, ubuntu, arm = pods(rendered("network", zero_pull=True))
    usual = {"/etc/hosts", "/etc/resolv.conf", "/usr", "/lib"}

    assert paths(ubuntu) == {*usual, "/lib64", "/etc/ssl/certs/ca-certificates.crt"}
    assert paths(arm) == {*usual, "/etc/ssl/certs/ca-certificates.crt"}
    assert paths(azure_linux) == {
        *usual,
        "/lib64",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    }
    assert ubuntu["initContainers"][0]["command"][0] == "/usr/bin/python3"
    rest = {one["mountPath"] for one in ubuntu["containers"][0]["volumeMounts"]}
    assert rest == {"/usr", "/lib", "/lib64"}


@pytest.mark.parametrize("zero_pull", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_report_on_the_node_is_one_writable_folder_more_and_nothing_else(
    profile: str, *, zero_pull: bool
) -> None:
    usual = pods(rendered(profile, zero_pull=zero_pull))
    asked = pods(rendered(profile, zero_pull=zero_pull, node_log=True))
    for before, after in zip(usual, asked, strict=True):
        first, own = before["initContainers"][0], after["initContainers"][0]
        (volume,) = [one for one in after["volumes"] if one not in before["volumes"]]
        (mount,) = [one for one in own["volumeMounts"] if one not in first["volumeMounts"]]
        (variable,) = [one for one in own["env"] if one not in first["env"]]

        assert volume["hostPath"] == {"path": NODE_LOG, "type": "DirectoryOrCreate"}
        assert mount == {"name": volume["name"], "mountPath": NODE_LOG}
        assert variable == {"name": LOG_VARIABLE, "value": NODE_LOG}
        changed = {"volumeMounts": 0, "env": 0}
        assert own | changed == first | changed
        assert after["containers"] == before["containers"]


@pytest.mark.parametrize(
    ("profile", "node_log", "paths_", "written"),
    [
        ("network", False, False, False),
        ("network", True, True, True),
        ("node", False, True, False),
        ("full", True, True, True),
    ],
)
def test_the_text_says_what_is_written_and_which_levels_of_pod_security_forbid_it(
    profile: str, *, node_log: bool, paths_: bool, written: bool
) -> None:
    asked = wanted(IMAGE, profile=profile, node_log=node_log)
    text = " ".join(objects.text(asked).replace("#", " ").split())
    labels = objects.objects(asked)[0]["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert ("forbid a host network and host paths" in text) is paths_
    assert (f"one file is written, {NODE_LOG}/{REPORT}" in text) is written
    assert ("Nothing here writes to a node." in text) is not written


def test_the_same_nodes_give_the_same_text_in_any_order() -> None:
    turned = {"items": list(reversed(cluster()["items"]))}
    one, two = (
        wanted(IMAGE, profile="node", zero_pull=True, nodes=nodes) for nodes in (cluster(), turned)
    )

    assert objects.text(one, CODE) == objects.text(two, CODE)


def test_objects_for_an_api_server_are_those_of_the_text() -> None:
    asked = wanted(IMAGE, profile="full")

    assert objects.objects(asked) == list(yaml.safe_load_all(objects.text(asked)))
    assert json.loads(json.dumps(objects.objects(asked))) == objects.objects(asked)


def test_the_containers_are_named_as_whoever_collects_expects() -> None:
    (pod,) = pods(rendered("node"))
    mounted = {one["mountPath"] for one in pod["initContainers"][0]["volumeMounts"]}

    assert [one["name"] for one in containers(pod)] == [DIAGNOSE, REST]
    assert pod["initContainers"][0]["terminationMessagePath"] == "/dev/termination-log"
    assert {f"{HOST}{AZURE_JSON}", AZURE_JSON} <= mounted


def test_an_image_that_nobody_named_is_never_asked_of_a_registry() -> None:
    (own,), (named,) = (
        pods(rendered("network", image=image)) for image in ("", "contoso.azurecr.io/d:1")
    )

    assert {(one["image"], one["imagePullPolicy"]) for one in containers(own)} == {
        (LOADED, "Never")
    }
    assert {(one["image"], one["imagePullPolicy"]) for one in containers(named)} == {
        ("contoso.azurecr.io/d:1", "IfNotPresent")
    }


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"image": "contoso.azurecr.io/d"}, "tag"),
        ({"image": "contoso.azurecr.io/d:latest"}, "latest"),
        ({"image": "contoso.azurecr.io:443/d"}, "tag"),
        ({"image": "a b:1"}, "tag"),
        ({"namespace": "Team_A"}, "--namespace"),
        ({"namespace": "a" * 64}, "--namespace"),
        ({"identity": "$(NODE_NAME)"}, "--identity"),
        ({"os_sku": "Windows2022"}, "--os-sku"),
        ({"os_sku": "Ubuntu", "architecture": "s390x"}, "--arch"),
        ({"zero_pull": True}, "kubectl get nodes -o json"),
        ({"zero_pull": True, "os_sku": "Ubuntu"}, "--image"),
        ({"zero_pull": True, "nodes": {"items": []}}, "empty"),
        ({"zero_pull": True, "nodes": {"items": 3}}, "kubectl get nodes"),
        ({"nodes": {"items": []}}, "--zero-pull"),
    ],
)
def test_a_slip_says_what_would_work(options: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        wanted(IMAGE, **options)


@pytest.mark.parametrize(
    "image", ["contoso.azurecr.io/d:1", f"contoso.azurecr.io/d@sha256:{'a' * 64}", "d:1.2-x"]
)
def test_a_fixed_image_is_taken(image: str) -> None:
    assert wanted(IMAGE, image=image).image == image


def test_what_is_no_list_of_nodes_is_a_slip(tmp_path: Any) -> None:
    place = tmp_path / "nodes.json"
    for text in ("", "[]", "{", "[" * 100_000):
        place.write_text(text)
        with pytest.raises(UsageError, match="kubectl get nodes"):
            front.nodes(str(place))
    with pytest.raises(UsageError, match="No such file"):
        front.nodes(str(tmp_path / "none"))
