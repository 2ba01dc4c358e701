"""The files under packaging/kubernetes, made from what the program renders; and kustomize's part.

The overlays are JSON patches (RFC 6902) with the operations add, at the end of a list, and replace.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from diagnose.kubernetes.manifest import objects, yaml
from diagnose.kubernetes.manifest.wanted import Profile, wanted

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "kubernetes"
TARGET = "myregistry.azurecr.io/myimage:v1"
_SPEC = "/spec/template/spec"
_DIAGNOSE = f"{_SPEC}/initContainers/0"
_LISTS = (f"{_SPEC}/volumes", f"{_DIAGNOSE}/volumeMounts", f"{_DIAGNOSE}/env")
_WHOLE = (f"{_SPEC}/securityContext", f"{_DIAGNOSE}/args")
_BELOW = {Profile.NODE: Profile.NETWORK, Profile.FULL: Profile.NODE}

Patch = list[dict[str, Any]]


def files() -> dict[str, str]:
    """Give every file by its path."""
    found = {f"{profile}.yaml": _rendered(profile) for profile in Profile}
    found["base/acr-diagnose.yaml"] = found["network.yaml"]
    found["base/kustomization.yaml"] = _kustomization(["acr-diagnose.yaml"])
    found["overlays/network/kustomization.yaml"] = _kustomization(["../../base"])
    for profile, below in _BELOW.items():
        where = f"overlays/{profile}"
        resource = "../../base" if below is Profile.NETWORK else f"../{below}"
        found[f"{where}/kustomization.yaml"] = _kustomization([resource], "sees.yaml")
        rows = patch(daemon_set(below), documents(profile))
        head = f"What the profile {profile} sees beside what the profile {below} does."
        found[f"{where}/sees.yaml"] = yaml.text([rows], head=head)
    return found


def daemon_set(profile: Profile) -> dict[str, Any]:
    (found,) = (one for one in plain(profile) if one["kind"] == "DaemonSet")
    return found


def plain(profile: Profile) -> list[dict[str, Any]]:
    return objects.objects(wanted(TARGET, profile=profile.value))


def documents(profile: Profile) -> dict[str, Any]:
    """Give the DaemonSet with its comments."""
    found = objects.documents(wanted(TARGET, profile=profile.value))[-1]
    assert isinstance(found, dict)
    return found


def patch(below: Mapping[str, Any], above: Mapping[str, Any]) -> Patch:
    """Give what makes the one DaemonSet of the other, whose comments are kept."""
    rows: Patch = []
    for path in _LISTS:
        had = [yaml.plain(one) for one in at(below, path)]
        for one in at(above, path):
            if yaml.plain(one) not in had:
                rows.append({"op": "add", "path": f"{path}/-", "value": one})
    for path in _WHOLE:
        if yaml.plain(at(above, path)) != yaml.plain(at(below, path)):
            rows.append({"op": "replace", "path": path, "value": at(above, path)})
    return rows


def patched(document: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found = copy.deepcopy(dict(document))
    for row in rows:
        folder, _, key = row["path"].rpartition("/")
        assert row["op"] == ("add" if key == "-" else "replace")
        if row["op"] == "add":
            at(found, folder).append(row["value"])
        else:
            at(found, folder)[key] = row["value"]
    return found


def at(value: Any, path: str) -> Any:
    for key in filter(None, path.split("/")):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def built(folder: Path, read: Any) -> Iterator[dict[str, Any]]:
    """Do what ``kubectl kustomize`` does with the few features that are used."""
    told = read((folder / "kustomization.yaml").read_text())[0]
    found: list[dict[str, Any]] = []
    for name in told["resources"]:
        place = (folder / name).resolve()
        found += built(place, read) if place.is_dir() else read(place.read_text())
    for row in told.get("patches", []):
        rows = read((folder / row["path"]).read_text())[0]
        found = [
            patched(one, rows)
            if (one["kind"], one["metadata"]["name"])
            == (row["target"]["kind"], row["target"]["name"])
            else one
            for one in found
        ]
    yield from found


def _rendered(profile: Profile) -> str:
    return objects.text(wanted(TARGET, profile=profile.value))


def _kustomization(resources: list[str], changes: str = "") -> str:
    document: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": list(resources),
    }
    if changes:
        target = {"kind": "DaemonSet", "name": "acr-diagnose"}
        document["patches"] = [{"path": changes, "target": target}]
    return yaml.text([document])
