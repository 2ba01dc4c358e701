"""A node's files as its log archive has them, for the readers that read a live machine's files.

They are the same readers, so a file means here what it means there. What the archive does not hold
is not absent but unknown: the question ends with `Unrecorded`, whose words name the file.
"""

from pathlib import Path

from checks.ports import Unrecorded
from diagnose.bundle.errors import BundleError
from diagnose.fleet import chunks
from diagnose.fleet.listing import Listing
from diagnose.fleet.safe_zip import SafeZip
from diagnose.live.machine_files import MachineFiles

_LISTING = "collect/file_listings.txt"
_SETTINGS = 1 << 18  # bytes of a file of settings
_HEARD = 1 << 13  # characters in which secrets are looked for, which takes long in a hostile text
_FILES = 32  # files of settings: a node has two or three
_DEPTH = 8  # folders; hosts.toml lies in four


class ZipFiles(MachineFiles):
    """The files below ``/`` of the node that the archive is of; nothing of this machine is read."""

    def __init__(self, archive: SafeZip) -> None:
        super().__init__("/")
        self._archive = archive
        self._listing = _listing(archive)
        self._folders = {
            "/".join(parts[:depth])
            for name in archive.names
            if name.startswith("etc/") and len(parts := name.split("/", _DEPTH)) <= _DEPTH
            for depth in range(1, len(parts))
        }
        self._read = 0

    def text(self, path: str) -> str:
        """Give the file's text, or nothing where the node had no such file."""
        name = path.lstrip("/")
        if self._archive.knows(name):
            self._read += 1
            if self._read > _FILES:
                raise Unrecorded(f"{name} is one file of settings too many")
            text = self.member(name, _SETTINGS)
            self.heard(text[:_HEARD])
            return text
        there = self._listing.has(path)
        if there is False:
            return ""
        beside = ", which is on the node" if there else ""
        raise Unrecorded(f"the archive does not hold {path}{beside}")

    def holds(self, name: str) -> bool:
        """Tell whether the archive has a member of this name, be it a broken one."""
        return self._archive.knows(name)

    def member(self, name: str, most: int) -> str:
        """Give the text of a member that has to be there."""
        try:
            return self._archive.whole(name, most)
        except BundleError as error:
            raise Unrecorded(str(error)) from None

    def exists(self, path: str) -> bool:
        name = path.lstrip("/")
        if self._archive.knows(name) or name in self._folders:
            return True
        there = self._listing.has(path)
        if there is None:
            raise Unrecorded(f"the archive does not tell whether the node has {path}")
        return there

    def listed(self, folder: str, ending: str) -> tuple[str, ...]:
        """Give the paths of a folder's files that end so, by name."""
        found = self._listing.inside(folder)
        if found is None:
            raise Unrecorded(f"the archive does not tell what the node has in {folder}")
        return tuple(path for path in found if path.endswith(ending))

    def place(self, path: str) -> Path:
        """Refuse: a reader that opens files by itself would open this machine's."""
        raise Unrecorded(f"{path} is not read from an archive")


def _listing(archive: SafeZip) -> Listing:
    if not archive.knows(_LISTING):
        return Listing(())
    before, archive.cut = archive.cut, False
    pieces = (piece.decode("utf-8", "replace") for piece in archive.pieces(_LISTING))
    listing = Listing(chunks.lines(pieces))
    if archive.cut:
        listing.cut()
    archive.cut = archive.cut or before
    return listing
