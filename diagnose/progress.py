"""One line on stderr while a run is under way, rewritten in place; on a terminal only.

It is gone before the report is printed. Nothing is written where nobody looks: no terminal, ``-q``,
or a terminal that cannot go back to a line's start (TERM=dumb).
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TextIO

from checks.contract import Check
from diagnose import engine
from diagnose.engine import Step
from diagnose.terminal import can_rewrite, columns, put

_TICK = 0.25  # seconds between two lines when no check ends
_REST = 0.1  # seconds for which a line stands at least, so that it can be read
_STALE = 2.0  # seconds after which a line says how long it has been


@contextlib.contextmanager
def shown(
    checks: Sequence[Check], *, quiet: bool = False, stream: TextIO | None = None
) -> Iterator[Callable[[Step], None]]:
    """Give what a run tells its steps to, and show them while the block runs."""
    where = sys.stderr if stream is None else stream
    if quiet or not can_rewrite(where):
        yield lambda _: None
        return
    line = _Line(where, checks)
    ticker = threading.Thread(target=line.tick, daemon=True, name="progress")
    line.write()
    ticker.start()
    try:
        yield line.step
    finally:
        line.over.set()
        ticker.join()
        line.erase()


def told(order: Mapping[Check, set[Check]], done: set[Check], seconds: float, width: int) -> str:
    """Give the line: how many checks are done, and which are under way, as far as there is room."""
    line = f"acr-diagnose: {len(done)} of {len(order)} checks"
    if seconds >= _STALE:
        line += f", {seconds:.0f} s"
    names = [check.id for check in order if check not in done and order[check] <= done]
    for number, name in enumerate(names):
        longer = line + (", " if number else ", waiting for: ") + name
        more = len(names) - number - 1
        if len(longer) + (len(f" and {more} more") if more else 0) > width:
            return f"{line} and {more + 1} more"[:width] if number else line[:width]
        line = longer
    return line[:width]


class _Line:
    """The line as it stands; two threads write it, so each holds the lock."""

    def __init__(self, stream: TextIO, checks: Sequence[Check]) -> None:
        self.stream = stream
        self.order = engine.order(checks)
        self.done: set[Check] = set()
        self.start = time.monotonic()
        self.shown = 0  # columns that are to be wiped
        self.written = self.start  # when the line was last written
        self.lock = threading.Lock()
        self.over = threading.Event()

    def step(self, step: Step) -> None:
        with self.lock:
            self.done.add(step.check)
            is_due = time.monotonic() - self.written >= _REST
        if is_due:
            self.write()

    def tick(self) -> None:
        while not self.over.wait(_TICK):
            self.write()

    def write(self) -> None:
        with self.lock:
            self.written = time.monotonic()
            # The last column stays free: some terminals go to the next line when it is filled.
            width = columns(self.stream) - 1
            line = told(self.order, self.done, self.written - self.start, width)
            put(self.stream, f"\r{line:<{self.shown}}")
            self.shown = len(line)

    def erase(self) -> None:
        with self.lock:
            put(self.stream, f"\r{'':<{self.shown}}\r")
            self.shown = 0
