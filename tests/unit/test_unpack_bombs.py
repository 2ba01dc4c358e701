"""Bundles made to cost time or memory: each is refused in under a second and 150 MB."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.bundle import limits

ROOT = Path(__file__).resolve().parents[2]
GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def tape(*some: tuple[str, bytes], form: int = tarfile.USTAR_FORMAT, extra: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in some:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.pax_headers = {"x": extra} if extra else {}
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def of_size(field: bytes) -> bytes:
    raw = bytearray(tape(("a.json", b"1")))
    raw[124:136], raw[148:156] = field, b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    return gzip.compress(bytes(raw))


def zeros(megabytes: int) -> bytes:
    """Deflate that many MB of zeros without doing so: after a flush a piece can be repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return GZIP + piece * megabytes


def empty_blocks() -> bytes:
    """Eight deflate blocks with code tables of their own and nothing else, which end on a byte."""
    bits, length = 0, 0
    lengths = {18: 1, 1: 2, 0: 2}
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1)
    fields = [(0, 1), (2, 2), (0, 5), (0, 5), (14, 4), *((lengths.get(one, 0), 3) for one in order)]
    fields += [(3, 2), (0, 1), (127, 7), (0, 1), (106, 7), (3, 2), (3, 2), (1, 1)]
    for value, width in fields * 8:
        bits |= value << length
        length += width
    return bits.to_bytes(length // 8, "little")


def extended() -> bytes:
    info = tarfile.TarInfo("a")
    info.type = tarfile.XHDTYPE
    return info.tobuf(tarfile.USTAR_FORMAT)


def quick(*some: tuple[str, bytes]) -> bytes:
    return gzip.compress(tape(*some), compresslevel=1)


def beside_much(name: str, data: bytes) -> bytes:
    """A member, after as much as an archive may have beside it."""
    return quick(*((f"a{i}.bin", bytes((55 << 20) // 4)) for i in range(4)), (name, data))


FULL = limits.JSON_BYTES
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "10 GB of zeros": (lambda: zeros(10_000), "larger than 67108864 bytes when unpacked"),
    "a member of 8 GB": (lambda: of_size(b"77777777777\0"), "(field size)"),
    "a member of more": (lambda: of_size(b"\x80" + (1 << 70).to_bytes(11, "big")), "(field size)"),
    "100,000 members": (
        lambda: gzip.compress(b"".join(tape((f"a{i}", b""))[:512] for i in range(1000)) * 100),
        "more than 64 members",
    ),
    "six large members": (
        lambda: quick(*((f"a{i}.json", bytes(limits.MEMBER)) for i in range(6))),
        "larger than 67108864 bytes when unpacked",
    ),
    "a huge extended header": (
        lambda: gzip.compress(tape(("a", b""), form=tarfile.PAX_FORMAT, extra="y" * (32 << 20))),
        "an extended header",
    ),
    "a huge long name": (
        lambda: gzip.compress(tape(("a" * (32 << 20), b""), form=tarfile.GNU_FORMAT)),
        "a long name",
    ),
    "nested headers": (lambda: gzip.compress(extended() * 100_000), "an extended header"),
    "empty blocks": (lambda: GZIP + empty_blocks() * 160_000, "larger than what is in it"),
    "a gzip name without an end": (
        lambda: b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"x" * (15 << 20),
        "larger than what is in it",
    ),
    "too large a file": (lambda: bytes(limits.PACKED + 1), "larger than 16777216 bytes"),
    "100,000 brackets": (lambda: quick(("a.json", b"[" * 100_000)), "nested deeper than 64 levels"),
    "brackets in lines": (
        lambda: quick(("a.jsonl", b'{"a":' * 100_000)),
        "nested deeper than 64 levels",
    ),
    "objects": (
        lambda: beside_much("z.json", b"[" + b'{"":1},' * 99_998 + b"1]"),
        "read",
    ),
    "keys": (
        lambda: beside_much("z.json", json.dumps({f"k{i}": i for i in range(199_000)}).encode()),
        "read",
    ),
    "one key too often": (
        lambda: beside_much("z.json", b"{" + b'"a":1,' * 199_000 + b'"a":1}'),
        "field 'a' stands twice",
    ),
    "wide characters": (
        lambda: beside_much("z.json", b'["\xf0\x9f\x98\x80' + b"a" * (FULL - 9) + b'"]'),
        "read",
    ),
    "values": (lambda: quick(("a.json", b"[" + b"1," * 1_000_000 + b"1]")), "more than 200000"),
    "lines": (lambda: quick(("a.jsonl", b"\n" * FULL)), "more than 20000 lines"),
    "quotes": (lambda: quick(("a.json", b'"' * FULL)), "no JSON"),
    "backslashes": (lambda: quick(("a.json", b'"' + b"\\" * (FULL - 1))), "no JSON"),
    "blanks": (lambda: quick(("a.json", b" " * FULL)), "empty"),
    "digits": (lambda: quick(("a.json", b"1" * FULL)), "a whole number of 8388608 characters"),
    "a fraction": (lambda: quick(("a.json", b"1." + b"1" * (FULL - 2))), "too long or too large"),
    "an exponent": (lambda: quick(("a.json", b"1e" + b"9" * (FULL - 2))), "too long or too large"),
}
# A process's own peak, before it reads anything, is taken off: that is Python, not the bundle.
CHILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from diagnose.bundle import unpack
from diagnose.bundle.errors import BundleError

def peak():
    with open("/proc/self/status") as status:
        return int(status.read().split("VmHWM:")[1].split()[0]) / 1024

before, began = peak(), time.process_time()
try:
    found = unpack.members(sys.argv[2])
    for name, data in found.items():
        if name.endswith(".json"):
            kept = unpack.json_of(name, data)
        if name.endswith(".jsonl"):
            kept = list(unpack.lines_of(name, data))
    said = "read"
except BundleError as error:
    said = str(error)
print(time.process_time() - began, peak() - before, said)
"""


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_costs_neither_time_nor_memory(kind: str, tmp_path: Path) -> None:
    make, words = BOMBS[kind]
    path = tmp_path / "bundle.tar.gz"
    path.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(ROOT), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    seconds, megabytes, said = done.stdout.split(maxsplit=2)

    assert words in said
    assert float(seconds) < 1
    assert float(megabytes) < 150
