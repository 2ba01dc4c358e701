"""One run from the question to the result: checks, then the verdict; prints nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import checks
from checks.contract import Fact
from checks.ports import World
from checks.target import Asked, Target, parse
from diagnose import causes, engine
from diagnose.ending import NEVER, Ending
from diagnose.engine import Lens, Outcome, Step
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Verdict


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
    lens: Lens = engine.unchanged,
    clean: Callable[[str], str] = str,
    ending: Ending = NEVER,
) -> Result:
    """Run every check against ``world`` and judge; raise `checks.target.UsageError` at once.

    ``clean`` takes the run's secrets out of a traceback, whose last line may hold anything.
    """
    target = parse(asked.text)
    start = time.monotonic()
    facts = Facts([asked])
    steps: list[Step] = []
    asking = engine.run(checks.ALL, world, facts, seconds=seconds, lens=lens, ending=ending)
    for raw, known in asking:
        facts = known
        step = replace(raw, traceback=clean(raw.traceback))
        steps.append(step)
        on_step(step)
    return judged(target, facts, steps, time.monotonic() - start)


def judged(target: Target, facts: Facts, steps: list[Step], seconds: float) -> Result:
    """Judge what the checks gave; the steps are put into reading order."""
    place = {check.id: number for number, check in enumerate(checks.ALL)}
    steps = sorted(steps, key=lambda step: place[step.check.id])
    return Result(
        target=target,
        facts=facts,
        steps=tuple(steps),
        verdict=verdict.decide(causes.ALL, facts),
        limits=limits(steps),
        seconds=seconds,
    )


def limits(steps: list[Step]) -> tuple[str, ...]:
    """Give what could not be seen, one sentence each, without repeats."""
    sentences = []
    silent: dict[str, list[str]] = {}
    for step in steps:
        if isinstance(step.fact, Fact) and step.fact.limit:
            sentences.append(step.fact.limit)
        if step.outcome in (Outcome.CRASHED, Outcome.UNFINISHED):
            silent.setdefault(step.why, []).append(step.check.id)
    for why, ids in silent.items():
        checks_ = f"check {ids[0]}" if len(ids) == 1 else f"checks {', '.join(ids)}"
        sentences.append(f"The {checks_} gave nothing: {why}.")
    return tuple(dict.fromkeys(sentences))
