"""What is kept of a run: the question, every answer of the world, and how each check ended."""

from dataclasses import dataclass
from typing import Any

from checks.target import Asked
from diagnose.engine import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one check asked of one port, and what it was told.

    ``arguments`` holds every parameter by name; their types and the reply's are those of
    `checks.ports`.
    """

    check: str  # the id of the check that asked
    port: str  # arm, dns, docker, ...
    method: str
    arguments: dict[str, Any]
    reply: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a check ended; ``began`` and ``took`` in seconds, from the run's start."""

    check: str
    outcome: Outcome
    why: str
    traceback: str
    began: float
    took: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """``answers`` stand in a fixed order: by check, question, and the turn in which it was put."""

    asked: Asked
    answers: tuple[Answer, ...]
    steps: tuple[Ended, ...]
    seconds: float

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The ids of the checks that the run's time did not suffice for."""
        return tuple(step.check for step in self.steps if step.outcome is Outcome.UNFINISHED)
