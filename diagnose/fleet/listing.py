"""Which files a node's /etc had, by the listing that AKS's log collector takes of it.

The archive has no file below a folder of /etc/containerd: the collector gives ``zip`` one name at a
time and never descends. So the listing alone tells a hosts.toml that is not there from one that is
there and was not collected. It is what GNU ``find -ls`` writes (Azure/AgentBaker, parts/linux/
cloud-init/artifacts/aks-log-collector.sh: collect/file_listings.txt).
"""

import re
from collections.abc import Iterable

_FOLDERS = ("/etc/containerd", "/etc/docker")  # where a runtime's settings are
_ENTRY = re.compile(r"\s*\d+\s+\d+\s+([a-z-])\S{9,10}\s.*?\s(/etc(?:/\S+)?)(?: -> .*)?\Z")
_MOST = 10_000  # paths that are kept
_LONGEST = 4096  # characters of a line: PATH_MAX


class Listing:
    """Paths that were there; a path is known to be absent only from a listing that is whole."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._kinds: dict[str, str] = {}  # path -> find's letter: d, -, l
        self._whole = True
        seen = False
        for line in lines:
            if line.startswith("find:"):  # what it could not look into, or was gone meanwhile
                self._whole = self._whole and not any(one in line for one in _FOLDERS)
            elif len(line) <= _LONGEST and (entry := _ENTRY.match(line)):
                seen = seen or entry[2] == "/etc"
                self._take(entry[2], entry[1])
        self._whole = self._whole and seen

    def _take(self, path: str, kind: str) -> None:
        if not _is_within(path, _FOLDERS):
            return
        if len(self._kinds) < _MOST:
            self._kinds[path] = kind
        else:
            self._whole = False

    def cut(self) -> None:
        """Take note that the listing's end is missing."""
        self._whole = False

    def has(self, path: str) -> bool | None:
        """Tell whether the node had it; None where the listing does not say."""
        if path in self._kinds:
            return True
        behind = any(self._kinds.get(one) == "l" for one in _above(path))
        return False if self._whole and not behind and _is_within(path, _FOLDERS) else None

    def inside(self, folder: str) -> tuple[str, ...] | None:
        """Give the paths right below a folder, by name; None where that is not known."""
        if self.has(folder) is False:
            return ()
        if not self._whole or self._kinds.get(folder) != "d":
            return None
        return tuple(sorted(path for path in self._kinds if path.rpartition("/")[0] == folder))


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in folders)


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(2, len(parts))]
