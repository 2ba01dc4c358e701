"""A cluster's node as `kubectl get nodes -o json` gives it: what it is, and why it may be silent.

The labels are AKS's own (learn.microsoft.com/azure/aks/use-labels) and Kubernetes' well-known ones.
"""

import re
from typing import Any

from diagnose.fleet.foreign import NAME, short
from diagnose.fleet.items import Machine
from diagnose.fleet.tree import at, each, text

POOL, IMAGE, OS, KUBELET, ZONE = "node pool", "node image", "OS", "kubelet", "zone"
SKU, RUNTIME = "OS SKU", "container runtime"
_POOLS = ("kubernetes.azure.com/agentpool", "agentpool")
_IN_NAME = re.compile(r"aks-([a-z0-9]{1,12})-\d{8}-vmss[0-9a-z]{6}\Z")  # as AKS calls its nodes


def is_node(document: dict[str, Any]) -> bool:
    return "nodeInfo" in at(document, "status")


def read(document: dict[str, Any]) -> Machine:
    labels = at(document, "metadata", "labels")
    info = at(document, "status", "nodeInfo")
    told = {
        POOL: next(filter(None, (text(labels, key) for key in _POOLS)), ""),
        IMAGE: text(labels, "kubernetes.azure.com/node-image-version"),
        SKU: text(labels, "kubernetes.azure.com/os-sku"),
        OS: text(info, "osImage"),
        KUBELET: text(info, "kubeletVersion"),
        RUNTIME: text(info, "containerRuntimeVersion"),
        ZONE: text(labels, "topology.kubernetes.io/zone"),
    }
    return Machine(
        name=short(text(document, "metadata", "name"), NAME),
        features=tuple((name, short(value)) for name, value in told.items() if value),
        because=_because(document, labels),
    )


def pool_in(name: str) -> str:
    """Give the pool that an AKS node's name holds, or nothing."""
    found = _IN_NAME.match(name)
    return found[1] if found else ""


def _because(document: dict[str, Any], labels: dict[str, Any]) -> str:
    if text(labels, "kubernetes.io/os") == "windows":
        return "it runs Windows, which acr-diagnose does not look at"
    if text(labels, "type") == "virtual-kubelet":
        return "it is a virtual node, which runs no DaemonSet"
    for one in each(document, "status", "conditions"):
        if one.get("type") == "Ready" and one.get("status") != "True":
            why = text(one, "message") or text(one, "reason")
            return short(f"the node is not ready: {why}")
    return ""
