"""Writes down what every check asks of the world and what it is told, in memory, as it happens.

The replies are kept as they are until `Recorder.recording`: a run waits for no bookkeeping.
"""

import threading
from collections import Counter
from typing import Any, cast

from checks.contract import Check
from checks.ports import World
from checks.target import Asked
from diagnose.bundle import changing, questions
from diagnose.bundle.questions import Method
from diagnose.bundle.recording import Answer, Ended, Recording
from diagnose.session import Result


class Recorder:
    """One run's memory; `lens` is what `diagnose.engine.run` takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: Counter[tuple[str, str]] = Counter()
        self._answers: list[tuple[str, str, int, Answer]] = []  # check, question, turn

    def lens(self, check: Check, world: World) -> World:
        """Give ``world`` as ``check`` sees it: the same, watched."""
        return cast(World, _World(world, check.id, self))

    def ask(self, check: str, method: Method, port: Any, arguments: dict[str, Any]) -> Any:
        """Put a question and keep the answer. Turns are given when asked, not when answered."""
        name = questions.key(method, arguments)
        with self._lock:
            turn = self._turns[check, name] = self._turns[check, name] + 1
        reply = getattr(port, method.name)(**arguments)
        answer = Answer(
            check=check, port=method.port, method=method.name, arguments=arguments, reply=reply
        )
        with self._lock:
            self._answers.append((check, name, turn, answer))
        return reply

    def recording(self, asked: Asked, result: Result) -> Recording:
        """Give what was kept so far, without what no recording may hold."""
        with self._lock:
            rows = list(self._answers)
        known = questions.methods()
        rows.sort(key=lambda row: row[:3])
        return Recording(
            asked=asked,
            answers=tuple(
                changing.answer(known[one.port, one.method], one, changing.bare) for *_, one in rows
            ),
            steps=tuple(
                Ended(
                    check=step.check.id,
                    outcome=step.outcome,
                    why=step.why,
                    traceback=step.traceback,
                    began=round(step.began, 4),
                    took=round(step.took, 4),
                )
                for step in result.steps
            ),
            seconds=round(result.seconds, 4),
        )


class _World:
    """`checks.ports.World`, watched; an attribute is a port."""

    __slots__ = ("_check", "_recorder", "_world")

    def __init__(self, world: World, check: str, recorder: Recorder) -> None:
        self._world, self._check, self._recorder = world, check, recorder

    def __getattr__(self, port: str) -> "_Port":
        return _Port(getattr(self._world, port), port, self._check, self._recorder)


class _Port:
    """One port, watched; an attribute is a method."""

    __slots__ = ("_check", "_name", "_port", "_recorder")

    def __init__(self, port: Any, name: str, check: str, recorder: Recorder) -> None:
        self._port, self._name, self._check, self._recorder = port, name, check, recorder

    def __getattr__(self, name: str) -> Any:
        method = questions.methods()[self._name, name]
        return lambda *args, **kwargs: self._recorder.ask(
            self._check, method, self._port, method.bound(args, kwargs)
        )
