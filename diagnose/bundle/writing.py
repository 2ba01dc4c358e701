"""Writes a file whole or not at all: whatever happens, its name leads to the old one or the new.

What is written is nobody else's: mode 0600, from the first byte on and whatever the umask.

A file that is there is replaced, with its mode and its other names left behind. A symbolic link is
replaced itself, and what it leads to stays as it was. Refused are a folder, a device, a pipe, a
socket, a link to one of these, and a link of /proc, which is what /dev/stdout is: as root, a rename
would take its place.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from diagnose.bundle.errors import WriteError, quoted

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o600
_WHY = {
    errno.ENOSPC: "no space is left on its disk",
    errno.EDQUOT: "this user's disk quota is used up",
    errno.EFBIG: "files may not grow so large here (ulimit -f)",
    errno.EROFS: "its file system is read-only",
    errno.EACCES: "this user may not write into its folder",
    errno.EPERM: "this user may not write into its folder",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "what should be its folder is none",
}


def check(path: str | os.PathLike[str]) -> None:
    """See that ``path`` can be written now; raise `WriteError`. It leaves nothing behind.

    A file is really made and removed: a right that is there says nothing of a full disk, or of a
    file system that is read-only.
    """
    target = Path(path)
    with _told(target):
        _refuse_other_than_file(target)
        with _beside(target) as part:
            os.close(os.open(part, _NEW, _MODE))


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``; raise `WriteError`, and on any exception leave the old file.

    A process that is killed outright may leave its half of the file beside the old one, under a
    name of its own (``.acr-diagnose-*.part``).
    """
    target = Path(path)
    with _told(target):
        _refuse_other_than_file(target)
        with _beside(target) as part:
            _fill(part, data)
            part.replace(target)
        _settle(target.parent)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Make one sentence of what the system says."""
    try:
        yield
    except OSError as error:
        why = _WHY.get(error.errno or 0, error.strerror or str(error))
        raise WriteError(f"{quoted(str(target))} cannot be written: {why}") from None
    except ValueError:
        raise WriteError(f"{quoted(str(target))} cannot be written: no file has a NUL") from None


def _refuse_other_than_file(target: Path) -> None:
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        if target.readlink().parts[:2] == ("/", "proc"):
            raise _refused(target, "it is an open stream; - stands for stdout")
        if not target.exists():
            return
        mode = target.stat().st_mode
    if stat.S_ISDIR(mode):
        raise _refused(target, "it is a folder; add a file name")
    if not stat.S_ISREG(mode):
        raise _refused(target, "it is a device, a pipe or a socket; - stands for stdout")


def _refused(target: Path, why: str) -> WriteError:
    return WriteError(f"{quoted(str(target))} cannot be written: {why}")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a name in the same folder, which leads to nothing afterwards.

    The name is known before the file is there, so no interrupt comes too early to remove it.
    """
    part = target.parent / f".acr-diagnose-{secrets.token_hex(8)}.part"
    try:
        yield part
    finally:
        with suppress(OSError):  # none may hide what led here
            part.unlink()


def _fill(part: Path, data: bytes) -> None:
    descriptor = os.open(part, _NEW, _MODE)
    try:
        os.fchmod(descriptor, _MODE)  # a umask may have taken from it
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _settle(folder: Path) -> None:
    """See the new name through a power cut; the file is there, so a refusal is no failure."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
