"""``run --wait``: the same run again and again, on fresh connections, until the pull works.

A changed rule or endpoint takes minutes to count, and an old connection would hide that it does.
"""

import sys
import time
from collections.abc import Callable

from diagnose.ending import Ending
from diagnose.judging.verdict import Status
from diagnose.reports.words import closing, mark, said
from diagnose.session import Result

_PAUSES = (5.0, 10.0, 15.0)  # seconds between runs; the last one stays


def until_healthy(
    once: Callable[[], Result],
    limit: float,
    ending: Ending,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Result:
    """Run until healthy, ``ending``, or ``limit`` seconds are over; say on stderr what changed.

    Each run makes its own world, hence its own connections. The last whole result is given.
    """
    start = clock()
    before: Result | None = None
    runs = 0
    while True:
        result = once()
        if ending.number:
            return before or result
        _tell(clock() - start, before, result)
        pause = _PAUSES[min(runs, len(_PAUSES) - 1)]
        runs += 1
        over = clock() - start + pause > limit
        if result.verdict.status is Status.HEALTHY or over:
            return result
        before = result
        ending.rest(pause)


def _tell(at: float, before: Result | None, now: Result) -> None:
    lines = list(changes(before, now))
    if before is None or lines:
        sys.stderr.write(f"after {at:.0f} s  {closing(now)}\n")
        sys.stderr.writelines(f"           {line}\n" for line in lines)
    else:
        sys.stderr.write(f"after {at:.0f} s  no change\n")
    sys.stderr.flush()


def changes(before: Result | None, now: Result) -> list[str]:
    """Give the checks whose line differs between two runs, one line each."""
    if before is None:
        return []
    old = {step.check.id: f"{mark(step)} {said(step)}" for step in before.steps}
    new = {step.check.id: f"{mark(step)} {said(step)}" for step in now.steps}
    return [f"{id_}: {new[id_]} (was: {old.get(id_, '')})" for id_ in new if new[id_] != old[id_]]
