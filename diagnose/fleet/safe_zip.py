"""Reads a zip that anybody may have made, in bounded memory and time; nothing is ever unpacked.

A member is inflated piece by piece and goes to whoever asked for it; its name is only compared, so
that it can lead nowhere. The directory's size is looked at before `zipfile` reads it.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from diagnose.bundle.errors import BundleError

MAGIC = b"PK\x03\x04"
_PACKED = 128 << 20  # bytes: AKS's collector stops at 100 MiB
_DIRECTORY = 4 << 20  # bytes: some 50,000 names
MEMBER = 64 << 20  # bytes of one member, inflated
_ALL = 256 << 20  # bytes of all members together
_PIECE = 1 << 16
_END, _END64 = b"PK\x05\x06", b"PK\x06\x07"  # APPNOTE.TXT, 4.3.15 and 4.3.16
_TAIL = 22 + 65_535 + 20  # the end record, its comment, and what a larger format puts before it
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # it wants a password, or its method is not known
    ValueError,
)


class SafeZip:
    """An open archive; raises `BundleError` where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as stream:
                _look(stream)
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise BundleError(f"it is no zip that can be read: {error}") from None
        self._left = _ALL
        self.cut = False  # something in it was too large, or damaged
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._refused: dict[str, str] = {}
        for member in self._zip.infolist():
            name = member.filename.lstrip("/")
            if because := _refusal(member):
                self._refused.setdefault(name, because)
            else:
                self._members.setdefault(name, member)

    @property
    def names(self) -> list[str]:
        """Give the names of the members that may be read."""
        return sorted(self._members)

    def knows(self, name: str) -> bool:
        """Tell whether a member is called so, even one that is never opened."""
        return name in self._members or name in self._refused

    def pieces(self, name: str) -> Iterator[bytes]:
        """Give a member's bytes as far as they can be had; `cut` tells that they were not all."""
        left = MEMBER
        try:
            with self._zip.open(self._members[name]) as stream:
                while left and self._left and (piece := stream.read(min(_PIECE, left, self._left))):
                    left -= len(piece)
                    self._left -= len(piece)
                    yield piece
        except _BROKEN:
            self.cut = True
        self.cut = self.cut or not (left and self._left)

    def text(self, name: str, most: int = 1 << 20) -> str:
        """Give the beginning of a member, or nothing where there is none."""
        if name not in self._members:
            return ""
        taken = bytearray()
        for piece in self.pieces(name):
            taken += piece
            if len(taken) >= most:
                break
        return bytes(taken[:most]).decode("utf-8", "replace")

    def whole(self, name: str, most: int = 1 << 20) -> str:
        """Give a member's text, all of it; raise `BundleError`, which names the member."""
        if name not in self._members:
            raise BundleError(f"{name} {self._refused.get(name, 'is not in the archive')}")
        before, self.cut = self.cut, False
        taken = bytearray()
        for piece in self.pieces(name):
            taken += piece
            if len(taken) > most:
                break
        broken, self.cut = self.cut, before
        if len(taken) > most:
            raise BundleError(f"{name} is larger than {most} bytes")
        if broken:
            raise BundleError(f"{name} is damaged, or the archive is too large to be read so far")
        try:
            return taken.decode("utf-8")
        except UnicodeDecodeError:
            raise BundleError(f"{name} is not UTF-8") from None

    def close(self) -> None:
        self._zip.close()


def _refusal(member: zipfile.ZipInfo) -> str:
    """Say why a member is never opened, or nothing."""
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
        return "is a link, a folder or a device, and is not read"
    if member.flag_bits & 1:
        return "wants a password"
    return "" if member.compress_type in _KINDS else "is packed as AKS's log collector never packs"


def _look(stream: BinaryIO) -> None:
    """Refuse an archive whose directory `zipfile` would read whole, however large it is."""
    size = stream.seek(0, 2)
    if size > _PACKED:
        raise BundleError(f"it is larger than {_PACKED} bytes")
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    if _END64 in tail:
        raise BundleError("it is a zip of the large format, which AKS's log collector never makes")
    place = tail.find(_END)
    while place >= 0:
        if int.from_bytes(tail[place + 12 : place + 16], "little") > _DIRECTORY:
            raise BundleError("it names more files than AKS's log collector ever collects")
        place = tail.find(_END, place + 1)
