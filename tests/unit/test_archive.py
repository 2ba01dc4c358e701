"""Packing: what comes out is plain, the same everywhere, small, and made in no time."""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.bundle import limits
from diagnose.bundle.archive import pack
from diagnose.bundle.unpack import members

ROOT = Path(__file__).resolve().parents[2]
SOME = {"run.json": b'{"a": 1}\n', "a.log": b"", "manifest.json": bytes(range(256)) * 3}
# The tape before it is deflated, which no version of zlib has a say in.
SHA256 = "94451a48a1aeb4959bae8f4a78ce2eb34cec2dc9773b2ec42162181b1ee0f827"


def python(version: str) -> str:
    """Find that Python, also among pyenv's, which are there without being the one in use."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return next(map(str, pyenv.glob(f"{version}.*/bin/python")), f"python{version}")


def test_the_tape_is_what_it_was_when_this_was_written() -> None:
    assert hashlib.sha256(gzip.decompress(pack(SOME))).hexdigest() == SHA256


def test_the_order_of_the_members_does_not_matter() -> None:
    assert pack(SOME) == pack(dict(reversed(SOME.items())))


def test_an_archive_says_nothing_of_who_made_it_and_when() -> None:
    packed = pack(SOME)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tape:
        rows = tape.getmembers()
        contents = {row.name: tape.extractfile(row).read() for row in rows}

    assert packed[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    assert contents == SOME
    assert [row.name for row in rows] == sorted(SOME)
    assert {(row.mode, row.mtime, row.uid, row.gid, row.uname, row.gname) for row in rows} == {
        (0o600, 0, 0, 0, "", "")
    }
    assert all(row.isreg() and not row.pax_headers for row in rows)


def test_tar_itself_reads_it(tmp_path: Path) -> None:
    (tmp_path / "bundle.tar.gz").write_bytes(pack(SOME))
    subprocess.run(
        ["tar", "--warning=all", "-xzf", "bundle.tar.gz"], cwd=tmp_path, check=True, timeout=30
    )

    assert {name: (tmp_path / name).read_bytes() for name in SOME} == SOME


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_each_python_packs_the_same_bytes(version: str) -> None:
    """Where that Python is there and its zlib is ours; the modules need nothing but Python."""
    source = (
        "import sys, zlib; sys.path.insert(0, sys.argv[1])\n"
        "from diagnose.bundle.archive import pack\n"
        "print(zlib.ZLIB_RUNTIME_VERSION, pack({'a.json': b'abc' * 9999, 'b.json': b''}).hex())"
    )

    def told(command: str) -> list[str]:
        done = subprocess.run(
            [command, "-c", source, str(ROOT)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout.split() if done.returncode == 0 else []

    command = shutil.which(python(version))
    ours, theirs = told(sys.executable), told(command) if command else []
    if not theirs or theirs[0] != ours[0]:
        pytest.skip(f"no Python {version} with the same zlib")

    assert theirs == ours


@pytest.mark.parametrize(
    "name",
    ["../a", "/a", "a/b", "A.json", ".a", "a..b", "", "a\0", "é", "a b", "a" * 65, "a\n"],
)
def test_a_name_that_unpack_refuses_is_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a member"):
        pack({name: b""})


def test_what_is_too_large_to_be_read_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"a\.json has 16777217 bytes"):
        pack({"a.json": bytes(limits.MEMBER + 1)})
    with pytest.raises(ValueError, match="bytes in all"):
        pack({f"{letter}.json": bytes(limits.MEMBER) for letter in "abcd"})
    with pytest.raises(ValueError, match="65 members"):
        pack({f"a{i}.json": b"" for i in range(65)})
    with pytest.raises(ValueError, match="when packed"):
        pack({"a.bin": os.urandom(limits.MEMBER), "b.bin": os.urandom(1 << 10)})


def test_the_most_that_is_written_is_read_again() -> None:
    most = {f"a{i}.json": bytes(1) for i in range(limits.MEMBERS)}
    largest = {"a" * limits.NAME_LENGTH: bytes(limits.MEMBER)}

    assert members(pack(most)) == most
    assert members(pack(largest)) == largest
    assert members(pack({})) == {}


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_.-]{0,40}", fullmatch=True).filter(limits.is_name),
        st.binary(max_size=2000),
        max_size=8,
    )
)
def test_what_is_packed_is_unpacked(some: dict[str, bytes]) -> None:
    assert members(pack(some)) == some


def test_a_bundle_is_packed_in_30_ms() -> None:
    """The best of ten, as the machine does other things; 400 kB of answers with ids in them."""
    lines = "".join(
        f'{{"check": "token", "id": "{hashlib.sha256(b"%d" % i).hexdigest()}", "n": {i}}}\n'
        for i in range(4000)
    )
    some = {"replies.jsonl": lines.encode(), "manifest.json": b"{}"}

    def took() -> float:
        began = time.process_time()
        pack(some)
        return time.process_time() - began

    assert min(took() for _ in range(10)) < 0.030
