"""The program and what it imports on a node, as files: our wheel and the locked ones, unpacked."""

import io
import zipfile
from collections.abc import Iterator

import dist
import lock
from release import Entry

from diagnose.kubernetes.manifest.packages import NODE_SET

# `agent` is of use on a VM as well, so its metrics go along here.
MORE = ("prometheus-client",)


def tree() -> tuple[Entry, ...]:
    """Give the files by their place below one folder of packages, in the order of the paths.

    Which packages a node needs is decided where pods without a pull get theirs from.
    """
    found = {entry.path: entry for entry in _unpacked(dist.wheel()[1])}
    wheels = lock.fetched()
    for name in (*NODE_SET, *MORE):
        if name not in wheels:
            raise SystemExit(f"{name} is in no line of {lock.NODE.name}: make lock")
        found.update((entry.path, entry) for entry in _unpacked(wheels[name].read_bytes()))
    return tuple(entry for _, entry in sorted(found.items()))


def _unpacked(wheel: bytes) -> Iterator[Entry]:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                yield Entry(path=name, data=archive.read(name))
