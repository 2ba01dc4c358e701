"""What is known of a terminal, and the line that stands on it while the program is loaded.

It imports nothing of ours, as it is there before anything else is.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

_OPENING = "acr-diagnose: starting"
_USUAL = 100  # columns, where a terminal does not tell


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a person may be looking; a closed or missing stream is no terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def can_rewrite(stream: TextIO | None) -> bool:
    """Tell whether a line can be written over: not in a file, and not with TERM=dumb."""
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def put(stream: TextIO, text: str) -> None:
    """Write; a terminal that went away must not end a run."""
    with contextlib.suppress(OSError, ValueError):
        stream.write(text)
        stream.flush()


@contextlib.contextmanager
def opening(*, quiet: bool = False) -> Iterator[None]:
    """Say on stderr that something is under way, if somebody looks, until the block ends."""
    stream = sys.stderr
    if quiet or not can_rewrite(stream):
        yield
        return
    put(stream, f"\r{_OPENING}")
    try:
        yield
    finally:
        put(stream, f"\r{'':<{len(_OPENING)}}\r")
