"""A base image made of a root file system: ``base.py FOLDER OUT``; the folder is only read.

For whoever has no base image at hand: FOLDER is what debootstrap makes with python3 and
ca-certificates (``python -m tests.packaging.bases bookworm`` makes one and prints it). The same
packages are the same bytes: all times are the earliest, and what was noted while they were
installed stays out.
"""

import hashlib
import io
import platform
import re
import stat
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import archive
from release import NAME, write

_EARLIEST = 315_532_800  # 1980-01-01
_CREATED = "1980-01-01T00:00:00Z"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
# Nobody reads a manual in an image; what a package manager fetched or logged is of another day.
_EMPTIED = (
    "dev",
    "proc",
    "run",
    "sys",
    "tmp",
    "var/cache/apt",
    "var/cache/debconf",
    "var/cache/ldconfig",
    "var/lib/apt/lists",
    "var/log",
    "var/tmp",
    "usr/share/info",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/man",
)
_LEFT_OUT = re.compile(
    r"etc/(hostname|resolv\.conf|machine-id|\.pwd\.lock|(passwd|shadow|group|gshadow)-)"
    r"|etc/apt/sources\.list(\.d/.+)?"
    r"|usr/sbin/policy-rc\.d"
    r"|usr/share/doc/.+/(?!copyright$)[^/]+"
    r"|var/lib/dpkg/(.+-old|lock.*)"
)
_LAST_CHANGE = re.compile(rb"^([^:]+:[^:]*):\d+:", re.MULTILINE)


def layer(root: Path) -> bytes:
    """Give the root file system as a layer."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as made:
        for path in _kept(root):
            info = made.gettarinfo(str(path), path.relative_to(root).as_posix())
            info.mtime, info.uname, info.gname = _EARLIEST, "", ""
            data = _data(path, info) if info.isreg() else b""
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _kept(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        emptied = any(f"{one}/" == name[: len(one) + 1] for one in _EMPTIED)
        special = not path.is_symlink() and not path.is_file() and not path.is_dir()
        if not emptied and not special and not _LEFT_OUT.fullmatch(name):
            yield path


def _data(path: Path, info: tarfile.TarInfo) -> bytes:
    data = path.read_bytes()
    if info.name == "etc/shadow":
        return _LAST_CHANGE.sub(rb"\1:0:", data)  # the day on which it was made
    if PurePosixPath(info.name).suffix == ".pyc":
        # Checked by nothing, or it would count as stale as soon as its source's time is another
        # (https://peps.python.org/pep-0552/), and a start would take four times as long.
        return data[:4] + (1).to_bytes(4, "little") + bytes(8) + data[16:]
    return data


def image(root: Path, name: str) -> archive.Image:
    made = layer(root)
    machine = platform.machine()
    digest = f"sha256:{hashlib.sha256(made).hexdigest()}"
    config = {
        "architecture": _MACHINES.get(machine, machine),
        "config": {"Env": [archive.PATH]},
        "created": _CREATED,
        "history": [{"created": _CREATED, "created_by": "packaging/build/base.py"}],
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [digest]},
    }
    return archive.Image(config=config, layers=(made,), name=name)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    if not stat.S_ISREG((folder / "usr/bin/python3").stat().st_mode):
        raise SystemExit(f"{folder} has no Python")
    write(out, image(folder, f"localhost/{NAME}-base:{folder.name}").archive())


if __name__ == "__main__":
    main()
