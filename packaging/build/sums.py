"""SHA256SUMS and provenance.json, over what stands in the folder: ``sums.py OUT``.

``sha256sum -c SHA256SUMS`` checks a download. provenance.json names what the bytes follow from, so
that somebody else can build them again and compare; it holds no time but the release's own.
"""

import json
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import lock
import release
from pyz import FILE, MADE_BY

SUMS = "SHA256SUMS"
PROVENANCE = "provenance.json"
# What writes a part of an artefact, if it is here, and how it says its version.
_TOOLS = {"dpkg-deb": "--version", "rpmbuild": "--version", "mandoc": "--version"}


def main() -> None:
    folder = release.out()
    told = json.dumps(provenance(folder), indent=2, sort_keys=True) + "\n"
    release.write(folder / PROVENANCE, told.encode())
    release.write(folder / SUMS, sums(folder).encode())


def sums(folder: Path) -> str:
    """Give a line for each file, as sha256sum writes it, in the order of the paths."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != SUMS)
    rows = (f"{release.sha256(path.read_bytes())}  {path.relative_to(folder)}\n" for path in files)
    return "".join(rows)


def provenance(folder: Path) -> dict[str, Any]:
    return {
        "name": release.NAME,
        "version": release.version(),
        "commit": release.commit(),
        "changed": bool(release.git("status", "--porcelain")),  # since that commit
        "epoch": release.epoch(),
        "locks": {file.name: release.sha256(file.read_bytes()) for file in (lock.NODE, lock.TOOLS)},
        "compiled_by": _compiled_by(folder / FILE),
        "built_by": {
            "python": platform.python_version(),
            "zlib": release.zlib_version(),
            **{row.name: row.version for row in lock.locked(lock.TOOLS)},
            **{name: said for name, word in _TOOLS.items() if (said := _said(name, word))},
        },
    }


def _compiled_by(pyz: Path) -> dict[str, str]:
    if not pyz.exists():
        return {}
    with zipfile.ZipFile(pyz) as archive:
        found: dict[str, str] = json.loads(archive.read(MADE_BY))
    return found


def _said(tool: str, word: str) -> str:
    """Give the first line with which a tool names its version; nothing if it does not."""
    if shutil.which(tool) is None:
        return ""
    done = subprocess.run(
        [tool, word], capture_output=True, text=True, check=False, env=release.environment()
    )
    return (done.stdout.splitlines() or [""])[0] if not done.returncode else ""


if __name__ == "__main__":
    main()
