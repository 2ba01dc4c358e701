"""One verdict from the facts: a pure function that sees neither the world nor a case's name.

How the primary is chosen, in this order:

1. a finding that another one `beats` is explained away, and becomes a rival that says so (an
   open one while the winner itself is not proven);
2. the earliest stage wins: a pull never gets to what lies behind it;
3. within a stage, the surer finding; a surer one makes the less sure ones its rivals;
4. among equals, `before`.

A tie that is left after these is no verdict: it is inconclusive, and both are named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.words import Word
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Rejected,
    Stage,
)
from diagnose.facts import Facts
from diagnose.judging import behind, reached, weighing
from diagnose.judging.works import works


class Status(Word):
    HEALTHY = "healthy"
    CAUSE = "cause"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cause with what its ``find`` gave."""

    cause: Cause
    finding: Finding

    @property
    def stage(self) -> Stage:
        return self.finding.stage or self.cause.stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another explanation. ``because`` speaks for or against it; ``settle`` is what would tell."""

    cause: Cause
    because: str
    settle: str = ""
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    status: Status
    reached: Stage
    primary: Found | None = None
    also: tuple[Found, ...] = ()
    rivals: tuple[Rival, ...] = ()
    hidden: tuple[Cause, ...] = ()  # not to be judged before the primary is mended
    evidence: tuple[Evidence, ...] = ()  # of a verdict without a cause


def decide(causes: Iterable[Cause], facts: Facts) -> Verdict:
    """Judge ``facts`` by ``causes``; the order of ``causes`` makes no difference."""
    healthy = works(facts)
    answers = _Answers.of(causes, facts, healthy=healthy)
    if healthy:
        return Verdict(
            status=Status.HEALTHY,
            reached=reached.stage(facts),
            also=tuple(answers.found),  # nothing is ruled out where nothing is wrong
            evidence=reached.evidence(facts),
        )
    return _stopped(answers, facts)


@dataclass(slots=True)
class _Answers:
    """What the causes said: found, in dispute or ruled out, and nothing."""

    found: list[Found]
    rivals: list[Rival]
    unjudged: list[Cause]

    @staticmethod
    def of(causes: Iterable[Cause], facts: Facts, *, healthy: bool) -> "_Answers":
        here = _Answers(found=[], rivals=[], unjudged=[])
        for cause in sorted(causes, key=lambda cause: cause.id):
            answer = None if facts.missing(cause.needs) else facts.call(cause.find)
            if isinstance(answer, Finding):
                finding = weighing.weighed(cause, answer, facts)
                here.found.append(Found(cause=cause, finding=finding))
            elif isinstance(answer, Rejected):
                here.rivals.append(Rival(cause=cause, because=answer.because, rejected=True))
            else:
                here.unjudged.append(cause)
        if not healthy:
            here.set_aside()
        here.found, beaten = _without_beaten(here.found)
        here.rivals += beaten
        return here

    def set_aside(self) -> None:
        """Rule out what a pull got past, although it is true for other clients."""
        because = "it holds for other clients; this pull got past it"
        passed = [f.cause for f in self.found if f.finding.aside]
        self.found = [f for f in self.found if not f.finding.aside]
        self.rivals += [Rival(cause=cause, because=because, rejected=True) for cause in passed]


def _stopped(answers: _Answers, facts: Facts) -> Verdict:
    """Choose among the findings at the first stage at which there is one."""
    first = min((f.stage for f in answers.found), default=None)
    here = [f for f in answers.found if f.stage is first]
    later = sorted(
        (f for f in answers.found if f.stage is not first), key=lambda f: (f.stage, f.cause.id)
    )
    surest = max((f.finding.confidence for f in here), default=Confidence.POSSIBLE)
    equals = [f for f in here if f.finding.confidence is surest]
    rivals = answers.rivals + [_unsure(f) for f in here if f.finding.confidence < surest]
    leaders = [f for f in equals if not any(f.cause.id in o.cause.before for o in equals)]
    is_proven = surest is Confidence.PROVEN
    if not equals or (len(leaders) != 1 and not is_proven):
        return Verdict(
            status=Status.INCONCLUSIVE,
            reached=reached.stage(facts),
            also=tuple(later),
            rivals=(*rivals, *map(_unsure, equals)),
            evidence=_merged(equals) if equals else reached.evidence(facts),
        )
    primary = leaders[0] if leaders else equals[0]
    others = [f for f in equals if f is not primary]
    if not is_proven:
        rivals += map(_unsure, others)
        others = []
    return Verdict(
        status=Status.CAUSE,
        reached=reached.stage(facts),
        primary=primary,
        also=(*others, *later),
        rivals=tuple(r for r in rivals if not (r.rejected and r.cause.id in primary.cause.hides)),
        hidden=_hidden(answers, facts, primary),
    )


def _hidden(answers: _Answers, facts: Facts, primary: Found) -> tuple[Cause, ...]:
    """Give what lies behind the primary, and what it covers at its own stage."""
    rejected = [rival.cause for rival in answers.rivals if rival.rejected]
    covered = {c for c in (*answers.unjudged, *rejected) if c.id in primary.cause.hides}
    behind_it = behind.hidden(answers.unjudged, facts, primary.cause, primary.stage)
    return tuple(sorted({*covered, *behind_it}, key=lambda cause: (cause.stage, cause.id)))


def ties(verdict: Verdict) -> tuple[Found, ...]:
    """Give the findings beside the primary that nothing but the alphabet put behind it."""
    primary = verdict.primary
    if primary is None:
        return ()
    return tuple(
        other
        for other in verdict.also
        if other.stage == primary.stage
        and other.finding.confidence == primary.finding.confidence
        and other.cause.id not in primary.cause.before
    )


def _without_beaten(found: Sequence[Found]) -> tuple[list[Found], list[Rival]]:
    """Drop what is explained away; a less sure finding explains nothing away."""
    left, rivals = [], []
    for one in found:
        winner = next(
            (
                other
                for other in found
                if one.cause.id in other.cause.beats
                and other.finding.confidence >= one.finding.confidence
                and other.finding.confidence > Confidence.POSSIBLE
            ),
            None,
        )
        if winner is None:
            left.append(one)
        elif winner.finding.confidence < Confidence.PROVEN:
            rivals.append(_unsure(one))  # what is not sure itself rules nothing out
        else:
            because = f"{winner.cause.id} explains it, and would hide it"
            rivals.append(Rival(cause=one.cause, because=because, rejected=True))
    return left, rivals


def _unsure(found: Found) -> Rival:
    saw = "; ".join(evidence.saw for evidence in found.finding.evidence)
    return Rival(
        cause=found.cause,
        because=f"{found.finding.confidence.word}: {saw}",
        settle=found.finding.settle,
    )


def _merged(found: Sequence[Found]) -> tuple[Evidence, ...]:
    seen = [evidence for one in found for evidence in one.finding.evidence]
    return tuple(dict.fromkeys(seen))
