"""acr-diagnose.pyz: ``pyz.py OUT``, one file that any CPython from 3.10 on runs where it lies.

`packaging/pyz` is what runs first, and says how the compiled code beside the text is used.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import release
from release import ROOT, Entry
from tree import tree

FILE = "acr-diagnose.pyz"
MADE_BY = "code/made-by.json"  # {"3.11": "3.11.7"}: the Pythons that compiled
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
START = ROOT / "packaging" / "pyz"
_FIRST_LINE = b"#!/usr/bin/env python3\n"
_COMPILE = Path(__file__).with_name("compiled.py")


def main() -> None:
    data, made_by = pyz()
    release.write(release.out() / FILE, data, mode=0o755)
    for version in VERSIONS:
        told = f"compiled by {made_by[version]}" if version in made_by else "runs from text"
        print(f"  Python {version}: {told}")


def pyz() -> tuple[bytes, dict[str, str]]:
    """Give the file, and the full version of each Python that compiled for it."""
    start = [entry for entry in release.under(START) if entry.path.endswith(".py")]
    text = release.with_folders([*start, *tree()])
    codes, made_by = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "text.zip"
        archive.write_bytes(release.archive_zip(text))
        for version, python in pythons().items():
            name, codes[version] = _compiled(python, archive)
            made_by[version] = name
    rows = [
        Entry(path=f"code/cpython-{version.replace('.', '')}", data=data)
        for version, data in codes.items()
    ]
    rows.append(Entry(path=MADE_BY, data=json.dumps(made_by).encode()))
    # What is compressed already, and what a Python without zlib reads to say so, is stored.
    stored = [*(row.path for row in rows), *(entry.path for entry in start)]
    return release.archive_zip([*text, *rows], stored=stored, head=_FIRST_LINE), made_by


def pythons() -> dict[str, str]:
    """Give the path of each CPython that is here, by its version."""
    found = {}
    for version in VERSIONS:
        for path in _candidates(version):
            if _told(path, "-c", "import sys; print(sys.implementation.cache_tag)") == (
                f"cpython-{version.replace('.', '')}\n".encode()
            ):
                found[version] = path
                break
    return found


def _candidates(version: str) -> Iterator[str]:
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield os.path.join(folder, f"python{version}")  # noqa: PTH118 an entry may be empty
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for path in sorted(root.glob(f"versions/{version}.*/bin/python{version}")):
        yield str(path)


def _compiled(python: str, archive: Path) -> tuple[str, bytes]:
    """Give the full version, and the code; without columns, see `compiled.py`."""
    name = _told(python, "-c", "import platform; print(platform.python_version())")
    data = _told(python, "-X", "no_debug_ranges", str(_COMPILE), str(archive))
    if not data:
        raise SystemExit(f"{python} cannot compile the program")
    return name.decode().strip(), data


def _told(python: str, *words: str) -> bytes:
    """Give what this Python prints; nothing if it is none, or not one that runs here."""
    try:
        done = subprocess.run(
            [python, "-S", "-B", *words],
            capture_output=True,
            check=False,
            env={**release.environment(), "PYTHONNOUSERSITE": "1"},
        )
    except OSError:
        return b""
    return done.stdout if not done.returncode else b""


if __name__ == "__main__":
    main()
