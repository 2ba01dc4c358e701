"""A node of AKS: its own configuration, its kubelet's log, its mirrors, and a pod on it."""

import json

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import CLIENT_ID, SUBSCRIPTION, TENANT
from tests.scenarios.stories.story import story

REGISTRY = "contoso.azurecr.io"
NODES = "MC_app-rg_shop_eastus"
MANAGED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{NODES}/providers/Microsoft.Network"
CERTS = "/etc/containerd/certs.d"
MIRROR = "mirror.contoso.internal"
SYSLOG = "/var/log/syslog"
CARD = "/sys/class/net/eth0/device/uevent"
CABLE = "/sys/class/net/eth0/iflink"
TRIE = "/proc/net/fib_trie"


def node(cloud: Cloud) -> None:
    """Mutates: gives the machine what every node has, for the subnet in which it stands.

    Docker and its logins are not what pulls on a node, and its kubelet's identity is chosen: faults
    of these cannot stand beside it.
    """
    assert cloud.machine.engine is None
    assert "/root/.docker/config.json" not in cloud.machine.files
    assert sum(identity.kind in ("system", "user") for identity in cloud.identities) <= 1
    parts = cloud.vm.subnet_id.split("/")
    told = {
        "cloud": cloud.environment,
        "tenantId": TENANT,
        "subscriptionId": cloud.vm.subscription,
        "aadClientId": "msi",
        "aadClientSecret": "msi",
        "resourceGroup": cloud.vm.resource_group,
        "location": cloud.vm.location,
        "vmType": "vmss",
        "subnetName": parts[-1],
        "securityGroupName": "aks-agentpool-12345678-nsg",
        "vnetName": parts[-3],
        "vnetResourceGroup": parts[4],
        "routeTableName": "aks-agentpool-12345678-routetable",
        "primaryScaleSetName": "aks-nodepool1-12345678-vmss",
        "useManagedIdentityExtension": True,
        "userAssignedIdentityID": CLIENT_ID,
    }
    cloud.machine.files |= {
        "/etc/kubernetes/azure.json": json.dumps(told, indent=4),
        "/var/lib/kubelet/credential-provider-config.yaml": (
            "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
            '  - name: acr-credential-provider\n    matchImages:\n      - "*.azurecr.io"\n'
            '    defaultCacheDuration: "10m"\n    args:\n      - /etc/kubernetes/azure.json\n'
        ),
        "/etc/containerd/config.toml": (
            "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n"
            f'config_path = "{CERTS}"\n'
        ),
        CARD: "DRIVER=hv_netvsc\n",
        TRIE: _trie(cloud.vm.private_ip),
    }


def logged(cloud: Cloud, stderr: str) -> None:
    """Mutates: the kubelet's provider failed so, as the kubelet writes it."""
    said = (
        '"Failed getting credential from external registry credential provider" err="error execing '
        f"credential provider plugin acr-credential-provider for image {REGISTRY}/app: exit status "
        f'1: {stderr}"'
    )
    line = f"Nov 23 13:00:00 aks-node kubelet[812]: E1123 13:00:00.1     812 plugin.go:476] {said}"
    cloud.machine.files[SYSLOG] = f"{cloud.machine.files.get(SYSLOG, '')}{line}\n"


def pod(cloud: Cloud) -> None:
    """Mutates: this runs in a pod of the node's, which has a network of its own."""
    del cloud.machine.files[CARD]
    cloud.machine.files |= {CABLE: "17\n", TRIE: _trie("10.244.1.9")}
    cloud.machine.environ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1"


def _trie(address: str) -> str:
    return f"Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- {address}\n        /32 host LOCAL\n"


@story("", "")
def a_node_of_aks_pulls(cloud: Cloud) -> None:
    node(cloud)


@story("subnet-not-allowed", "subnet-not-allowed")
def a_nodes_subnet_is_not_allowed(cloud: Cloud) -> None:
    node(cloud)
    cases.subnet_not_allowed(cloud)
    logged(cloud, "registry did not issue a valid AAD challenge, status: 403")


@story("subnet-not-allowed", "subnet-not-allowed")
def a_scale_sets_node_is_not_allowed(cloud: Cloud) -> None:
    cloud.vm.kind, cloud.vm.scale_set = "uniform", "aks-nodepool1-12345678-vmss"
    for identity in cloud.identities:
        identity.resource_id = cloud.vm.resource_id
    node(cloud)
    cases.subnet_not_allowed(cloud)


@story("service-endpoint-missing", "service-endpoint-missing")
def a_network_that_aks_keeps_has_no_endpoint(cloud: Cloud) -> None:
    vnet, vm = cloud.vnets[0], cloud.vm
    vnet.id = f"{MANAGED}/virtualNetworks/aks-vnet-12345678"
    for subnet, name in zip(vnet.subnets, ("aks-subnet", "aks-appgw"), strict=True):
        subnet.id = f"{vnet.id}/subnets/{name}"
    vm.subnet_id, vm.resource_group = vnet.subnets[0].id, NODES
    vm.nic_id = f"{MANAGED}/networkInterfaces/aks-node-nic"
    for identity in cloud.identities:
        identity.resource_id = vm.resource_id
    cloud.registry.vnet_rules = [vm.subnet_id]
    node(cloud)
    cases.service_endpoint_missing(cloud)


# What the registry refuses from a pod may be the pod's own address: nothing of it is proven.
@story("subnet-not-allowed", "subnet-not-allowed", sure="likely")
def a_pod_on_a_node_whose_subnet_is_not_allowed(cloud: Cloud) -> None:
    node(cloud)
    pod(cloud)
    cases.subnet_not_allowed(cloud)


# containerd asks the registry first, and shows what the mirror behind it said.
@story("subnet-not-allowed", "subnet-not-allowed")
def a_mirror_that_is_asked_last_hides_the_refusal(cloud: Cloud) -> None:
    node(cloud)
    cases.subnet_not_allowed(cloud)
    cloud.machine.files[f"{CERTS}/{REGISTRY}/hosts.toml"] = (
        f'server = "https://{MIRROR}"\n\n[host."https://{REGISTRY}"]\n'
        '  capabilities = ["pull", "resolve"]\n'
    )
    said = f'failed to pull and unpack image \\"{REGISTRY}/app:v1\\": dial tcp: lookup {MIRROR}'
    cloud.machine.files[SYSLOG] = (
        "Nov 23 13:00:00 aks-node containerd[7]: level=error "
        f'msg="PullImage failed" error="{said}: no such host"\n'
    )
