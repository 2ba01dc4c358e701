"""Reads a bundle that anybody may have made: plain files of our own naming, whole, or a refusal.

The tar is read here and not by tarfile, which knows sparse files, links, long names and extended
headers, and gives each of them memory before it can be asked not to. We write none of them.
`BundleError` is all that any of this raises.
"""

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from diagnose.bundle import limits
from diagnose.bundle.archive import BLOCK, CHECKSUM, HEADER
from diagnose.bundle.errors import BundleError, quoted
from diagnose.bundle.inflating import Inflating
from diagnose.bundle.strict_json import json_of, lines_of
from diagnose.bundle.verified import verified

__all__ = ["json_of", "lines_of", "members", "verified"]

_PLAIN = (b"0", b"\0")
_MAGIC = (b"ustar\x0000", b"ustar  \0")  # POSIX, GNU
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"5": "a folder",
    b"6": "a FIFO",
    b"S": "a sparse file",
    b"L": "a long name",
    b"K": "a long link",
    b"x": "an extended header",
    b"g": "a global extended header",
}
_OCTAL = re.compile(rb" *([0-7]{1,12})[ \0]*")  # as old tar programs write it as well


def members(source: bytes | str | os.PathLike[str] | BinaryIO) -> dict[str, bytes]:
    """Give each member's contents by its name, of a .tar.gz, its path, or a stream of it."""
    tape = Inflating(_blob(source))
    found: dict[str, bytes] = {}
    while True:
        header = tape.take(BLOCK, f"the header of member {len(found) + 1}")
        if not any(header):
            break
        if len(found) == limits.MEMBERS:
            raise BundleError(f"the bundle has more than {limits.MEMBERS} members")
        name, size = _entry(header, len(found) + 1)
        if name in found:
            raise BundleError(f"the bundle has {name} twice")
        found[name] = tape.take(size, name)
        if any(tape.take(-size % BLOCK, name)):
            raise BundleError(f"{name} is filled up with more than zeros")
    if any(tape.take(BLOCK, "the mark at its end")):
        raise BundleError("the bundle goes on after the end of its archive")
    tape.finish()
    return found


def _entry(header: bytes, number: int) -> tuple[str, int]:
    """Give the name and the size in bytes that a header states."""
    name, _, _, _, size, _, checksum, kind, _, magic, version, *_, prefix = HEADER.unpack(header)
    if magic + version not in _MAGIC:
        raise BundleError(f"member {number} has no tar header (field magic)")
    plain = header[: CHECKSUM.start] + b" " * 8 + header[CHECKSUM.stop :]
    if _number(checksum) != sum(plain):
        raise BundleError(f"member {number} has a damaged header (field checksum)")
    text = name.rstrip(b"\0").decode("ascii", "backslashreplace")
    where = f"member {number}, {quoted(text)},"
    if kind not in _PLAIN:
        what = _KINDS.get(kind, f"of the unknown type {kind!r}")
        raise BundleError(f"{where} is {what} (field typeflag): a bundle has plain files")
    if any(prefix) or not limits.is_name(text):
        raise BundleError(f"{where} is called as no file of a bundle is (field name)")
    length = _number(size)
    if length < 0:
        raise BundleError(f"{where} has a size that is no octal number (field size)")
    if length > limits.MEMBER:
        raise BundleError(f"{where} is larger than {limits.MEMBER} bytes (field size)")
    return text, length


def _number(field: bytes) -> int:
    """Give an octal field's number, or -1."""
    matched = _OCTAL.fullmatch(field)
    return int(matched[1], 8) if matched else -1


def _blob(source: bytes | str | os.PathLike[str] | BinaryIO) -> bytes:
    try:
        if isinstance(source, bytes):
            blob = source
        elif isinstance(source, (str, os.PathLike)):
            blob = _contents(Path(source))
        else:
            blob = _drained(source)
    except OSError as error:
        raise BundleError(f"{_name(source)} cannot be read: {error.strerror or error}") from None
    except ValueError:  # a name with a NUL in it, or a stream that is closed
        raise BundleError(f"{_name(source)} cannot be read: it is no file that is open") from None
    if len(blob) > limits.PACKED:
        raise BundleError(f"the bundle is larger than {limits.PACKED} bytes")
    return blob


def _name(source: bytes | str | os.PathLike[str] | BinaryIO) -> str:
    return quoted(str(source)) if isinstance(source, (str, os.PathLike)) else "the bundle"


def _contents(path: Path) -> bytes:
    """Read a regular file; opening anything else may wait, or do something."""
    _refuse_other_than_file(path, path.stat().st_mode)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        _refuse_other_than_file(path, os.fstat(descriptor).st_mode)
        return _drained(stream)


def _refuse_other_than_file(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a device, a pipe or a socket"
        raise BundleError(f"{quoted(str(path))} is {what}, and a bundle is a file")


def _drained(stream: BinaryIO) -> bytes:
    """Read to the end, or one byte more than a bundle may have."""
    parts = []
    left = limits.PACKED + 1
    while left and (part := stream.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
