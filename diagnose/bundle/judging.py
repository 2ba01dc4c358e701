"""A recording judged by today's checks and today's causes, as a live run is."""

from dataclasses import replace

from checks.target import parse
from diagnose import session
from diagnose.bundle import replay
from diagnose.bundle.recording import Ended, Recording
from diagnose.engine import Outcome, Step
from diagnose.facts import NOTHING, Facts
from diagnose.session import Result


def judged(recording: Recording, kept: Facts = NOTHING) -> Result:
    """Judge ``recording``; what it holds no answer for is taken from the facts that were ``kept``.

    The times are those of the run. Raises `checks.target.UsageError` where nothing was asked for
    that could be.
    """
    target = parse(recording.asked.text)
    facts = Facts([recording.asked])
    ended = {step.check: step for step in recording.steps}
    steps: list[Step] = []
    for step, known in replay.run(recording, kept):
        facts = known
        steps.append(_as_then(step, ended.get(step.check.id)))
    return session.judged(target, facts, steps, recording.seconds)


def _as_then(step: Step, then: Ended | None) -> Step:
    """Give a step the times of the run; one that was cut off then says so in the same words."""
    if then is None:
        return replace(step, began=0.0, took=0.0)
    cut_off = step.outcome is then.outcome is Outcome.UNFINISHED
    why = then.why if cut_off else step.why
    return replace(step, why=why, began=then.began, took=then.took)
