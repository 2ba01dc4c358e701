"""A world that answers from a recording: the same checks, days later, on another machine."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, cast

import checks
from checks.contract import Check
from checks.ports import Unrecorded, World
from diagnose import engine
from diagnose.bundle import changing, questions
from diagnose.bundle.questions import Method
from diagnose.bundle.recording import Recording
from diagnose.engine import Outcome, Step
from diagnose.facts import NOTHING, Facts


def run(recording: Recording, kept: Facts = NOTHING) -> Iterator[tuple[Step, Facts]]:
    """Run today's checks against ``recording``; ``kept`` are the facts that were made then."""
    replay = Replay(recording)
    world = cast(World, None)  # the lens gives each check its own
    return engine.in_turn(checks.ALL, world, Facts([recording.asked]), lens=replay.lens, kept=kept)


class Replay:
    """Answers by question: first what the same check was told, in its turn, then any other."""

    def __init__(self, recording: Recording) -> None:
        self._cut_off = {
            step.check: step.why for step in recording.steps if step.outcome is Outcome.UNFINISHED
        }
        self._answers: defaultdict[str, dict[str, list[Any]]] = defaultdict(dict)
        self._turns: Counter[tuple[str, str]] = Counter()
        known = questions.methods()
        for one in recording.answers:
            if one.check not in self._cut_off:
                name = questions.key(known[one.port, one.method], one.arguments)
                self._answers[name].setdefault(one.check, []).append(one.reply)

    def lens(self, check: Check, _world: World) -> World:
        """Give the world that ``check`` saw; raise `Unrecorded` where its run was cut off."""
        if check.id in self._cut_off:
            raise Unrecorded(self._cut_off[check.id])
        return cast(World, _World(self, check.id))

    def ask(self, check: str, method: Method, given: dict[str, Any]) -> Any:
        """Give the reply that was recorded, or raise `Unrecorded`."""
        name = questions.key(method, changing.arguments(method, given, changing.bare))
        by_check = self._answers.get(name)
        if not by_check:
            raise Unrecorded(f"the recording holds no answer of {method.port} to {method.name}")
        replies = by_check.get(check) or next(iter(by_check.values()))
        turn = self._turns[check, name]
        self._turns[check, name] += 1
        return replies[min(turn, len(replies) - 1)]


class _World:
    """`checks.ports.World` as one check saw it; an attribute is a port."""

    __slots__ = ("_check", "_replay")

    def __init__(self, replay: Replay, check: str) -> None:
        self._replay, self._check = replay, check

    def __getattr__(self, port: str) -> "_Port":
        return _Port(self._replay, self._check, port)


class _Port:
    """One port; an attribute is a method."""

    __slots__ = ("_check", "_name", "_replay")

    def __init__(self, replay: Replay, check: str, name: str) -> None:
        self._replay, self._check, self._name = replay, check, name

    def __getattr__(self, name: str) -> Any:
        method = questions.methods()[self._name, name]
        return lambda *args, **kwargs: self._replay.ask(
            self._check, method, method.bound(args, kwargs)
        )
