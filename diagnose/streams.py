"""Looks after stdin, stdout and stderr, which whoever started the program may have closed.

Without that, the system hands the numbers 0 to 2 out again: a connection to the registry would be
what a credential helper, or a library that complains, takes for its stderr. Here an input that is
not there is empty, and nobody hears what is said to a stderr that is not there. An output that is
not there cannot be written to, which is told like a full disk.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def whole(name: str, broken: int) -> Iterator[None]:
    """Have all three while the block runs, and what it said written when it ends.

    What cannot be written then is told as ``name``'s, and the exit code is ``broken``. Python would
    try again at its own end, in words of its own and with an exit code of its own.
    """
    _complete()
    code: object = 0
    try:
        yield
    except SystemExit as end:
        code = end.code
        raise
    finally:
        why = _unwritten()
        if why and code != broken:  # or it was told already
            sys.stderr.write(f"{name}: what there is to say cannot be written: {why}\n")
            sys.exit(broken)


def _complete() -> None:
    """Open what is closed; the lowest number that is free is the one that an open gets."""
    with suppress(OSError):  # without /dev, what is missing stays so
        if sys.stdin is None:
            sys.stdin = os.fdopen(_opened(os.O_RDONLY), encoding="utf-8")
        if sys.stdout is None:
            sys.stdout = os.fdopen(_opened(os.O_RDONLY), "w", encoding="utf-8")
        if sys.stderr is None:
            sys.stderr = os.fdopen(_opened(os.O_WRONLY), "w", encoding="utf-8")


def _opened(how: int) -> int:
    """Give a descriptor that programs started from here get as well, as they get the usual ones."""
    descriptor = os.open(os.devnull, how)
    os.set_inheritable(descriptor, True)
    return descriptor


def _unwritten() -> str:
    """Write what is held back to stdout; say why that cannot be, and hold it back no more."""
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error.strerror or str(error)
    return ""
