"""One run from the question to the result: checks, then the verdict; prints nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import checks
from checks.contract import Check, Fact
from checks.ports import World
from checks.target import Asked, Target, parse
from diagnose import causes, engine, verdict
from diagnose.engine import Outcome, Step
from diagnose.facts import Facts
from diagnose.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All that a report needs. ``seconds`` is the wall time of the whole run."""

    target: Target
    facts: Facts
    steps: tuple[Step, ...]
    verdict: Verdict
    limits: tuple[str, ...]
    seconds: float

    @property
    def crashed(self) -> bool:
        return any(step.outcome is Outcome.CRASHED for step in self.steps)


def diagnose(
    asked: Asked,
    world: World,
    *,
    seconds: float,
    on_step: Callable[[Step], None] = lambda _: None,
) -> Result:
    """Run every check against ``world`` and judge; raise `checks.target.UsageError` at once."""
    target = parse(asked.text)
    start = time.monotonic()
    facts = Facts([asked])
    steps: list[Step] = []
    for step, known in engine.run(checks.ALL, world, facts, seconds=seconds):
        facts = known
        steps.append(step)
        on_step(step)
    reading_order: list[Check] = list(checks.ALL)
    steps.sort(key=lambda step: reading_order.index(step.check))
    return Result(
        target=target,
        facts=facts,
        steps=tuple(steps),
        verdict=verdict.decide(causes.ALL, facts),
        limits=limits(steps),
        seconds=time.monotonic() - start,
    )


def limits(steps: list[Step]) -> tuple[str, ...]:
    """Give what could not be seen, one sentence each, without repeats."""
    sentences = []
    for step in steps:
        if isinstance(step.fact, Fact) and step.fact.limit:
            sentences.append(step.fact.limit)
        if step.outcome in (Outcome.CRASHED, Outcome.UNFINISHED):
            sentences.append(f"The check {step.check.id} gave nothing: {step.why}.")
    return tuple(dict.fromkeys(sentences))
