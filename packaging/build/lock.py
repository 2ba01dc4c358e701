"""The wheels that artefacts are made of: which ones (lock.txt, tools.txt), and where they are.

Run as a script (``make lock``) it writes both files anew. Pip then chooses for the oldest Python,
among wheels of pure Python alone: what it takes runs on any newer one and on any architecture. No
index is named, so pip's own settings say where wheels come from, and the hashes say what they are.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from release import NAME, ROOT, sha256

HERE = Path(__file__).resolve().parent
NODE = HERE / "lock.txt"  # what the program imports
TOOLS = HERE / "tools.txt"  # what builds the wheel
WHEELS = ROOT / ".build" / "wheels"
OLDEST = "3.10"
_PURE = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none")
_PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")
_ROW = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One line: the wheel of this name and version with this hash and no other."""

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


def locked(file: Path = NODE) -> tuple[Locked, ...]:
    """Read a lock; its lines are in the order of the names."""
    text = file.read_text(encoding="utf-8")
    rows = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Locked(**_matched(row)) for row in rows)


def _matched(row: str) -> dict[str, str]:
    match = _ROW.fullmatch(row)
    if match is None:
        raise SystemExit(f"no line of a lock: {row}")
    return match.groupdict()


def fetched(file: Path = NODE) -> dict[str, Path]:
    """Give each locked wheel by its package's name; pip fetches those that are not here yet."""
    found = _held(file)
    if len(found) < len(locked(file)):
        WHEELS.mkdir(parents=True, exist_ok=True)
        words = ["download", "--no-deps", "--require-hashes", f"--requirement={file}"]
        _run(*_PIP, *words, *_PURE, f"--python-version={OLDEST}", f"--dest={WHEELS}")
        found = _held(file)
    return found


def _held(file: Path) -> dict[str, Path]:
    by_hash = {sha256(path.read_bytes()): path for path in WHEELS.glob("*.whl")}
    return {row.name: by_hash[row.sha256] for row in locked(file) if row.sha256 in by_hash}


def _run(*words: str, python: str = sys.executable) -> None:
    done = subprocess.run([python, *words], check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:4])} ended with {done.returncode}")


def main() -> None:
    """Take what the installed program depends on, which the Makefile keeps as pyproject.toml is."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tools = re.search(r'^requires = \["(.+?)"\]', text, re.MULTILINE)
    if tools is None:
        raise SystemExit("pyproject.toml does not say what builds the wheel")
    rows = metadata.requires(NAME) or ()
    _renew(NODE, [row for row in rows if "extra ==" not in row])
    _renew(TOOLS, [tools[1]])


def _renew(file: Path, wanted: list[str]) -> None:
    head = "# Pure Python, for CPython 3.10 and newer. `make lock` writes this file anew.\n"
    rows = sorted(_chosen(wanted), key=lambda row: row.name)
    file.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    print(f"{file.relative_to(ROOT)}: {len(rows)} wheels")


def _chosen(wanted: list[str]) -> Iterator[Locked]:
    """Ask pip of the oldest Python: markers are judged by the Python that pip runs under."""
    with tempfile.TemporaryDirectory() as folder:
        _run("-m", "venv", folder, python=f"python{OLDEST}")
        report = Path(folder) / "report.json"
        words = ["install", "--dry-run", "--ignore-installed", f"--report={report}", *_PURE]
        python = f"{folder}/bin/python"
        # The pip that comes with an old Python may not know --report.
        _run(*_PIP, "install", "--upgrade", "pip>=23", python=python)
        _run(*_PIP, *words, f"--target={folder}/none", *wanted, python=python)
        told = json.loads(report.read_text(encoding="utf-8"))
    for item in told["install"]:
        meta = item["metadata"]
        yield Locked(
            name=re.sub(r"[-_.]+", "-", meta["name"]).lower(),
            version=meta["version"],
            sha256=item["download_info"]["archive_info"]["hashes"]["sha256"],
        )


if __name__ == "__main__":
    main()
