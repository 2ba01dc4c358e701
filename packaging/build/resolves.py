"""``resolves.py WHEEL``: whether pip finds all that it needs for every Python that we promise.

With all extras, for the systems that VMs run. One line for each version; a version that fails ends
it with pip's own words. Asks pip's index, and installs nothing.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from lock import WHEELS
from pyz import VERSIONS

# Both have manylinux wheels of what is compiled, as old as the oldest distribution named here.
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64")


def main() -> None:
    wheel = sys.argv[1]
    for version in VERSIONS:
        for extra in ("", "[all]"):
            count = _resolved(f"{wheel}{extra}", version)
            print(f"CPython {version}: acr-diagnose{extra} and {count - 1} packages")


def _resolved(wanted: str, version: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = [
            *("-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--dry-run"),
            *("--ignore-installed", "--only-binary=:all:", f"--python-version={version}"),
            *(f"--platform={platform}" for platform in PLATFORMS),
            *(f"--target={folder}/none", f"--find-links={WHEELS}", f"--report={report}", wanted),
        ]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"CPython {version}: {wanted} cannot be resolved\n{done.stderr}")
        return len(json.loads(report.read_text(encoding="utf-8"))["install"])


if __name__ == "__main__":
    main()
