"""The loop of the agent: who is asked when, at most so many at once, no target twice at a time.

One thread owns all of this and hears of everything else through its inbox: a run that ended, a
signal. A run has a deadline of its own; one that does not come back all the same is counted as an
error and gives its place to others, but its target is not asked again before it ends.
"""

import math
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diagnose.agent import pacing, seen
from diagnose.agent.pacing import Pace
from diagnose.agent.seen import Seen
from diagnose.ending import heard

PARALLEL = 4  # runs at the same time
_CROWD = 1000  # threads: what hangs is left behind in its thread, and nothing else ends that
_TICK = 5.0  # seconds after which the loop shows that it is alive
STOPPED, CROWDED = 0, 5  # what `Loop.run` gives: the program's exit code


@dataclass(frozen=True, slots=True)
class Ended:
    registry: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Stop:
    signal: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """Ask everybody now."""


Message = Ended | Stop | Again


class Inbox:
    """`queue.SimpleQueue` may be filled from a signal handler, which a lock of ours may not."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        self._queue.put(message)

    def get(self, seconds: float) -> Message | None:
        """Give the next message, or None when none came within ``seconds``."""
        return heard(self._queue, seconds)


def spawn(work: Callable[[], None]) -> None:
    """Start ``work`` in a thread that does not hold the program's end up."""
    threading.Thread(target=work, daemon=True, name="run").start()


@dataclass(slots=True)
class _Turn:
    """One registry's place in the loop; ``due`` is None while it runs, or for good after once."""

    due: float | None
    pause: float
    before: Seen | None = None
    since: float | None = None  # when the run that is under way began
    lost: bool = False  # that run is over its limit


class Loop:
    """Asks ``registries`` by ``ask`` and tells ``tell`` what was seen, until it is stopped.

    ``limit`` is after how many seconds a run does not come back; with ``once``, each registry is
    asked once and the loop ends by itself.
    """

    def __init__(
        self,
        registries: Sequence[str],
        ask: Callable[[str], Seen],
        tell: Callable[[str, Seen, Seen | None], None],
        *,
        pace: Pace,
        limit: float,
        once: bool = False,
        inbox: Inbox | None = None,
        spawn: Callable[[Callable[[], None]], None] = spawn,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        crowd: Callable[[], int] = threading.active_count,
    ) -> None:
        self.inbox = inbox or Inbox()
        self._beat = clock()
        self._ask, self._tell, self._pace, self._limit = ask, tell, pace, limit
        self._once, self._spawn, self._chance, self._crowd = once, spawn, chance, crowd
        self._clock, self._now = clock, now
        self._turns = {
            registry: _Turn(
                due=clock() + (0.0 if once else pace.first(chance())), pause=pace.interval
            )
            for registry in registries
        }

    def run(self) -> int:
        """Go on until `Stop`; give `STOPPED`, or `CROWDED` where only a new process helps."""
        while self._crowd() <= _CROWD:
            self._give_up_lost()
            if self._once and all(map(_is_done, self._turns.values())):
                return STOPPED
            self._start_due()
            self._beat = self._clock()
            message = self.inbox.get(self._rest())
            if isinstance(message, Stop):
                return STOPPED
            if isinstance(message, Ended):
                self._ended(message.registry, message.seen)
            elif message is not None:
                self._ask_all()
        return CROWDED

    def age(self) -> float:
        """Give how many seconds ago the loop was last seen alive."""
        return self._clock() - self._beat

    def _rest(self) -> float:
        """Give how long nothing has to be done, unless a message comes."""
        moments = [since + self._limit for since in self._under_way()]
        if self._has_room():
            moments += [turn.due for turn in self._turns.values() if turn.due is not None]
        return min(_TICK, max(0.0, min(moments, default=math.inf) - self._beat))

    def _under_way(self) -> list[float]:
        """Give when the runs that count began."""
        turns = self._turns.values()
        return [turn.since for turn in turns if turn.since is not None and not turn.lost]

    def _has_room(self) -> bool:
        return len(self._under_way()) < PARALLEL

    def _start_due(self) -> None:
        now = self._clock()
        due = [(turn.due, name) for name, turn in self._turns.items() if turn.due is not None]
        for moment, registry in sorted(due):
            if moment <= now and self._has_room():
                self._start(registry, now)

    def _start(self, registry: str, now: float) -> None:
        turn = self._turns[registry]
        turn.due, turn.since, turn.lost = None, now, False
        self._spawn(lambda: self.inbox.put(Ended(registry, self._ask(registry))))

    def _give_up_lost(self) -> None:
        for registry, turn in self._turns.items():
            over = turn.since is not None and self._clock() - turn.since >= self._limit
            if over and not turn.lost:
                turn.lost = True
                why = f"not finished within {self._limit:g} s"
                self._report(registry, seen.broken(why, self._now()))

    def _ended(self, registry: str, seen: Seen) -> None:
        turn = self._turns[registry]
        turn.pause = self._pace.after(seen, turn.before, turn.pause)
        turn.since = None
        if not self._once:
            turn.due = self._clock() + pacing.spread(turn.pause, self._chance())
        self._report(registry, seen)

    def _report(self, registry: str, seen: Seen) -> None:
        turn = self._turns[registry]
        before, turn.before = turn.before, seen
        self._tell(registry, seen, before)

    def _ask_all(self) -> None:
        for turn in self._turns.values():
            if turn.due is not None:
                turn.due = self._clock()


def _is_done(turn: _Turn) -> bool:
    return turn.due is None and (turn.since is None or turn.lost)
