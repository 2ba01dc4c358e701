"""The Kubernetes objects in the order in which they are created; pure.

`objects` is for whoever creates them, `text` for whoever reads them first.
"""

from collections.abc import Sequence
from typing import Any

from diagnose import __version__
from diagnose.kubernetes.manifest import pod, yaml
from diagnose.kubernetes.manifest.mounts import mounts
from diagnose.kubernetes.manifest.names import NAME, NODE_LOG, REPORT
from diagnose.kubernetes.manifest.nodes import Place
from diagnose.kubernetes.manifest.parcels import Parcel
from diagnose.kubernetes.manifest.wanted import Wanted
from diagnose.kubernetes.manifest.yaml import Noted, Value

_LABELS = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/version": __version__}
_SECURITY = "pod-security.kubernetes.io"
_WHY_PRIVILEGED = (
    "The levels below forbid {what} "
    "(https://kubernetes.io/docs/concepts/security/pod-security-standards/). "
    "The pods themselves are not privileged."
)


def objects(wanted: Wanted, parcels: Sequence[Parcel] = ()) -> list[dict[str, Any]]:
    """Give plain objects; ``parcels`` hold the program, for zero-pull alone."""
    found = (yaml.plain(document) for document in documents(wanted, parcels))
    return [one for one in found if isinstance(one, dict)]


def text(wanted: Wanted, parcels: Sequence[Parcel] = ()) -> str:
    """Give all of it as one file for ``kubectl apply -f``."""
    rows = [
        f"acr-diagnose {__version__}: the pull path of each node to {wanted.target}.",
        f"The profile is {wanted.profile}. {_what_is_written(wanted)}",
        f"Delete it when it has answered: kubectl delete namespace {wanted.namespace}",
        *(f"Left out: {sentence}." for sentence in wanted.left_out),
    ]
    return yaml.text(documents(wanted, parcels), head="\n".join(rows))


def documents(wanted: Wanted, parcels: Sequence[Parcel] = ()) -> list[Value]:
    """Give the objects with their comments."""
    places: Sequence[Place | None] = wanted.places or (None,)
    return [
        _namespace(wanted),
        {
            **_head("v1", "ServiceAccount", NAME, wanted.namespace),
            "automountServiceAccountToken": False,
        },
        *(_config_map(parcel, wanted.namespace) for parcel in parcels),
        *(_daemon_set(wanted, place, parcels) for place in places),
    ]


def _what_is_written(wanted: Wanted) -> str:
    if not wanted.node_log:
        return "Nothing here writes to a node."
    return f"On each node one file is written, {NODE_LOG}/{REPORT}, which stays there."


def _namespace(wanted: Wanted) -> Value:
    levels = {f"{_SECURITY}/{mode}": "privileged" for mode in ("audit", "enforce", "warn")}
    labels = {**_LABELS, **levels}
    has_paths = any(mounts(wanted, place) for place in wanted.places or (None,))
    why = _WHY_PRIVILEGED.format(what=f"a host network{' and host paths' if has_paths else ''}")
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": wanted.namespace, "labels": Noted(labels, why)},
    }


def _config_map(parcel: Parcel, namespace: str) -> Value:
    found: dict[str, Any] = _head("v1", "ConfigMap", parcel.name, namespace)
    if parcel.texts:
        found["data"] = dict(parcel.texts)
    found["binaryData"] = dict(parcel.encoded)
    return found


def _daemon_set(wanted: Wanted, place: Place | None, parcels: Sequence[Parcel]) -> Value:
    name = f"{NAME}-{place.name}" if place else NAME
    chosen = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": name}
    head = _head("apps/v1", "DaemonSet", name, wanted.namespace)
    return {
        **head,
        "spec": {
            "selector": {"matchLabels": chosen},
            "updateStrategy": {"rollingUpdate": {"maxUnavailable": "100%"}},
            "template": {
                "metadata": {"labels": {**_LABELS, **chosen}},
                "spec": pod.spec(wanted, place, tuple(parcel.name for parcel in parcels)),
            },
        },
    }


def _head(version: str, kind: str, name: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": dict(_LABELS)},
    }
