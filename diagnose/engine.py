"""Runs the checks: in the order their needs allow, all that can at the same time.

It yields each step as it ends and knows nothing of printing, recording or verdicts. A check that
crashes ends itself alone; what depends on it is skipped and says so. When the deadline comes, or a
signal, what is still under way is reported as unfinished and left behind in its daemon thread: a
blocking system call cannot be stopped, but nobody has to wait for it.

`in_turn` does the same without threads, for a world that answers from memory.
"""

import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from graphlib import TopologicalSorter

from checks.contract import Check, Fact
from checks.ports import Unrecorded, World
from checks.together import in_turn as asked_in_turn
from checks.together import started
from checks.words import Word
from diagnose.ending import NEVER, Ending, heard
from diagnose.facts import NOTHING, Facts


class Outcome(Word):
    DONE = "done"
    SKIPPED = "skipped"  # something it needs is not known
    CRASHED = "crashed"  # our bug
    UNFINISHED = "unfinished"  # time was up, a signal came, or the recording holds no answer


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


Lens = Callable[[Check, World], World]
"""What a check sees of the world: a recorder wants to know who asks."""


def unchanged(_check: Check, world: World) -> World:
    """Let every check see the world as it is."""
    return world


def run(
    checks: Sequence[Check],
    world: World,
    facts: Facts,
    *,
    seconds: float,
    lens: Lens = unchanged,
    ending: Ending = NEVER,
) -> Iterator[tuple[Step, Facts]]:
    """Run ``checks`` and yield each step with the facts known after it."""
    start = time.monotonic()
    sorter = TopologicalSorter(order(checks))
    sorter.prepare()
    done: queue.SimpleQueue[Step | None] = queue.SimpleQueue()  # None: it is to end
    under_way: dict[Check, float] = {}
    waiting = set(checks)
    with ending.waking(lambda: done.put(None)):
        while sorter.is_active() and not ending.number:
            for check in sorter.get_ready():
                waiting.discard(check)
                under_way[check] = time.monotonic() - start
                if skipped := _skipped(check, facts):
                    done.put(skipped)
                else:
                    ask = partial(_asked, check, world, facts, start, lens)
                    started(threading.Thread(target=lambda ask=ask: done.put(ask()), daemon=True))
            step = heard(done, seconds - (time.monotonic() - start))
            if step is None:  # the time is up, or it is to end
                break
            del under_way[step.check]
            if step.fact is not None:
                facts = facts.plus(step.fact)
            sorter.done(step.check)
            yield step, facts
    why = ending.why or f"not finished within {seconds:g} s"
    end = time.monotonic() - start
    for check, began in under_way.items():
        took = end - began
        step = Step(check=check, outcome=Outcome.UNFINISHED, why=why, began=began, took=took)
        yield step, facts
    for check in sorted(waiting, key=lambda check: check.id):
        yield Step(check=check, outcome=Outcome.UNFINISHED, why=why), facts


def in_turn(
    checks: Sequence[Check],
    world: World,
    facts: Facts,
    *,
    lens: Lens = unchanged,
    kept: Facts = NOTHING,
) -> Iterator[tuple[Step, Facts]]:
    """Run ``checks`` one after the other in this thread; nothing bounds how long that takes.

    Where the world holds no answer, the check's fact is taken from ``kept``; where there is none
    either, all that waits for the check is unfinished with it, as when a run's time is up.
    """
    start = time.monotonic()
    open_: set[Check] = set()
    for check, waits_for in _sorted(tuple(checks)):
        behind = next((one for one in waits_for if one in open_), None)
        if behind is not None:
            why = f"waits for {behind.id}"
            step = Step(check=check, outcome=Outcome.UNFINISHED, why=why)
        else:
            step = _skipped(check, facts) or _told(check, world, facts, start, lens)
        if step.outcome is Outcome.UNFINISHED:
            step = _kept(step, kept)
        if step.outcome is Outcome.UNFINISHED:
            open_.add(check)
        if step.fact is not None:
            facts = facts.plus(step.fact)
        yield step, facts


def _told(check: Check, world: World, facts: Facts, start: float, lens: Lens) -> Step:
    with asked_in_turn():
        return _asked(check, world, facts, start, lens)


def _kept(step: Step, kept: Facts) -> Step:
    """Give the step with the fact that is kept of it, if there is one."""
    found = (kept.get(kind) for kind in step.check.needs.gives)
    fact = next((one for one in found if one is not None), None)
    return step if fact is None else replace(step, outcome=Outcome.DONE, fact=fact, why="")


@cache
def _sorted(checks: tuple[Check, ...]) -> tuple[tuple[Check, frozenset[Check]], ...]:
    """Give the checks in an order that their needs allow, each with those that it waits for."""
    graph = order(checks)
    return tuple((c, frozenset(graph[c])) for c in TopologicalSorter(graph).static_order())


def _skipped(check: Check, facts: Facts) -> Step | None:
    """Give the step of a check that lacks what it needs."""
    lacking = facts.missing(check.needs)
    why = "needs " + " and ".join(_words(kind) for kind in lacking)
    return Step(check=check, outcome=Outcome.SKIPPED, why=why) if lacking else None


def _asked(check: Check, world: World, facts: Facts, start: float, lens: Lens) -> Step:
    """Let one check ask; whatever it raises is its own end alone."""
    began = time.monotonic() - start
    fact, why, told = None, "", ""
    try:
        fact, outcome = facts.call(check.gather, lens(check, world)), Outcome.DONE
    except Unrecorded as missing:
        outcome, why = Outcome.UNFINISHED, str(missing)
    except Exception as error:  # noqa: BLE001 a check's bug must not end the run
        outcome, why, told = Outcome.CRASHED, type(error).__name__, traceback.format_exc()
    took = time.monotonic() - start - began
    return Step(
        check=check, outcome=outcome, fact=fact, why=why, traceback=told, began=began, took=took
    )


def _words(kind: type[Fact]) -> str:
    """Turn a fact's class name into words: ``PullToken`` into ``pull token``."""
    name = kind.__name__
    return "".join(f" {c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
