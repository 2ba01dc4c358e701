"""Packs members into one .tar.gz: the same members are the same bytes, wherever that is done.

The headers are written here and not by tarfile and gzip, which have changed between Python's
versions what they put into fields that do not matter. Only zlib's own version is left to tell.
Layout: POSIX.1-1988 USTAR, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
and RFC 1952.
"""

import struct
import zlib
from collections.abc import Mapping

from diagnose.bundle import limits

BLOCK = 512  # bytes: a header takes one, and contents are filled up to whole ones
HEADER = struct.Struct("100s 8s 8s 8s 12s 12s 8s c 100s 6s 2s 32s 32s 8s 8s 155s 12x")
MAGIC, VERSION = b"ustar\0", b"00"
CHECKSUM = slice(148, 156)  # counted as blanks in the sum that it holds

# RFC 1952: deflate, no flags (so no file name), no time, no hint at the level, unknown system.
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LEVEL = 6  # 2 % larger than the best, in half of its time or less


def pack(members: Mapping[str, bytes]) -> bytes:
    """Give a .tar.gz with the members in the order of their names.

    Raise `ValueError` on what `unpack` would refuse.
    """
    if len(members) > limits.MEMBERS:
        raise ValueError(f"{len(members)} members, at most {limits.MEMBERS}")
    parts = [part for name in sorted(members) for part in _entry(name, members[name])]
    tape = b"".join((*parts, bytes(2 * BLOCK)))
    if len(tape) > limits.UNPACKED:
        raise ValueError(f"{len(tape)} bytes in all, at most {limits.UNPACKED}")
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL)
    trailer = struct.pack("<II", zlib.crc32(tape), len(tape))
    packed = b"".join((_GZIP, deflate.compress(tape), deflate.flush(), trailer))
    if len(packed) > limits.PACKED:
        raise ValueError(f"{len(packed)} bytes when packed, at most {limits.PACKED}")
    return packed


def _entry(name: str, data: bytes) -> tuple[bytes, bytes, bytes]:
    if not limits.is_name(name):
        raise ValueError(f"{name!r} is no name of a member")
    if len(data) > limits.MEMBER:
        raise ValueError(f"{name} has {len(data)} bytes, at most {limits.MEMBER}")
    return _header(name, len(data)), data, bytes(-len(data) % BLOCK)


def _header(name: str, size: int) -> bytes:
    """Give the header of a plain file of mode 0600 that is nobody's and of no time."""
    header = HEADER.pack(
        name.encode(), _octal(0o600, 8), _octal(0, 8), _octal(0, 8), _octal(size, 12),
        _octal(0, 12), b" " * 8, b"0", b"", MAGIC, VERSION, b"", b"", b"", b"", b"",
    )  # fmt: skip
    return b"%s%06o\0 %s" % (header[: CHECKSUM.start], sum(header), header[CHECKSUM.stop :])


def _octal(number: int, width: int) -> bytes:
    return b"%0*o\0" % (width - 1, number)
