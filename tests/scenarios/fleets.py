"""Fleets of any size with a truth of their own: who fails, why, and what those share.

Each verdict is one that the program made of the simulated Azure; only the node's name, its place
and what differs by chance are put in. What is true is said by ``truth``, never read from a verdict.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from diagnose.fleet.items import Told
from diagnose.grouping import compact
from diagnose.grouping.digest import Digest, Row, summed_up
from diagnose.grouping.features import FEATURES
from tests.scenarios.recorded import told

REGISTRY = "contoso.azurecr.io"
NETWORK = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/net-rg/providers"
    "/microsoft.network/virtualnetworks/aks-vnet/subnets"
)
OLD, NEW = "AKSUbuntu-2204gen2containerd-202603.12.0", "AKSUbuntu-2204gen2containerd-202607.02.0"
POOLS = {  # pool -> its subnet, its share of the fleet, and its cause where it has one
    "system": ("nodes", 0.10, ""),
    "apps": ("nodes", 0.55, ""),
    "build": ("build", 0.20, "subnet-not-allowed"),
    "spot": ("spot", 0.05, "custom-dns-not-forwarding"),
    "gpu": ("gpu", 0.10, ""),
}
STORIES = {
    "": "everything_is_right",
    "subnet-not-allowed": "a_sibling_subnet_is_allowed",
    "custom-dns-not-forwarding": "the_networks_own_resolver_does_not_forward",
    "runtime-untrusted-ca": "docker_alone_does_not_trust_the_registry",
    "disk-full": "dockers_disk_is_full",
}
AGED = "runtime-untrusted-ca"  # what every node with the old image has
STRAY = "disk-full"  # what a node has now and then, wherever it is
SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """``truth`` is a node's cause, empty where it is healthy, or `SILENT`."""

    name: str
    pool: str
    subnet: str
    image: str
    truth: str


def members(count: int, seed: int = 1) -> list[Member]:
    """Give so many nodes; the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 no secret
    found = []
    names, weights = list(POOLS), [share for _, share, _ in POOLS.values()]
    for number in range(count):
        (pool,) = dice.choices(names, weights)
        subnet, _, cause = POOLS[pool]
        image = OLD if pool == "gpu" and dice.random() < 0.3 else NEW
        truth = cause or (AGED if image == OLD else "")
        if dice.random() < 0.004:
            truth = STRAY
        if dice.random() < 0.006:
            truth = SILENT
        name = f"aks-{pool}-24681357-vmss{number:06x}"
        found.append(Member(name=name, pool=pool, subnet=subnet, image=image, truth=truth))
    return found


@cache
def verdict(cause: str) -> Digest:
    """Give what the program says of a machine with this cause."""
    return summed_up("machine", told(STORIES[cause]).result, version="0.1.0")


def digest(member: Member) -> Digest:
    """Give a node's verdict: a story's, put into the node's place."""
    found = verdict(member.truth)
    place = f"{NETWORK}/{member.subnet}"
    theirs = dict(zip([f.name for f in FEATURES], found.features, strict=True))
    before = theirs["subnet"]
    theirs |= {"subnet": place, "image": f"{REGISTRY}/app:v1", "scale set": member.name[:-6]}
    named = re.compile(re.escape(before) or r"(?!)", re.IGNORECASE)
    fix = tuple(replace(step, command=named.sub(place, step.command)) for step in found.fix)
    return replace(found, name=member.name, features=tuple(theirs.values()), fix=fix)


def line(member: Member) -> str:
    return compact._json(digest(member))


def items(rows: Iterable[Row]) -> Iterator[Told]:
    """Give verdicts as a source does."""
    return (Told(row=row) for row in rows)


def lines(fleet: list[Member]) -> Iterator[str]:
    return (f"{line(one)}\n" for one in fleet if one.truth != SILENT)


def node(member: Member) -> dict[str, Any]:
    """Give a node as the API has it, as far as it matters here."""
    labels = {
        "agentpool": member.pool,
        "kubernetes.azure.com/agentpool": member.pool,
        "kubernetes.azure.com/node-image-version": member.image,
        "kubernetes.azure.com/os-sku": "Ubuntu",
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": f"westeurope-{sum(member.name.encode()) % 3 + 1}",
    }
    info = {
        "osImage": "Ubuntu 22.04.5 LTS",
        "kubeletVersion": "v1.33.2",
        "containerRuntimeVersion": "containerd://1.7.27-1",
    }
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": member.name, "labels": labels},
        "status": {"conditions": [ready], "nodeInfo": info},
    }


def pod(member: Member) -> dict[str, Any]:
    """Give the pod that ran on a node; one that is silent never started."""
    status: dict[str, Any] = {"phase": "Running"}
    if member.truth == SILENT:
        waiting = {"reason": "CreateContainerError", "message": "no space left on device"}
        status["containerStatuses"] = [{"name": "diagnose", "state": {"waiting": waiting}}]
    else:
        ended = {
            "exitCode": 0,
            "reason": "Completed",
            "message": line(member),
            "finishedAt": "2026-08-01T10:00:00Z",
        }
        status["containerStatuses"] = [{"name": "diagnose", "state": {"terminated": ended}}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"acr-diagnose-{member.name[-6:]}",
            "labels": {"app.kubernetes.io/name": "acr-diagnose"},
            "creationTimestamp": "2026-08-01T09:59:00Z",
        },
        "spec": {"nodeName": member.name, "containers": [{"name": "diagnose"}]},
        "status": status,
    }


def listed(objects: list[dict[str, Any]]) -> str:
    """Give a list as `kubectl get -o json` prints it."""
    document = {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {}}
    return json.dumps(document, indent=4, sort_keys=True)
