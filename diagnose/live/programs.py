"""Knows how to run another program with a limit on its time and on what it may say.

What is still under way when this program ends, ends with it.
"""

import atexit
import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_CHUNK = 64 * 1024
_under_way: set[int] = set()  # process groups, each of its leader's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a program ended. What it wrote may be secret, and is not shown by accident."""

    code: int
    out: bytes = field(repr=False)
    err: bytes = field(repr=False)


class TooMuchSaidError(Exception):
    """It wrote more than it may."""


def run(
    words: Sequence[str],
    told: bytes,
    environ: Mapping[str, str],
    seconds: float,
    most: int,
    folder: str = "/",
) -> Done:
    """Run ``words`` from ``folder`` with ``told`` on its standard input, without a shell.

    Raises `TimeoutError` or `TooMuchSaidError`, after the program and all that it started were
    ended, and `OSError` where it cannot be started.
    """
    with subprocess.Popen(
        list(words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environ),
        cwd=folder,
        start_new_session=True,
    ) as process:
        end = time.monotonic() + seconds
        _under_way.add(process.pid)
        try:
            out, err = _said(process, told, end, most)
            return Done(code=process.wait(_left(end)), out=out, err=err)
        except BaseException as error:
            # Not waited for yet, so that the number is still its own group's and nobody else's.
            _kill(process.pid)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from None
            raise
        finally:
            _under_way.discard(process.pid)


@atexit.register
def _kill_all() -> None:
    for group in list(_under_way):
        _kill(group)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _said(
    process: "subprocess.Popen[bytes]", told: bytes, end: float, most: int
) -> tuple[bytes, bytes]:
    """Give what it wrote to either pipe until it closed both."""
    said = [bytearray(), bytearray()]
    with selectors.DefaultSelector() as ready, contextlib.ExitStack() as stack:
        for pipe, heard in zip((process.stdout, process.stderr), said, strict=True):
            if pipe:
                ready.register(pipe, selectors.EVENT_READ, heard)
        if process.stdin:
            stack.callback(_closed, process.stdin)
            os.set_blocking(process.stdin.fileno(), False)  # it may never read a long request
            ready.register(process.stdin, selectors.EVENT_WRITE, told)
        while any(key.events == selectors.EVENT_READ for key in ready.get_map().values()):
            for key, events in ready.select(_left(end)):
                if events & selectors.EVENT_WRITE:
                    _feed(ready, key)
                    continue
                part = os.read(key.fd, _CHUNK)
                if not part:
                    ready.unregister(key.fileobj)
                key.data.extend(part)
                if len(key.data) > most:
                    raise TooMuchSaidError
    return bytes(said[0]), bytes(said[1])


def _feed(ready: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    """Write what there is room for; end its input after the last of it."""
    rest = b""
    with contextlib.suppress(BrokenPipeError):
        rest = key.data[os.write(key.fd, key.data) :] if key.data else b""
    if rest:
        ready.modify(key.fileobj, selectors.EVENT_WRITE, rest)
    else:
        ready.unregister(key.fileobj)
        _closed(key.fileobj)


def _closed(pipe: Any) -> None:
    with contextlib.suppress(BrokenPipeError):
        pipe.close()
