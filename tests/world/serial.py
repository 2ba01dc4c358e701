"""A run without threads: the checks one after the other, in an order that their needs allow."""

from dataclasses import dataclass
from functools import cache

import checks
from checks.target import Asked, parse
from diagnose import causes, engine
from diagnose.engine import Outcome, Step
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Verdict
from diagnose.session import limits
from tests.world.rights import Rights
from tests.world.wire import Wire
from tests.world.world import InsideWorld


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a run came to. ``limits`` is what could not be seen, one sentence each."""

    facts: Facts
    steps: tuple[Step, ...]
    verdict: Verdict

    @property
    def cause(self) -> str | None:
        """The verdict's cause, "" where the pull works, None where it is inconclusive."""
        if self.verdict.primary:
            return self.verdict.primary.cause.id
        return "" if self.verdict.status is verdict.Status.HEALTHY else None

    @property
    def sure(self) -> str:
        """The word for how sure it is; empty without a cause."""
        return self.verdict.primary.finding.confidence.word if self.verdict.primary else ""

    @property
    def settle(self) -> str:
        """The look that would make the verdict sure; empty where there is none."""
        return self.verdict.primary.finding.settle if self.verdict.primary else ""

    @property
    def open(self) -> dict[str, str]:
        """The rivals that are not ruled out, each with the look that would tell."""
        return {r.cause.id: r.settle for r in self.verdict.rivals if not r.rejected}

    @property
    def limits(self) -> tuple[str, ...]:
        return limits(list(self.steps))


def judged(wire: Wire, image: str, rights: Rights | None = None) -> Judged:
    """Run every check and judge; a check that raises is the caller's to see."""
    target = parse(image)
    world = InsideWorld(wire, target.login_server, rights)
    facts, steps = gathered(world, Facts([Asked(text=image)]))
    steps.sort(key=lambda step: _place()[step.check.id])
    return Judged(facts=facts, steps=tuple(steps), verdict=verdict.decide(causes.ALL, facts))


def gathered(world: InsideWorld, facts: Facts) -> tuple[Facts, list[Step]]:
    steps: list[Step] = []
    for step, known in engine.in_turn(checks.ALL, world, facts):
        if step.outcome is Outcome.CRASHED:
            raise AssertionError(step.traceback)
        steps.append(step)
        facts = known
    return facts, steps


@cache
def _place() -> dict[str, int]:
    return {check.id: number for number, check in enumerate(checks.ALL)}
