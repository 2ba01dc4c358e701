"""What all artefacts share: the version, the moment, and archives with the same bytes each time.

A script of this folder is run as ``python packaging/build/X.py OUT`` and imports this one by its
name alone; there is no package. An archive's bytes follow from its entries and from `epoch` alone:
not from the clock, the order of a folder, the umask, or who builds.
"""

import ast
import gzip as _gzip
import hashlib
import io
import os
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

NAME = "acr-diagnose"
ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / ".build" / "dist"
_EARLIEST = 315_532_800  # 1980-01-01, the first time that a zip can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file; a link if ``link`` says where to; a folder if ``path`` ends in a slash.

    ``path`` is relative, with slashes; ``mode`` has the permission bits alone; everything belongs
    to ``owner`` and ``group``, by number.
    """

    path: str
    data: bytes = b""
    mode: int = 0o644
    link: str = ""
    owner: int = 0
    group: int = 0

    @property
    def is_folder(self) -> bool:
        return self.path.endswith("/")


def version() -> str:
    """Read the one place where the version stands, without importing anything."""
    text = (ROOT / "diagnose" / "__init__.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise SystemExit("diagnose/__init__.py has no __version__")


def epoch() -> int:
    """Give the moment of the release: SOURCE_DATE_EPOCH, or that of the newest commit, or 1980.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    told = os.environ.get("SOURCE_DATE_EPOCH", "") or git("log", "-1", "--format=%ct")
    return max(int(told or 0), _EARLIEST)


def commit() -> str:
    """Give the newest commit's id; empty where this is no checkout, as in an unpacked sdist."""
    return git("rev-parse", "HEAD")


def git(*words: str) -> str:
    """Give what git prints about this checkout; empty where this is none."""
    if not (ROOT / ".git").exists():
        return ""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {words[0]} fails: {done.stderr.strip()}")
    return done.stdout.strip()


def environment() -> dict[str, str]:
    """Give the environment for tools that read the moment from it."""
    fixed = {"SOURCE_DATE_EPOCH": str(epoch()), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**os.environ, **fixed, "PYTHONHASHSEED": "0"}


def with_folders(entries: Iterable[Entry], prefix: str = "") -> tuple[Entry, ...]:
    """Add the folders above the entries that are not among them; ``prefix`` goes before all.

    A prefix that is a folder, such as dpkg's ``./``, comes first, as a folder of its own.
    """
    found = {entry.path: entry for entry in entries}
    for path in list(found):
        for folder in PurePosixPath(path).parents:
            if str(folder) not in (".", "/"):
                found.setdefault(f"{folder}/", Entry(path=f"{folder}/", mode=0o755))
    if prefix.endswith("/"):
        found[""] = Entry(path="", mode=0o755)
    return tuple(replace(entry, path=prefix + path) for path, entry in sorted(found.items()))


def under(folder: Path, prefix: str = "") -> tuple[Entry, ...]:
    """Read a folder's files and links; a file may be run by all or by nobody, as in git."""
    return tuple(_read(folder, prefix))


def _read(folder: Path, prefix: str) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*")):
        name = prefix + path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Entry(path=name, link=str(path.readlink()), mode=0o777)
        elif path.is_file():
            runs = path.stat().st_mode & stat.S_IXUSR
            yield Entry(path=name, data=path.read_bytes(), mode=0o755 if runs else 0o644)


def tar(entries: Iterable[Entry]) -> bytes:
    """Give a tar of the entries, sorted by path; GNU's form, which dpkg and every engine read."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for entry in sorted(entries, key=lambda one: one.path):
            info = tarfile.TarInfo(entry.path)
            info.mtime, info.mode = epoch(), entry.mode
            info.uid, info.gid = entry.owner, entry.group
            if entry.is_folder:
                info.type = tarfile.DIRTYPE
            elif entry.link:
                info.type, info.linkname = tarfile.SYMTYPE, entry.link
            else:
                info.size = len(entry.data)
            archive.addfile(info, io.BytesIO(entry.data))
    return buffer.getvalue()


def gzip(data: bytes) -> bytes:
    """Compress; no name and no time in the header."""
    return _gzip.compress(data, 9, mtime=0)


def archive_zip(
    entries: Iterable[Entry], *, stored: Iterable[str] = (), head: bytes = b""
) -> bytes:
    """Give a zip of files and folders, in their order; what ``stored`` names is not compressed.

    ``head`` goes before the zip, as the first line of a script does.
    """
    buffer = io.BytesIO(head)
    buffer.seek(0, io.SEEK_END)
    plain = set(stored)
    moment = time.gmtime(epoch())[:6]
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, moment)
            info.create_system = 3  # Unix, wherever it is made
            kind = stat.S_IFDIR if entry.is_folder else stat.S_IFREG
            info.external_attr = (kind | entry.mode) << 16
            if entry.path not in plain and not entry.is_folder:
                info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.data, compresslevel=9)
    return buffer.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(path: Path, data: bytes, *, mode: int = 0o644) -> Path:
    """Write at once or not at all, and tell it; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.chmod(mode)
    part.replace(path)
    print(f"{path.name}  {len(data):,} bytes  sha256 {sha256(data)[:16]}")
    return path


def out() -> Path:
    """Give the folder that the command line names; ``.build/dist`` where it names none."""
    return Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DIST


def zlib_version() -> str:
    """Name what compressed: another zlib may give other bytes for the same entries."""
    return zlib.ZLIB_RUNTIME_VERSION
