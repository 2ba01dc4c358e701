"""Between the command line and many bundles: finds them, shows progress, prints the sum."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

from checks.target import UsageError
from diagnose import front, terminal
from diagnose.grouping import json, markdown, paths, pool, short, text, words
from diagnose.grouping.summary import Summary
from diagnose.reports import style
from diagnose.reports.style import PLAIN, Style

Tell = Callable[[int, int], None]  # how many are judged, of how many

FORMATS = ("text", "short", "json", "markdown")
_TICK = 0.2  # seconds between two lines of progress


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


def run(
    sources: Sequence[Path],
    output: str,
    *,
    quiet: bool = False,
    colour: bool = True,
    workers: int | None = None,
) -> int:
    """Judge every bundle that ``sources`` lead to, print the summary, and give the exit code.

    0: all are healthy; 1: a cause was found; 3: none, but something is inconclusive or could not
    be read; 2: nothing could be read. Raises `UsageError` on another format than `FORMATS`.
    """
    if output not in FORMATS:
        raise UsageError(f"several bundles are summed up as {', '.join(FORMATS)}, not as {output}")

    def work() -> tuple[str, int]:
        begun = time.monotonic()
        with progress(sys.stderr, quiet=quiet) as tell:
            summary = summed(sources, workers, tell)
        shown = style.of(sys.stdout, os.environ, colour=colour)
        seconds = time.monotonic() - begun
        report = "" if quiet else rendered(summary, output, shown, seconds)
        return report, words.code(summary)

    return front.guarded(work, output, "")


def summed(sources: Sequence[Path], workers: int | None = None, tell: Tell = silent) -> Summary:
    """Judge every bundle and give the sum; the number of processes makes no difference to it."""
    files, empty = paths.found(sources)
    summary = Summary()
    for unread in empty:
        summary.add(unread)
    with closing(pool.each(files, workers)) as rows:
        for row in rows:
            summary.add(row)
            tell(summary.total - len(empty), len(files))
    return summary


def rendered(summary: Summary, output: str, shown: Style = PLAIN, seconds: float = 0.0) -> str:
    if output == "json":
        return json.render(summary, seconds)
    if output == "text":
        return text.render(summary, shown)
    return {"short": short.render, "markdown": markdown.render}[output](summary)


class _Tell:
    """Writes how many are judged, on one line that is written over."""

    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream, self._what, self._next = stream, what, 0.0

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TICK
            terminal.put(self._stream, f"\racr-diagnose: {done} of {of} {self._what}")


@contextmanager
def progress(stream: TextIO, *, quiet: bool, what: str = "bundles") -> Iterator[Tell]:
    if quiet or not terminal.can_rewrite(stream):
        yield silent
        return
    try:
        yield _Tell(stream, what)
    finally:
        terminal.put(stream, f"\r{'':<50}\r")
