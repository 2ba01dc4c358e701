"""The released files for clusters: the manifests as they stand, the plug-in, krew's rules."""

import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnose import __version__
from tests.packaging.test_fleet_files import ANSIBLE, ROOT, have, local

PACKAGING = ROOT / "packaging"
SCRIPT = PACKAGING / "build" / "manifests.py"
PLUGIN = "kubectl-acr_diagnose"
MANIFEST = "acr-diagnose.krew.yaml"
FORBIDDEN = {"con", "prn", "aux", "nul"}


def krew_says(plugin: dict[str, Any]) -> str:
    """Say what krew would refuse; its rules are those of internal/index/validation/validate.go.

    https://github.com/kubernetes-sigs/krew. Fields are those of pkg/index/types.go there; krew's
    index takes no others.
    """
    spec, name = plugin["spec"], plugin["metadata"]["name"]
    rules = {
        "apiVersion": plugin["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2",
        "kind": plugin["kind"] == "Plugin",
        "name": bool(re.fullmatch(r"[\w-]+", name)) and name.lower() not in FORBIDDEN,
        "fields": set(spec)
        <= {"version", "shortDescription", "description", "caveats", "homepage", "platforms"},
        "shortDescription": bool(spec["shortDescription"]) and "\n" not in spec["shortDescription"],
        "version": bool(re.fullmatch(r"v\d+\.\d+\.\d+(-[\w.]+)?", spec["version"])),
        "platforms": bool(spec["platforms"]) and all(map(_fits, spec["platforms"])),
    }
    return ", ".join(rule for rule, holds in rules.items() if not holds)


def _fits(row: dict[str, Any]) -> bool:
    selector = row.get("selector") or {}
    keys = {one["key"] for one in selector.get("matchExpressions", [])}
    keys |= set(selector.get("matchLabels", {}))
    return all(
        (
            set(row) <= {"uri", "sha256", "selector", "files", "bin"},
            row["uri"].startswith("https://") and row["bin"],
            re.fullmatch(r"[a-f0-9]{64}", row["sha256"]),
            keys and keys <= {"os", "arch"},
            row["files"] and all(one["from"] and one["to"] for one in row["files"]),
        )
    )


def made(out: Path, dist: Path, **environ: str) -> Path:
    out.mkdir()
    shutil.copy(dist / "acr-diagnose.pyz", out)
    done = local(str(ROOT / ".venv" / "bin" / "python"), str(SCRIPT), str(out), environ=environ)
    assert done.returncode == 0, done.stderr
    return out


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): (path.stat().st_mode & 0o777, path.read_bytes())
        for path in files
    }


def test_the_same_bytes_twice(dist: Path, tmp_path: Path) -> None:
    first, second = made(tmp_path / "a", dist), made(tmp_path / "b", dist)

    assert contents(first) == contents(second)
    assert {name: contents(dist).get(name) for name in contents(first)} == contents(first)


def test_the_folders_are_the_checkouts(dist: Path) -> None:
    for name in ("azure", "fleet", "kubernetes"):
        there = contents(dist / name)
        there.pop("zero-pull.yaml", None)
        assert there == contents(PACKAGING / name)


def test_the_example_without_a_pull_has_the_locked_code(dist: Path) -> None:
    text = (dist / "kubernetes" / "zero-pull.yaml").read_text(encoding="utf-8")
    kinds = [one["kind"] for one in yaml.safe_load_all(text)]
    images = set(re.findall(r"image: (\S+)", text))

    assert text.startswith("# An example")
    assert kinds.count("DaemonSet") == 4
    assert kinds.count("ConfigMap") > 1
    assert {image.rpartition(":")[0] for image in images} == {
        "mcr.microsoft.com/oss/v2/kubernetes/pause"
    }


def test_krew_takes_the_manifest_and_the_archive(dist: Path) -> None:
    text = (dist / MANIFEST).read_text(encoding="utf-8")
    plugin = yaml.safe_load(text)
    (row,) = plugin["spec"]["platforms"]
    archive = (dist / f"{PLUGIN}.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        modes = {one.name: one.mode for one in tar}

    assert krew_says(plugin) == ""
    assert "@" not in text
    assert plugin["spec"]["version"] == f"v{__version__}"
    assert "Python 3.10" in plugin["spec"]["caveats"]
    done = local("sha256sum", str(dist / f"{PLUGIN}.tar.gz"))
    assert row["sha256"] == done.stdout.split()[0]
    assert modes == {PLUGIN: 0o755, "acr-diagnose.pyz": 0o644, "LICENSE": 0o644}
    assert {one["from"] for one in row["files"]} == set(modes)
    # kubectl turns a dash of a plug-in's name into an underscore of its file's.
    assert row["bin"] == f"kubectl-{plugin['metadata']['name'].replace('-', '_')}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('version: "v', 'version: "', "version"),
        ("name: acr-diagnose\n", "name: acr diagnose\n", "name"),
        ("key: os", "key: system", "platforms"),
        ("sha256: ", "sha512: ", "platforms"),
        ("caveats:", "warnings:", "fields"),
    ],
)
def test_a_near_miss_is_refused(old: str, new: str, told: str, dist: Path) -> None:
    text = (dist / MANIFEST).read_text(encoding="utf-8")
    plugin = yaml.safe_load(text.replace(old, new, 1))
    try:
        says = krew_says(plugin)
    except KeyError:
        says = told if "sha512" in new else ""

    assert told in says


def test_the_name_keeps_to_krews_guide() -> None:
    """Kebab-case, with the vendor's word first and no kube in it.

    https://krew.sigs.k8s.io/docs/developer-guide/develop/naming-guide/
    """
    name = yaml.safe_load((PACKAGING / "kubectl" / MANIFEST).read_text())["metadata"]["name"]

    assert re.fullmatch(r"acr(-[a-z]+)+", name)
    assert "kube" not in name


def test_the_plug_in_runs_where_krew_puts_it(dist: Path, tmp_path: Path) -> None:
    """A link on PATH, the files elsewhere, nothing else installed."""
    store, links = tmp_path / "store", tmp_path / "bin"
    store.mkdir()
    links.mkdir()
    with tarfile.open(dist / f"{PLUGIN}.tar.gz") as tar:
        tar.extractall(store, filter="data")
    (links / PLUGIN).symlink_to(store / PLUGIN)
    path = f"{links}:/usr/bin:/bin"
    done = subprocess.run(
        [PLUGIN, "manifest", "contoso.azurecr.io/app:v1"],
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert "kind: DaemonSet" in done.stdout


def test_the_address_of_a_release_is_told_from_outside(dist: Path, tmp_path: Path) -> None:
    out = made(tmp_path / "a", dist, RELEASES="https://files.example/v1/")

    assert f'uri: "https://files.example/v1/{PLUGIN}.tar.gz"' in (out / MANIFEST).read_text()


def test_without_the_program_nothing_is_made(tmp_path: Path) -> None:
    done = local(str(ROOT / ".venv" / "bin" / "python"), str(SCRIPT), str(tmp_path))

    assert (done.returncode, "make pyz makes it" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_terraform_is_parsed_and_takes_each_list_of_the_role() -> None:
    """By python-hcl2; no Terraform is here to plan it."""
    have(ANSIBLE / "python")
    file = PACKAGING / "azure" / "main.tf"
    source = "import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))"
    done = local(str(ANSIBLE / "python"), "-c", source, str(file))
    assert done.returncode == 0, done.stderr
    parsed = json.loads(done.stdout)
    (local_values,) = parsed["locals"]
    resources = {key.strip('"'): value for row in parsed["resource"] for key, value in row.items()}
    (definition,) = resources["azurerm_role_definition"].values()
    (permissions,) = definition["permissions"]
    (assignment,) = resources["azurerm_role_assignment"].values()

    assert "acr-diagnose-role.json" in local_values["role"]
    assert {key: value for key, value in permissions.items() if not key.startswith("_")} == {
        "actions": "${local.role.Actions}",
        "not_actions": "${local.role.NotActions}",
        "data_actions": "${local.role.DataActions}",
        "not_data_actions": "${local.role.NotDataActions}",
    }
    assert "azurerm_role_definition.reader" in assignment["role_definition_id"]
