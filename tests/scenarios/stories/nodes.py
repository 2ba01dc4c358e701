"""A Kubernetes node: containerd pulls, with what the kubelet's credential provider gives."""

import json

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, Fault, Proxy
from diagnose.lab.cri_state import (
    AZURE_JSON,
    PROGRAM,
    Containerd,
    give_proxy,
    make_node,
    send_elsewhere,
)
from diagnose.lab.healthy import CLIENT_ID
from diagnose.lab.machine import SYSTEM_BUNDLE
from tests.scenarios.stories.story import story

REGISTRY = "contoso.azurecr.io"
PROXY = f"http://{Proxy.address}:{Proxy.port}"
MIRROR = "https://mirror.contoso.internal"


def node(cloud: Cloud, identity: str = CLIENT_ID) -> Containerd:
    docker = cloud.machine.engine or cloud.machine.files.get("/root/.docker/config.json")
    assert not docker, "a node has no docker"
    assert len(cloud.identities) < 2, "a node names the one that it uses"
    assert cloud.vm.asset_tag, "a node of AKS is in Azure"
    runtime = cloud.machine.containerd = Containerd()
    told = {"useManagedIdentityExtension": True, "userAssignedIdentityID": identity}
    make_node(cloud.machine.files, json.dumps(told))
    return runtime


@story("", "")
def a_node_pulls(cloud: Cloud) -> None:
    node(cloud)


@story("", "")
def the_image_is_on_the_node_already(cloud: Cloud) -> None:
    image = cloud.registry.repositories["app"]["v1"]
    names = f"{REGISTRY}/app:v1", f"{REGISTRY}/app@{image.digest}"
    node(cloud).images |= dict.fromkeys(names, image.digest)


@story("", "")
def containerd_pulls_where_no_kubelet_is(cloud: Cloud) -> None:
    cloud.machine.containerd = Containerd()


@story("", "")
def dockers_containerd_speaks_no_cri(cloud: Cloud) -> None:
    cloud.machine.containerd = Containerd(speaks_cri=False)


@story("subnet-not-allowed", "subnet-not-allowed")
def the_nodes_subnet_is_not_allowed(cloud: Cloud) -> None:
    cases.CASES["subnet-not-allowed"](cloud)
    node(cloud)


@story("subnet-not-allowed", "subnet-not-allowed")
def a_nodes_mirror_hides_what_the_registry_said(cloud: Cloud) -> None:
    cases.CASES["subnet-not-allowed"](cloud)
    send_elsewhere(node(cloud), cloud.machine.files, REGISTRY, MIRROR, f"https://{REGISTRY}")


@story("pull-role-missing", "pull-role-missing")
def the_kubelets_identity_lacks_the_role(cloud: Cloud) -> None:
    cases.CASES["pull-role-missing"](cloud)
    node(cloud)


@story("credential-provider-failing", "credential-provider-failing", unsure="proven")
def the_kubelets_plugin_is_not_installed(cloud: Cloud) -> None:
    node(cloud)
    del cloud.machine.files[PROGRAM]


@story("credential-provider-failing", "credential-provider-failing", unsure="proven")
def the_clusters_service_principal_has_an_old_secret(cloud: Cloud) -> None:
    node(cloud)
    told = {"aadClientId": CLIENT_ID, "aadClientSecret": "of-last-year"}
    cloud.machine.files[AZURE_JSON] = json.dumps(told)


@story("runtime-down", "runtime-down", unsure="proven")
def containerd_does_not_run(cloud: Cloud) -> None:
    node(cloud).running = False


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def containerds_proxy_on_a_node_is_dead(cloud: Cloud) -> None:
    give_proxy(node(cloud), cloud.machine.files, PROXY)


@story("runtime-proxy-misconfigured", "runtime-proxy-misconfigured", unsure="proven")
def containerds_proxy_hides_the_subnet_from_the_registry(cloud: Cloud) -> None:
    cloud.proxy = Proxy()
    give_proxy(node(cloud), cloud.machine.files, PROXY)


@story("runtime-mirror-misconfigured", "runtime-mirror-misconfigured", unsure="proven")
def a_nodes_mirror_is_gone(cloud: Cloud) -> None:
    send_elsewhere(node(cloud), cloud.machine.files, REGISTRY, MIRROR)


@story("runtime-untrusted-ca", "runtime-untrusted-ca", unsure="proven")
def containerd_was_not_restarted_since_the_companys_authority_is_trusted(cloud: Cloud) -> None:
    cloud.faults["registry"] = Fault.INTERCEPT
    cloud.machine.bundles[SYSTEM_BUNDLE].add("inspecting")
    node(cloud)


@story("disk-full", "disk-full", unsure="proven")
def containerds_disk_is_full(cloud: Cloud) -> None:
    node(cloud).free = 0
