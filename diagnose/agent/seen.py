"""Knows what is kept of one run until the next: words of ours and numbers, nothing else.

No address, no name but the registry's and no text of somebody else's is in it, so that whatever is
made of it can be shown to anybody, and takes up the same room after a year.
"""

from dataclasses import dataclass

from checks.contract import Health
from checks.words import Word
from diagnose.engine import Outcome, Step
from diagnose.session import Result

THROTTLED = "throttled"  # the cause of a 429


class Status(Word):
    """How a run ended, for the counter of runs."""

    HEALTHY = "healthy"
    CAUSE = "cause"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"  # no verdict: the run broke, or did not come back


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One check that was made. ``success`` is None where it could not look."""

    check: str
    success: bool | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one run came to. ``at`` is the Unix time of its end."""

    at: float
    status: Status
    code: str  # a cause's id, or the status where there is none
    confidence: str = ""
    title: str = ""
    owner: str = ""
    reached: str = ""
    why: str = ""  # of an error
    throttled: bool = False
    probes: tuple[Probe, ...] = ()
    crashed: tuple[str, ...] = ()  # the checks that have a bug


def of(result: Result, at: float) -> Seen:
    verdict = result.verdict
    status = Status(verdict.status.value)
    found = verdict.primary
    others = {one.cause.id for one in verdict.also} | {one.cause.id for one in verdict.rivals}
    return Seen(
        at=at,
        status=status,
        code=found.cause.id if found else status.value,
        confidence=found.finding.confidence.word if found else "",
        title=found.cause.title if found else "",
        owner=found.cause.owner.value if found else "",
        reached=verdict.reached.word,
        throttled=THROTTLED in others or bool(found and found.cause.id == THROTTLED),
        probes=tuple(_probe(step) for step in result.steps if step.outcome is Outcome.DONE),
        crashed=tuple(s.check.id for s in result.steps if s.outcome is Outcome.CRASHED),
    )


def broken(why: str, at: float) -> Seen:
    """Give what is kept of a run without a verdict; ``why`` are words of ours."""
    return Seen(at=at, status=Status.ERROR, code=Status.ERROR.value, why=why)


def _probe(step: Step) -> Probe:
    health = step.fact.health if step.fact else Health.UNKNOWN
    success = None if health is Health.UNKNOWN else health is Health.OK
    return Probe(check=step.check.id, success=success, seconds=step.took)
