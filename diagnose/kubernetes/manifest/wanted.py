"""What was asked for, checked: a slip is a usage error, and not a pod that never starts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checks.target import UsageError, parse
from checks.words import Word
from diagnose import __version__
from diagnose.kubernetes.manifest import systems
from diagnose.kubernetes.manifest.names import NAME, NAMESPACE
from diagnose.kubernetes.manifest.nodes import Place, Sorted, placed

# An image of this name was brought to the nodes by hand: no registry is ever asked for it.
LOADED = f"localhost/{NAME}:{__version__}"
SECONDS = 60.0  # for a run with a tenth of a processor
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_TAGGED = re.compile(r"[\w./:-]+(?::(?P<tag>[\w][\w.-]*)|@sha256:[0-9a-f]{64})", re.ASCII)
_CLIENT = re.compile(r"[0-9A-Za-z/._-]*", re.ASCII)


class Profile(Word):
    """How much of a node the pod sees."""

    NETWORK = "network"  # its network alone
    NODE = "node"  # and single files that say how it pulls
    FULL = "full"  # and the socket of containerd, for a real pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``places`` are empty where one DaemonSet serves all nodes of Linux."""

    target: str
    profile: Profile = Profile.NETWORK
    image: str = ""  # empty: of each place, or `LOADED`
    namespace: str = NAMESPACE
    zero_pull: bool = False
    places: tuple[Place, ...] = ()
    left_out: tuple[str, ...] = ()
    identity: str = ""
    arm: bool = True
    seconds: float = SECONDS
    node_log: bool = False  # leave the report on the node as well


def wanted(
    target: str,
    *,
    profile: str = Profile.NETWORK.value,
    image: str = "",
    namespace: str = NAMESPACE,
    zero_pull: bool = False,
    nodes: Mapping[str, Any] | None = None,
    os_sku: str = "",
    architecture: str = "",
    identity: str = "",
    arm: bool = True,
    seconds: float = SECONDS,
    node_log: bool = False,
) -> Wanted:
    """Check and complete; ``nodes`` is a NodeList. Raise `UsageError` with what would work."""
    parse(target)
    found = _places(nodes, os_sku, architecture, image)
    if not _DNS_LABEL.fullmatch(namespace):
        raise UsageError(f"--namespace {namespace[:80]!r} is no name for a namespace")
    if image:
        _refuse_floating(image)
    if not _CLIENT.fullmatch(identity):
        raise UsageError(f"--identity {identity[:80]!r} is no client id")
    if nodes is not None and not zero_pull:
        raise UsageError("--nodes goes with --zero-pull; an image of ours runs on all nodes alike")
    if zero_pull:
        _refuse_incomplete(found, image, given=nodes is not None)
    return Wanted(
        target=target,
        profile=Profile(profile),
        image=image,
        namespace=namespace,
        zero_pull=zero_pull,
        places=found.places,
        left_out=found.left_out,
        identity=identity,
        arm=arm,
        seconds=seconds,
        node_log=node_log,
    )


def _places(nodes: Mapping[str, Any] | None, os_sku: str, architecture: str, image: str) -> Sorted:
    if nodes is not None:
        items = nodes.get("items")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise UsageError("--nodes is not the output of kubectl get nodes -o json")
        return placed(items)
    if not os_sku and not architecture:
        return Sorted(places=(), left_out=())
    system = systems.labelled(os_sku or "Ubuntu")
    if system is None:
        known = ", ".join(systems.FIT)
        raise UsageError(f"--os-sku {os_sku[:40]!r} is none of {known}")
    if (architecture or "amd64") not in systems.LIBRARIES:
        known = ", ".join(systems.LIBRARIES)
        raise UsageError(f"--arch {architecture[:40]!r} is none of {known}")
    place = Place(system=system, architecture=architecture or "amd64", image=image)
    return Sorted(places=(place,), left_out=())


def _refuse_floating(image: str) -> None:
    """Safeguards of AKS refuse images without a fixed tag; and what runs should be known."""
    match = _TAGGED.fullmatch(image)
    if not match or match["tag"] == "latest":
        raise UsageError(
            f"--image {image[:120]!r} needs a tag other than latest, or a digest (NAME@sha256:...)"
        )


def _refuse_incomplete(found: Sorted, image: str, *, given: bool) -> None:
    if not found.places:
        why = "; ".join(found.left_out) if given else ""
        raise UsageError(
            f"--zero-pull fits none of these nodes ({why or 'the list is empty'})"
            if given
            else "--zero-pull needs the cluster's nodes: kubectl get nodes -o json | "
            "acr-diagnose k8s manifest TARGET --zero-pull --nodes - "
            "(or --os-sku, --arch and --image of an image that is on them)"
        )
    lacking = [place.name for place in found.places if not place.image and not image]
    if lacking and given:
        raise UsageError(
            f"no pause image is listed for {', '.join(lacking)}: name an image that is on those "
            "nodes with --image"
        )
    if lacking:
        raise UsageError("--zero-pull needs --image, an image that is on the nodes already")
