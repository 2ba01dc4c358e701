"""What is released for clusters and fleets: ``python packaging/build/manifests.py OUT``.

``kubernetes/``, ``azure/`` and ``fleet/`` are the folders of packaging/ as they stand, with an
example of a manifest that needs no pull; ``kubectl-acr_diagnose.tar.gz`` and
``acr-diagnose.krew.yaml`` are the plug-in for kubectl. What has the program in it takes
``OUT/acr-diagnose.pyz``, which is made first. ``RELEASES`` in the environment is the address that
holds the files of this release.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import release
from release import ROOT, Entry

PACKAGING = ROOT / "packaging"
FOLDERS = ("azure", "fleet", "kubernetes")
PLUGIN = "kubectl-acr_diagnose"
PROGRAM = "acr-diagnose.pyz"
TARGET = "myregistry.azurecr.io/myimage:v1"
# Nobody's address: krew compares the sum, and takes a local file with --archive.
NOWHERE = "https://example.com/acr-diagnose"
# The nodes of the example; which pause image a node has is in the list of one's own nodes.
_PAUSE = "mcr.microsoft.com/oss/v2/kubernetes/pause:3.10.2"
_NODES = (
    ("Ubuntu", "amd64"),
    ("Ubuntu", "arm64"),
    ("AzureLinux", "amd64"),
    ("AzureLinux", "arm64"),
)
_EXAMPLE = f"""\
# An example, for nodes with {_PAUSE}; render it for one's own:
#   kubectl get nodes -o json | acr-diagnose k8s manifest TARGET --zero-pull --nodes -
"""


def main() -> None:
    out = release.out()
    program = out / PROGRAM
    if not program.is_file():
        raise SystemExit(f"{program} is not there: make pyz makes it")
    for folder in FOLDERS:
        shutil.rmtree(out / folder, ignore_errors=True)
        for entry in release.under(PACKAGING / folder, f"{folder}/"):
            release.write(out / entry.path, entry.data, mode=entry.mode)
    release.write(out / "kubernetes" / "zero-pull.yaml", zero_pull(program))
    archive = plugin(program.read_bytes())
    release.write(out / f"{PLUGIN}.tar.gz", archive)
    filled = krew(archive, os.environ.get("RELEASES", "") or NOWHERE)
    release.write(out / "acr-diagnose.krew.yaml", filled.encode())


def zero_pull(program: Path) -> bytes:
    """Let the released program render it: what goes along is what is locked."""
    words = ["k8s", "manifest", TARGET, "--profile", "node", "--zero-pull", "--nodes", "-"]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-I", str(program), *words],
            input=json.dumps({"items": [_node(*one) for one in _NODES]}),
            env={**release.environment(), "HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{PROGRAM} renders no manifest: {done.stderr.strip()}")
    return (_EXAMPLE + done.stdout).encode()


def _node(system: str, machine: str) -> dict[str, object]:
    """Give a node as `kubectl get nodes -o json` lists it, as far as a manifest asks."""
    labels = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": machine,
        "kubernetes.azure.com/os-sku": system,
    }
    return {
        "metadata": {"name": f"{system}-{machine}".lower(), "labels": labels},
        "status": {"nodeInfo": {"architecture": machine}, "images": [{"names": [_PAUSE]}]},
    }


def plugin(program: bytes) -> bytes:
    """Give the archive that krew unpacks; it has to hold the licence."""
    script = (PACKAGING / "kubectl" / PLUGIN).read_bytes()
    entries = (
        Entry(path=PLUGIN, data=script, mode=0o755),
        Entry(path=PROGRAM, data=program),
        Entry(path="LICENSE", data=(ROOT / "LICENSE").read_bytes()),
    )
    return release.gzip(release.tar(entries))


def krew(archive: bytes, releases: str) -> str:
    """Fill in the template; what is left unfilled is a slip of ours."""
    template = (PACKAGING / "kubectl" / "acr-diagnose.krew.yaml").read_text(encoding="utf-8")
    where = releases.rstrip("/")
    values = {
        "VERSION": release.version(),
        "HOMEPAGE": where,
        "URI": f"{where}/{PLUGIN}.tar.gz",
        "SHA256": release.sha256(archive),
    }
    _, _, rest = template.partition("\n")  # the first line is about the template
    return re.sub(r"@([A-Z0-9]+)@", lambda found: values[found[1]], rest)


if __name__ == "__main__":
    main()
