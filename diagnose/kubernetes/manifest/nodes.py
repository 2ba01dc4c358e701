"""Reads ``kubectl get nodes -o json``, and puts nodes that can be served alike together; pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diagnose.kubernetes.manifest import names, systems
from diagnose.kubernetes.manifest.systems import System

# mcr.microsoft.com/oss/v2/kubernetes/pause:3.10.2, registry.k8s.io/pause:3.9
_PAUSE = re.compile(r"\A[\w.:/-]+/pause:v?(\d+(?:\.\d+)*)(?:-[\w.-]+)?\Z")
_SHOWN = 3  # names of nodes in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Nodes of one system and architecture, and the image that is on them already."""

    system: System
    architecture: str
    image: str = ""
    nodes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name it, as a part of a Kubernetes name."""
        sku = re.sub(r"[^a-z0-9]+", "-", self.system.sku.lower()).strip("-") or "nodes"
        return f"{sku}-{self.architecture}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """``left_out`` are sentences about nodes that no place holds, or whose image is not sure."""

    places: tuple[Place, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    name: str
    system: System | None
    architecture: str
    pauses: frozenset[str]
    unfit: str  # why no pod of ours can run on it


def placed(items: Iterable[Mapping[str, Any]]) -> Sorted:
    """Sort the nodes of a cluster; ``items`` are its Node objects."""
    nodes = [_read(item) for item in items]
    groups: dict[tuple[str, str, str], list[_Node]] = {}
    for node in nodes:
        if node.system and not node.unfit:
            key = (node.system.sku, node.system.authorities, node.architecture)
            groups.setdefault(key, []).append(node)
    places, told = [], _told(nodes)
    for key in sorted(groups):
        image, without = _shared([node.pauses for node in groups[key]])
        members = groups[key]
        places.append(
            Place(
                system=System(key[0], key[1]),
                architecture=key[2],
                image=image,
                nodes=tuple(sorted(node.name for node in members)),
            )
        )
        lacking = [members[number].name for number in without]
        if lacking:
            told.append(f"{_listed(lacking)}: not known to have {image or 'a pause image'}")
    return Sorted(places=tuple(places), left_out=tuple(told))


def _read(item: Mapping[str, Any]) -> _Node:
    meta, status = _dict(item, "metadata"), _dict(item, "status")
    labels, info = _dict(meta, "labels"), _dict(status, "nodeInfo")
    sku = str(labels.get(names.SKU, ""))
    image = str(info.get("osImage", ""))
    architecture = str(labels.get(names.ARCHITECTURE) or info.get("architecture", ""))
    system = systems.labelled(sku) if sku else systems.unlabelled(image)
    return _Node(
        name=str(meta.get("name", "")),
        system=system,
        architecture=architecture,
        pauses=frozenset(_pauses(status)),
        unfit=_not_a_machine(labels) or _unfit(sku or image, system, architecture),
    )


def _not_a_machine(labels: Mapping[str, Any]) -> str:
    if str(labels.get(names.PLATFORM, "linux")) != "linux":
        return "it runs Windows, and this needs Linux"
    key, kind = names.VIRTUAL
    return "it is a virtual node" if labels.get(key) == kind else ""


def _unfit(named: str, system: System | None, architecture: str) -> str:
    if system is None:
        known = systems.UNFIT.get(named.lower(), "nothing is known of its Python")
        return f"{named or 'an unnamed system'}: {known}"
    if architecture not in systems.LIBRARIES:
        return f"architecture {architecture or 'unknown'}"
    return ""


def _pauses(status: Mapping[str, Any]) -> Iterable[str]:
    """Give the pause images that the kubelet lists; it lists the 50 largest by default."""
    for image in status.get("images") or ():
        names_ = image.get("names") if isinstance(image, dict) else None
        yield from (name for name in names_ or () if isinstance(name, str) and _PAUSE.match(name))


def _shared(pauses: Sequence[frozenset[str]]) -> tuple[str, list[int]]:
    """Give the image that most have, the newest of such, and who does not have it."""
    counted = Counter(name for one in pauses for name in one)
    best = max(counted, key=lambda name: (counted[name], _version(name), name), default="")
    return best, [number for number, one in enumerate(pauses) if best not in one]


def _version(name: str) -> tuple[int, ...]:
    match = _PAUSE.match(name)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _told(nodes: Iterable[_Node]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for node in nodes:
        if node.unfit:
            reasons.setdefault(node.unfit, []).append(node.name)
    return [f"{_listed(found)}: {reason}" for reason, found in sorted(reasons.items())]


def _listed(found: Sequence[str]) -> str:
    first = ", ".join(sorted(found)[:_SHOWN])
    return first if len(found) <= _SHOWN else f"{first} and {len(found) - _SHOWN} more"


def _dict(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = item.get(key)
    return found if isinstance(found, dict) else {}
