"""A bundle from anybody: each thing that is wrong with it is refused by its own sentence."""

import gzip
import io
import os
import random
import socket
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.bundle import limits
from diagnose.bundle.archive import pack
from diagnose.bundle.errors import BundleError, printable, quoted
from diagnose.bundle.unpack import members

GOOD = {"facts.json": b'{"dns": [1, 2.5, null]}\n', "replies.jsonl": b'{"a": 1}\n{"b": 2}\n'}


def refused(call: Callable[[], object]) -> str:
    """Give the sentence, after seeing that it can be printed anywhere."""
    with pytest.raises(BundleError) as caught:
        call()
    text = str(caught.value)

    assert text.isprintable()
    assert 0 < len(text) <= 1200
    return text


def tape(*entries: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def entry(name: str, data: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def reading(*entries: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> str:
    return refused(lambda: members(gzip.compress(tape(*entries, form=form))))


def altered(start: int, value: bytes, *, mend: bool = True) -> str:
    """Read an archive whose first header has ``value`` at ``start``, its checksum mended or not."""
    raw = bytearray(tape(entry("facts.json", b"{}")))
    raw[start : start + len(value)] = value
    if mend:
        raw[148:156] = b" " * 8
        raw[148:156] = b"%06o\0 " % sum(raw[:512])
    return refused(lambda: members(gzip.compress(bytes(raw))))


# What other programs make of the same files


def test_what_tar_makes_of_the_members_is_read(tmp_path: Path) -> None:
    for name, data in GOOD.items():
        (tmp_path / name).write_bytes(data)
    for form in ("ustar", "gnu"):
        done = subprocess.run(
            ["tar", f"--format={form}", "-czf", "-", *GOOD],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )

        assert members(done.stdout) == GOOD


# Names, kinds and fields of a member


@pytest.mark.parametrize(
    "name",
    [
        "../facts.json", "/etc/passwd", "a/b.json", "./facts.json", "..", ".", ".hidden",
        "Facts.json", "a..b", "a\\b", "c:a", "-a", "a b", "a\nb", "\x1b[31ma", "caf\u00e9.json",
        "a" * 65, "a\u202eb",
    ],
)  # fmt: skip
def test_a_name_that_is_none_of_ours(name: str) -> None:
    said = reading(entry("facts.json"), entry(name))

    assert said.startswith("member 2, '")
    assert said.endswith("is called as no file of a bundle is (field name)")


def test_a_name_in_two_parts() -> None:
    assert "(field name)" in altered(345, b"folder")


def test_a_name_with_more_behind_its_end() -> None:
    assert "'facts.json\\x00\\x00x', is called" in altered(12, b"x")


def test_a_name_that_is_no_utf8() -> None:
    assert r"'\\xff\\xfects.json'" in altered(0, b"\xff\xfe")


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.CHRTYPE, "a character device"),
        (tarfile.BLKTYPE, "a block device"),
        (tarfile.FIFOTYPE, "a FIFO"),
        (tarfile.DIRTYPE, "a folder"),
        (tarfile.CONTTYPE, "of the unknown type b'7'"),
        (tarfile.GNUTYPE_SPARSE, "a sparse file"),
        (b"\xff", r"of the unknown type b'\\xff'"),
        (b"\x1b", r"of the unknown type b'\\x1b'"),
    ],
)
def test_what_is_no_plain_file(kind: bytes, what: str) -> None:
    said = altered(156, kind)

    assert said.startswith("member 1, 'facts.json', is ")
    assert what.replace("\\\\", "\\") in said
    assert "(field typeflag)" in said


def test_a_long_name_and_an_extended_header() -> None:
    long = entry("a" * 300)
    sparse = entry("a.json", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.realsize": "9" * 15})

    assert "'././@LongLink', is a long name" in reading(long, form=tarfile.GNU_FORMAT)
    assert "is an extended header" in reading(long, form=tarfile.PAX_FORMAT)
    assert "is an extended header" in reading(sparse, form=tarfile.PAX_FORMAT)


def test_the_same_name_twice() -> None:
    assert reading(entry("a.json", b"1"), entry("a.json", b"2")) == "the bundle has a.json twice"


def test_one_member_too_many() -> None:
    some = [entry(f"a{i}.json") for i in range(limits.MEMBERS + 1)]

    assert len(members(gzip.compress(tape(*some[1:])))) == limits.MEMBERS
    assert reading(*some) == "the bundle has more than 64 members"


@pytest.mark.parametrize(
    ("start", "value", "field"),
    [
        (124, b"99999999999\0", "field size"),
        (124, b"\x80" + bytes(10) + b"\x02", "field size"),  # a number of base 256
        (124, b"-0000000002\0", "field size"),
        (124, b"+0000000002\0", "field size"),
        (124, b"           \0", "field size"),
        (124, b"0000\0000002\0", "field size"),
        (124, b"00100000001\0", "larger than 16777216 bytes (field size)"),
        (257, b"ustar\x0099", "field magic"),
        (257, bytes(8), "field magic"),
    ],
)
def test_a_field_that_is_wrong(start: int, value: bytes, field: str) -> None:
    assert field in altered(start, value)


@pytest.mark.parametrize("at", [0, 99, 100, 124, 136, 148, 157, 265, 345, 511])
def test_a_header_with_one_byte_changed(at: int) -> None:
    assert "member 1 has a damaged header (field checksum)" in altered(at, b"\x07", mend=False)


def test_more_than_zeros_behind_the_contents() -> None:
    assert altered(512 + 2, b"x") == "facts.json is filled up with more than zeros"


# The end of the archive, and the gzip around it


def test_what_follows_the_archive() -> None:
    raw, packed = tape(entry("a.json", b"1")), pack(GOOD)
    zeros = gzip.compress(raw + bytes(100_000))

    assert members(zeros) == {"a.json": b"1"}
    for more in (b"x", bytes(100_000) + b"x", raw):
        assert "after the end of its archive" in refused(lambda: members(gzip.compress(raw + more)))  # noqa: B023 it is called at once
    for more in (b"x", b"\0", packed, gzip.compress(b"")):
        assert "after the end of its gzip data" in refused(lambda: members(packed + more))  # noqa: B023 it is called at once


def test_what_follows_where_a_piece_of_the_file_ends() -> None:
    """The file is fed to zlib in pieces of 16 kB; here the archive fills one of them exactly."""
    packed = pack(GOOD)
    filling = b"x" * (16_384 - len(packed) - 1) + b"\0"
    named = packed[:3] + b"\x08" + packed[4:10] + filling + packed[10:]

    assert len(named) == 16_384
    assert members(named) == GOOD
    assert "after the end of its gzip data" in refused(lambda: members(named + b"x"))


def test_an_archive_without_its_end_mark() -> None:
    raw = tape(entry("a.json", b"1"))

    said = refused(lambda: members(gzip.compress(raw[:1024])))
    assert said == "the bundle is cut short: it ends inside the header of member 2"
    said = refused(lambda: members(gzip.compress(raw[: 1024 + 512])))
    assert said == "the bundle is cut short: it ends inside the mark at its end"
    said = refused(lambda: members(gzip.compress(raw[:513])))
    assert said == "the bundle is cut short: it ends inside a.json"
    raw = raw[: 1024 + 512] + b"x" * 512
    assert "after the end of its archive" in refused(lambda: members(gzip.compress(raw)))


def test_cut_anywhere() -> None:
    packed = pack({**GOOD, "report.txt": random.Random(1).randbytes(9_000)})  # noqa: S311 no secret
    for size in (*range(0, len(packed), 97), *range(len(packed) - 12, len(packed))):
        said = refused(lambda: members(packed[:size]))  # noqa: B023 it is called at once

        assert "cut short" in said or "no gzip" in said or size == 0


def test_one_bit_flipped_anywhere() -> None:
    """Seen, or it changes nothing: gzip's header holds a time, and zeros can be copied from zeros
    in more than one way.
    """
    packed = pack(GOOD)
    seen = 0
    for at in range(8 * len(packed)):
        flipped = bytearray(packed)
        flipped[at // 8] ^= 1 << at % 8
        try:
            found = members(bytes(flipped))
        except BundleError as error:
            assert str(error).isprintable()  # noqa: PT017 not each of them raises
            seen += 1
        else:
            assert found == GOOD
    assert seen > 7 * len(packed)


@pytest.mark.parametrize(
    ("blob", "what"),
    [
        (b"", "the bundle is empty"),
        (b"PK\x03\x04", "no gzip file"),
        (b'{"schema": 1}', "no gzip file"),
        (b"\x1f\x8b", "cut short"),
        (b"\x1f\x8b\x09" + bytes(20), "damaged"),
        (gzip.compress(b"", mtime=0), "ends inside the header of member 1"),
        (gzip.compress(b"not a tar", mtime=0), "ends inside the header of member 1"),
        (gzip.compress(b"not a tar " * 100, mtime=0), "member 1 has no tar header (field magic)"),
    ],
)
def test_what_is_no_archive(blob: bytes, what: str) -> None:
    assert what in refused(lambda: members(blob))


# Where a bundle is read from


def test_a_path_a_stream_and_a_link_to_a_file(tmp_path: Path) -> None:
    path, link = tmp_path / "bundle.tar.gz", tmp_path / "link"
    path.write_bytes(pack(GOOD))
    link.symlink_to(path)

    assert members(path) == members(str(path)) == members(link) == GOOD
    with path.open("rb") as stream:
        assert members(stream) == GOOD


def test_a_stream_that_gives_little_at_a_time() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            return super().read(min(size, 7))

    assert members(Slow(pack(GOOD))) == GOOD


def test_a_stream_without_an_end() -> None:
    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    endless = Endless()

    assert "larger than 16777216 bytes" in refused(lambda: members(endless))
    assert endless.given == limits.PACKED + 1


def test_what_is_no_file(tmp_path: Path) -> None:
    fifo, at = tmp_path / "fifo", tmp_path / "socket"
    os.mkfifo(fifo)
    (tmp_path / "link").symlink_to(fifo)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(at))

        for path in (fifo, at, tmp_path / "link", Path("/dev/zero")):
            said = refused(lambda: members(path))  # noqa: B023 it is called at once

            assert said == f"{str(path)!r} is a device, a pipe or a socket, and a bundle is a file"
    assert refused(lambda: members(tmp_path)).endswith("is a folder, and a bundle is a file")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    assert "cannot be read: No such file or directory" in refused(lambda: members(tmp_path / "no"))
    assert "cannot be read: Too many" in refused(lambda: members(tmp_path / "loop"))
    assert "cannot be read: File name too long" in refused(lambda: members("a" * 300))
    assert "cannot be read: it is no file" in refused(lambda: members("a\0b"))
    with (tmp_path / "empty").open("xb") as only_written:
        assert "the bundle cannot be read" in refused(lambda: members(only_written))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_this_user_may_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.tar.gz"
    path.touch(mode=0)

    assert "cannot be read: Permission denied" in refused(lambda: members(path))


def test_a_sentence_is_short_and_can_be_printed() -> None:
    hostile = "\x1b[2J\u202e\ud800\n" * 1000

    assert printable(hostile).isprintable()
    assert len(printable(hostile)) < 1500
    assert quoted(hostile).isprintable()
    assert str(BundleError(hostile)).isprintable()
    assert printable("caf\u00e9 'x'") == "caf\u00e9 'x'"
