"""Makes the rendered objects this run's own: its name on each, in its namespace; pure.

Two runs at once must neither share nor delete each other's objects. In a namespace of the run's own
that is so already; in one that somebody else made, every name carries the run's id as well. The id
is on every object and every pod as a label, by which they are found again.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diagnose.kubernetes.run.refusals import Right

Object = dict[str, Any]
LABEL = "acr-diagnose/run"


@dataclass(frozen=True, slots=True)
class Kind:
    """Where objects of a kind are created, and by which right."""

    group: str
    resource: str
    namespaced: bool = True
    version: str = "v1"

    def right(self, verb: str) -> Right:
        return Right(verb, self.resource, self.group, self.namespaced)


KINDS = {
    "Namespace": Kind("", "namespaces", namespaced=False),
    "ServiceAccount": Kind("", "serviceaccounts"),
    "ConfigMap": Kind("", "configmaps"),
    "DaemonSet": Kind("apps", "daemonsets"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One object of the cluster: enough to create it, to delete it and to speak of it."""

    kind: str
    namespace: str  # empty for a namespace itself
    name: str

    @property
    def folder(self) -> str:
        kind = KINDS[self.kind]
        root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
        return (
            f"{root}/namespaces/{self.namespace}/{kind.resource}"
            if self.namespace
            else (f"{root}/{kind.resource}")
        )

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}"


def item(found: Mapping[str, Any]) -> Item:
    meta = found["metadata"]
    return Item(str(found["kind"]), str(meta.get("namespace", "")), str(meta["name"]))


def placed(
    objects: Iterable[Mapping[str, Any]], run: str, namespace: str = "", hosts: Sequence[str] = ()
) -> tuple[str, list[Object]]:
    """Give the namespace, and the objects to create in their order.

    ``namespace`` is one that exists; without it, one of the run's own is made. ``hosts`` are the
    names by the host label to which the pods are kept; none means all.
    """
    found = [copy.deepcopy(dict(one)) for one in objects]
    space: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {}}
    space = next((one for one in found if one["kind"] == "Namespace"), space)
    others = [one for one in found if one["kind"] != "Namespace"]
    where = namespace or f"acr-diagnose-{run}"
    names = _renamed(others, run) if namespace else {}
    for one in found:
        one["metadata"].setdefault("labels", {})[LABEL] = run
    for one in others:
        one["metadata"]["namespace"] = where
        one["metadata"]["name"] = (
            names.get((one["kind"], one["metadata"]["name"])) or (one["metadata"]["name"])
        )
        if one["kind"] == "DaemonSet":
            _own(one["spec"], run, names)
            _keep_to(one["spec"]["template"]["spec"], hosts)
    if namespace:
        return where, others
    space["metadata"]["name"] = where
    space["metadata"].setdefault("labels", {})[LABEL] = run
    return where, [space, *others]


Names = dict[tuple[str, str], str]


def _renamed(objects: Iterable[Object], run: str) -> Names:
    keys = [(one["kind"], one["metadata"]["name"]) for one in objects]
    return {(kind, name): f"{name}-{run}" for kind, name in keys}


def _own(spec: Object, run: str, names: Names) -> None:
    """Select this run's pods alone, and refer to its objects by their new names."""
    spec.setdefault("selector", {}).setdefault("matchLabels", {})[LABEL] = run
    template = spec["template"]
    template.setdefault("metadata", {}).setdefault("labels", {})[LABEL] = run
    pod = template["spec"]
    account = ("ServiceAccount", pod.get("serviceAccountName", ""))
    if account in names:
        pod["serviceAccountName"] = names[account]
    for volume in pod.get("volumes") or ():
        sources = (volume.get("projected") or {}).get("sources") or ()
        for source in (volume, *sources):
            told = source.get("configMap") or {}
            told_name = ("ConfigMap", told.get("name", ""))
            if told_name in names:
                told["name"] = names[told_name]


def _keep_to(pod: Object, hosts: Sequence[str]) -> None:
    """Let the pods stand on these nodes alone, beside what the template asks for already."""
    if not hosts:
        return
    wanted = {"key": "kubernetes.io/hostname", "operator": "In", "values": list(hosts)}
    affinity = pod.setdefault("affinity", {}).setdefault("nodeAffinity", {})
    required = affinity.setdefault("requiredDuringSchedulingIgnoredDuringExecution", {})
    terms = required.setdefault("nodeSelectorTerms", []) or [{}]
    for term in terms:  # one of them has to hold, so each of them asks for it
        term.setdefault("matchExpressions", []).append(dict(wanted))
    required["nodeSelectorTerms"] = terms
