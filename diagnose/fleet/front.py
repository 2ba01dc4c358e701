"""Between the command line and a fleet: reads, sums up, prints, and picks the exit code."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

from diagnose import front
from diagnose.fleet import json, markdown, roster, short, sources, text
from diagnose.fleet.fleet import Fleet
from diagnose.fleet.items import Item
from diagnose.grouping.front import progress, silent
from diagnose.reports import style
from diagnose.reports.style import PLAIN, Style

FORMATS = ("text", "short", "json", "markdown", "html")


def run(
    given: Sequence[str],
    output: str,
    *,
    quiet: bool = False,
    colour: bool = True,
    workers: int | None = None,
) -> int:
    """Read ``given``, print the fleet, and give the exit code.

    0: all are healthy; 1: a cause was found; 3: none, but something is inconclusive, silent or
    could not be read; 2: no verdict could be read at all.
    """
    items = _followed(given, quiet=quiet, workers=workers)
    return shown(items, output, quiet=quiet, colour=colour)


def _followed(given: Sequence[str], *, quiet: bool, workers: int | None) -> Iterator[Item]:
    """Read, and show how far it is until all is read."""
    with progress(sys.stderr, quiet=quiet, what="files") as tell:
        yield from sources.read(given, tell, workers)


def shown(items: Iterable[Item], output: str, *, quiet: bool = False, colour: bool = True) -> int:
    """Print the fleet that ``items`` make, wherever they come from, and give the exit code."""

    def work() -> tuple[str, int]:
        begun = time.monotonic()
        fleet = roster.collected(items)
        look = style.of(sys.stdout, os.environ, colour=colour)
        report = "" if quiet else rendered(fleet, output, look, time.monotonic() - begun)
        return report, fleet.code

    return front.guarded(work, output, "")


def summed(given: Sequence[str], workers: int | None = None) -> Fleet:
    """Give the fleet that the sources make; the number of processes makes no difference to it."""
    return roster.collected(sources.read(given, silent, workers))


def rendered(fleet: Fleet, output: str, look: Style = PLAIN, seconds: float = 0.0) -> str:
    if output == "json":
        return json.render(fleet, seconds)
    if output == "html":
        from diagnose.fleet import html

        return html.render(fleet)
    if output == "text":
        return text.render(fleet, look)
    return {"short": short.render, "markdown": markdown.render}[output](fleet)
