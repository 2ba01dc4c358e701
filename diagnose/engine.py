"""Runs the checks: in the order their needs allow, all that can at the same time.

It yields each step as it ends and knows nothing of printing, recording or verdicts. A check that
crashes ends itself alone; what depends on it is skipped and says so. When the deadline comes, what
is still under way is reported as unfinished and left behind in its daemon thread: a blocking
system call cannot be stopped, but nobody has to wait for it.
"""

import queue
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from checks.contract import Check, Fact
from checks.ports import World
from checks.words import Word
from diagnose.facts import Facts


class Outcome(Word):
    DONE = "done"
    SKIPPED = "skipped"  # something it needs is not known
    CRASHED = "crashed"  # our bug
    UNFINISHED = "unfinished"  # the run's time was up


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One check's end. ``began`` and ``took`` are seconds since the run's start."""

    check: Check
    outcome: Outcome
    fact: Fact | None = None
    why: str = ""
    traceback: str = ""
    began: float = 0.0
    took: float = 0.0


def order(checks: Sequence[Check]) -> dict[Check, set[Check]]:
    """Give for each check those that it waits for; raise on a fact with two givers or none."""
    givers: dict[type[Fact], Check] = {}
    for check in checks:
        for kind in check.needs.gives:
            if kind in givers:
                message = f"{kind.__name__} is given by {givers[kind].id} and by {check.id}"
                raise TypeError(message)
            givers[kind] = check
    return {
        check: {
            givers[kind] for kind in (*check.needs.required, *check.needs.wanted) if kind in givers
        }
        for check in checks
    }


def run(
    checks: Sequence[Check], world: World, facts: Facts, *, seconds: float
) -> Iterator[tuple[Step, Facts]]:
    """Run ``checks`` and yield each step with the facts known after it."""
    start = time.monotonic()
    sorter = TopologicalSorter(order(checks))
    sorter.prepare()
    done: queue.SimpleQueue[Step] = queue.SimpleQueue()
    under_way: dict[Check, float] = {}
    waiting = set(checks)
    while sorter.is_active():
        for check in sorter.get_ready():
            waiting.discard(check)
            lacking = facts.missing(check.needs)
            under_way[check] = time.monotonic() - start
            if lacking:
                why = "needs " + " and ".join(_words(kind) for kind in lacking)
                done.put(Step(check=check, outcome=Outcome.SKIPPED, why=why))
            else:
                threading.Thread(
                    target=_work, args=(check, world, facts, start, done), daemon=True
                ).start()
        try:
            step = done.get(timeout=max(0.0, seconds - (time.monotonic() - start)))
        except queue.Empty:
            break
        del under_way[step.check]
        if step.fact is not None:
            facts = facts.plus(step.fact)
        sorter.done(step.check)
        yield step, facts
    for check in (*under_way, *sorted(waiting, key=lambda check: check.id)):
        why = f"not finished within {seconds:g} s"
        yield Step(check=check, outcome=Outcome.UNFINISHED, why=why), facts


def _work(
    check: Check, world: World, facts: Facts, start: float, done: "queue.SimpleQueue[Step]"
) -> None:
    began = time.monotonic() - start
    try:
        fact = facts.call(check.gather, world)
    except Exception as error:  # noqa: BLE001 a check's bug must not end the run
        step = Step(
            check=check,
            outcome=Outcome.CRASHED,
            why=type(error).__name__,
            traceback=traceback.format_exc(),
            began=began,
            took=time.monotonic() - start - began,
        )
    else:
        took = time.monotonic() - start - began
        step = Step(check=check, outcome=Outcome.DONE, fact=fact, began=began, took=took)
    done.put(step)


def _words(kind: type[Fact]) -> str:
    """Turn a fact's class name into words: ``PullToken`` into ``pull token``."""
    name = kind.__name__
    return "".join(f" {c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
