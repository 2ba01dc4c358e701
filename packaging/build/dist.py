"""The wheel and the sdist: ``dist.py OUT``.

Setuptools builds both, of the version that tools.txt locks, from a copy of what belongs to them:
nothing else in the checkout can get in, and nothing is written there. Their archives are then
packed again, since setuptools keeps the modes and the order that it finds. Needs no network once
the locked wheels are in ``.build/wheels``.
"""

import gzip
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import lock
import release
from release import ROOT, Entry

MODULE = "acr_diagnose"
PROGRAM = ("checks", "diagnose", "LICENSE", "README.md", "pyproject.toml")
# The sdist has all that a distribution needs to build and to test it.
REST = ("Makefile", "packaging", "tests")
_PASSED_OVER = {"__pycache__"}


def main() -> None:
    out = release.out()
    name, data = wheel()
    release.write(out / name, data)
    name, data = sdist()
    release.write(out / name, data)


def wheel(root: Path = ROOT) -> tuple[str, bytes]:
    """Give the wheel's name and bytes, from a checkout or an unpacked sdist."""
    name, data = _built(root, "build_wheel")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = [Entry(path=one, data=archive.read(one)) for one in archive.namelist()]
    # By the convention of wheels, the metadata stands last.
    rows.sort(key=lambda row: (".dist-info/" in row.path, row.path))
    return name, release.archive_zip(rows)


def sdist(root: Path = ROOT) -> tuple[str, bytes]:
    """Give the sdist's name and bytes: what setuptools takes, and the rest of the sources."""
    name, data = _built(root, "build_sdist")
    top = name.removesuffix(".tar.gz")
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        rows = {row.path: row for row in _of(archive)}
    for row in _sources(root, REST):
        rows.setdefault(f"{top}/{row.path}", _below(row, top))
    return name, release.gzip(release.tar(release.with_folders(rows.values())))


def _of(archive: tarfile.TarFile) -> Iterator[Entry]:
    for info in archive:
        opened = archive.extractfile(info) if info.isfile() else None
        if opened is not None:
            yield Entry(path=info.name, data=opened.read(), mode=0o755 if info.mode & 1 else 0o644)


def _below(row: Entry, top: str) -> Entry:
    return Entry(path=f"{top}/{row.path}", data=row.data, mode=row.mode, link=row.link)


def _sources(root: Path, names: tuple[str, ...]) -> Iterator[Entry]:
    for name in names:
        found = release.under(root / name, f"{name}/") if (root / name).is_dir() else ()
        if (root / name).is_file():
            found = (Entry(path=name, data=(root / name).read_bytes()),)
        for row in found:
            if not _PASSED_OVER & set(row.path.split("/")) and not row.path.endswith(".pyc"):
                yield row


def _built(root: Path, hook: str) -> tuple[str, bytes]:
    """Call one hook of setuptools (PEP 517) in a process of its own, on a copy."""
    with tempfile.TemporaryDirectory() as folder:
        copy, out, tools = (Path(folder) / name for name in ("copy", "out", "tools"))
        out.mkdir()
        for row in _sources(root, PROGRAM):
            place = copy / row.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(row.data)
            place.chmod(row.mode)
        for path in lock.fetched(lock.TOOLS).values():
            with zipfile.ZipFile(path) as archive:
                archive.extractall(tools)  # noqa: S202 its hash is the locked one
        code = f"import setuptools.build_meta as b; b.{hook}({str(out)!r})"
        done = subprocess.run(
            [sys.executable, "-S", "-c", code],
            cwd=copy,
            env={**release.environment(), "PYTHONPATH": str(tools), "PYTHONNOUSERSITE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"setuptools fails:\n{done.stdout}{done.stderr}")
        (made,) = out.iterdir()
        return made.name, made.read_bytes()


if __name__ == "__main__":
    main()
