"""Writing a file: whole or not at all, nobody else's, and one sentence where it cannot be."""

import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diagnose.bundle import writing
from diagnose.bundle.errors import WriteError

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0


def refused(path: Path | str, data: bytes = b"new") -> str:
    """Give the sentence, the same for the early look and for the write itself."""
    with pytest.raises(WriteError) as early:
        writing.check(path)
    with pytest.raises(WriteError) as late:
        writing.write(path, data)

    assert str(early.value) == str(late.value)
    assert str(late.value).isprintable()
    return str(late.value)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest):
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_a_new_file_is_nobody_elses(tmp_path: Path, umask: None) -> None:
    path = tmp_path / "out"
    writing.check(path)

    assert names(tmp_path) == []

    writing.write(path, b"new")

    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert names(tmp_path) == ["out"]


def test_an_old_file_is_replaced_with_its_mode(tmp_path: Path, umask: None) -> None:
    path, other_name = tmp_path / "out", tmp_path / "other"
    path.write_bytes(b"old")
    path.chmod(0o666)
    other_name.hardlink_to(path)
    writing.write(path, b"new")

    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert other_name.read_bytes() == b"old"


def test_nothing_and_much(tmp_path: Path) -> None:
    for data in (b"", os.urandom(5 << 20)):
        writing.write(tmp_path / "out", data)

        assert (tmp_path / "out").read_bytes() == data


def test_a_name_without_a_folder_and_the_longest_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("out", "a" * 255):
        writing.check(name)
        writing.write(name, b"new")

        assert Path(name).read_bytes() == b"new"


# Links, and what is no file


@pytest.mark.parametrize("leads_to", ["elsewhere", "nowhere", "loop"])
def test_a_link_is_replaced_and_not_followed(tmp_path: Path, leads_to: str) -> None:
    link = tmp_path / "loop" if leads_to == "loop" else tmp_path / "link"
    (tmp_path / "elsewhere").write_bytes(b"old")
    link.symlink_to(leads_to)
    writing.check(link)

    assert link.is_symlink()

    writing.write(link, b"new")

    assert not link.is_symlink()
    assert link.read_bytes() == b"new"
    assert (tmp_path / "elsewhere").read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    writing.write(tmp_path / "link" / "out", b"new")

    assert (tmp_path / "real" / "out").read_bytes() == b"new"


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    for path in (tmp_path, tmp_path / "link", "/", ".", "..", ""):
        assert "cannot be written: it is a folder; add a file name" in refused(path)
    assert names(tmp_path) == ["link"]


def test_a_device_a_pipe_a_socket_and_links_to_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (*tmp_path.iterdir(), Path("/dev/null"), Path("/dev/full")):
            assert "a device, a pipe or a socket; - stands for stdout" in refused(path)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_an_open_stream_under_a_name(tmp_path: Path) -> None:
    """Stdout that was sent into a file is a regular file behind the link that /dev/stdout is."""
    with (tmp_path / "sent").open("wb") as sent:
        (tmp_path / "stdout").symlink_to(f"/proc/self/fd/{sent.fileno()}")

        assert "an open stream; - stands for stdout" in refused(tmp_path / "stdout")
        assert "its folder does not exist" in refused(f"/proc/self/fd/{sent.fileno()}")
    assert (tmp_path / "stdout").is_symlink()


# What the system refuses


def test_a_folder_that_is_not_there_or_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a long path would be cut before what it ends in
    (tmp_path / "file").touch()

    assert refused(tmp_path / "no" / "out").endswith("its folder does not exist")
    assert refused(tmp_path / "file" / "out").endswith("what should be its folder is none")
    assert "File name too long" in refused(tmp_path / ("a" * 256))
    assert "NUL" in refused(f"{tmp_path}/a\0b")
    assert r"\x1b[2J\n" in refused(Path("no") / "\x1b[2J\n")


CHILD = """
import os, resource, signal, sys
sys.path.insert(0, sys.argv[1])
from diagnose.bundle import writing
from diagnose.bundle.errors import WriteError
def told(call, *args):
    try:
        call(*args)
    except WriteError as error:
        print(error)
    else:
        print("written")
"""


def child(source: str, *args: object, prefix: tuple[str, ...] = ()) -> list[str]:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", CHILD + source, str(ROOT), *map(str, args)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_a_folder_of_somebody_else() -> None:
    source = (
        "os.setgid(65534); os.setuid(65534)\n"
        "told(writing.check, '/etc/out'); told(writing.write, '/etc/hostname', b'new')\n"
    )
    before = Path("/etc/hostname").read_bytes()

    said = child(source)
    assert [line.rpartition(": ")[2] for line in said] == [
        "this user may not write into its folder"
    ] * 2
    assert Path("/etc/hostname").read_bytes() == before


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_a_file_of_somebody_else_in_a_sticky_folder(tmp_path: Path) -> None:
    """The rename is refused, after all was written; nothing may be left."""
    folder = Path("/tmp") / f"acr-diagnose-test-{os.getpid()}"
    folder.mkdir()
    try:
        folder.chmod(0o1777)
        (folder / "out").write_bytes(b"old")
        source = "os.setgid(65534); os.setuid(65534); told(writing.write, sys.argv[2], b'new')"

        assert "may not write" in child(source, folder / "out")[0]
        assert (folder / "out").read_bytes() == b"old"
        assert names(folder) == ["out"]
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """What a full disk does as well: half of it is written, and then no more."""
    path = tmp_path / "out"
    path.write_bytes(b"old")
    source = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "told(writing.check, sys.argv[2]); told(writing.write, sys.argv[2], bytes(100_001))\n"
        "told(writing.write, sys.argv[2] + '2', bytes(100_000))\n"
    )

    assert child(source, path) == [
        "written",
        f"'{path}' cannot be written: files may not grow so large here (ulimit -f)",
        "written",
    ]
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["out", "out2"]


@pytest.mark.skipif(not IS_ROOT, reason="only root can mount")
def test_a_full_disk_and_one_that_is_read_only(tmp_path: Path) -> None:
    """In a mount namespace of its own, which ends with the child."""
    source = (
        "import subprocess\n"
        "def mount(options):\n"
        "    words = ['mount', '-t', 'tmpfs', '-o', options, 'x', sys.argv[2]]\n"
        "    subprocess.run(words, check=True)\n"
        "mount('size=64k')\n"
        "path = sys.argv[2] + '/out'\n"
        "writing.write(path, b'old')\n"
        "told(writing.write, path, bytes(1 << 20))\n"
        "print(os.listdir(sys.argv[2]), open(path).read())\n"
        "mount('remount,ro')\n"
        "told(writing.check, path); told(writing.write, path, b'new'); print(open(path).read())\n"
        "mount('nr_inodes=1')\n"
        "told(writing.check, path)\n"
    )
    prefix = ("unshare", "--mount", "--propagation", "private")
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace here")

    said = [
        line.rpartition("cannot be written: ")[2] for line in child(source, tmp_path, prefix=prefix)
    ]
    assert said == [
        "no space is left on its disk",
        "['out'] old",
        "its file system is read-only",
        "its file system is read-only",
        "old",
        "no space is left on its disk",
    ]


# What ends the process, or the call


def halves(folder: Path) -> list[str]:
    return [name for name in names(folder) if name.endswith(".part")]


FOREVER = """
first, second = b"a" * (8 << 20), b"b" * (4 << 20)
writing.write(sys.argv[2], first)
print("begun", flush=True)
while True:
    writing.write(sys.argv[2], second)
    writing.write(sys.argv[2], first)
"""
CAUGHT = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
# A shell starts what is in its background with SIGINT ignored, and Python leaves that so.
HEARD = "signal.signal(signal.SIGINT, signal.default_int_handler)\n"


@pytest.mark.parametrize(
    ("how", "prepared", "code"),
    [
        (signal.SIGKILL, "", -signal.SIGKILL),
        (signal.SIGTERM, "", -signal.SIGTERM),
        (signal.SIGTERM, CAUGHT, 143),
        (signal.SIGINT, HEARD, -signal.SIGINT),
    ],
    ids=["killed", "terminated", "terminated and told", "interrupted"],
)
def test_ended_in_the_middle(tmp_path: Path, how: int, prepared: str, code: int) -> None:
    """Whenever that is, what is there is one of the two, whole; and told to end, it clears up."""
    path = tmp_path / "out"
    moments = random.Random(how)  # noqa: S311 no secret
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD + prepared + FOREVER, str(ROOT), str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"

            time.sleep(moments.random() / 20)
            process.send_signal(how)

            assert process.wait(10) == code
        data = path.read_bytes()

        assert data in (b"a" * (8 << 20), b"b" * (4 << 20))
        assert mode(path) == 0o600
        assert {mode(tmp_path / name) for name in halves(tmp_path)} <= {0o600}
        if code in (143, -signal.SIGINT):
            assert halves(tmp_path) == []


def test_interrupted_at_any_moment(tmp_path: Path) -> None:
    """A timer raises while it writes, a little later each time, until it is through."""

    class Enough(BaseException):
        pass

    def ring(*_: object) -> None:
        raise Enough

    path, old, new = tmp_path / "out", b"old", b"n" * (1 << 20)
    before = signal.signal(signal.SIGALRM, ring)
    interrupted = 0
    try:
        for microseconds in range(1, 6_000, 20):
            path.write_bytes(old)
            try:
                signal.setitimer(signal.ITIMER_REAL, microseconds / 1e6)
                writing.write(path, new)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Enough:
                interrupted += 1

            assert path.read_bytes() in (old, new)
            assert names(tmp_path) == ["out"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 20


def test_the_contents_are_on_the_disk_before_the_name_leads_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then the name is: a power cut at any time leaves the old file or the new."""
    path, seen, fsync = tmp_path / "out", [], os.fsync
    path.write_bytes(b"old")

    def watched(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append(("folder" if is_folder else "file", path.read_bytes()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    writing.write(path, b"new")

    assert seen == [("file", b"old"), ("folder", b"new")]


def test_two_at_once(tmp_path: Path) -> None:
    """Each writes a file of its own; the last one to finish stands, whole."""
    path = tmp_path / "out"
    source = "for _ in range(20): writing.write(sys.argv[2], sys.argv[3].encode() * (1 << 20))"
    both = [
        subprocess.Popen([sys.executable, "-c", CHILD + source, str(ROOT), str(path), letter])
        for letter in "ab"
    ]
    for process in both:
        assert process.wait(60) == 0

    assert path.read_bytes() in (b"a" * (1 << 20), b"b" * (1 << 20))
    assert names(tmp_path) == ["out"]


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = len(names(Path("/proc/self/fd")))
    for _ in range(20):
        writing.write(tmp_path / "out", b"new")
        refused(tmp_path)
        refused(tmp_path / "no" / "out")

    assert len(names(Path("/proc/self/fd"))) == before
