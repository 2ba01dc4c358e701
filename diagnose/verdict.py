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

from checks.disk import DiskFull
from checks.docker_pull import DockerPulled, DockerPullFailed
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer
from checks.mirrors import Mirrors
from checks.target import Target
from checks.units import Units
from checks.words import Word
from diagnose import behind, reached
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Rejected,
    Stage,
)
from diagnose.facts import Facts


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
    found: list[Found] = []
    rivals: list[Rival] = []
    unjudged: list[Cause] = []
    for cause in sorted(causes, key=lambda cause: cause.id):
        answer = None if facts.missing(cause.needs) else facts.call(cause.find)
        if isinstance(answer, Finding):
            found.append(Found(cause=cause, finding=answer))
        elif isinstance(answer, Rejected):
            rivals.append(Rival(cause=cause, because=answer.because, rejected=True))
        else:
            unjudged.append(cause)
    if not works(facts):
        because = "it holds for other clients; this pull got past it"
        passed = [f.cause for f in found if f.finding.aside]
        rivals += [Rival(cause=cause, because=because, rejected=True) for cause in passed]
        found = [f for f in found if not f.finding.aside]
    found, beaten = _without_beaten(found)
    rivals += beaten
    stage = reached.stage(facts)
    if works(facts):
        return Verdict(
            status=Status.HEALTHY,
            reached=stage,
            also=tuple(found),  # nothing is ruled out where nothing is wrong
            evidence=reached.evidence(facts),
        )
    if not found:
        return Verdict(
            status=Status.INCONCLUSIVE,
            reached=stage,
            rivals=tuple(rivals),
            evidence=reached.evidence(facts),
        )
    first = min(f.stage for f in found)
    here = [f for f in found if f.stage == first]
    surest = max(f.finding.confidence for f in here)
    equals = [f for f in here if f.finding.confidence == surest]
    leaders = [f for f in equals if not any(f.cause.id in o.cause.before for o in equals)]
    rivals += [_unsure(f) for f in here if f.finding.confidence < surest]
    later = [f for f in found if f.stage != first]
    if len(leaders) != 1 and surest < Confidence.PROVEN:
        rivals += [_unsure(f) for f in equals]
        return Verdict(
            status=Status.INCONCLUSIVE,
            reached=stage,
            also=tuple(later),
            rivals=tuple(rivals),
            evidence=_merged(equals),
        )
    primary = leaders[0] if leaders else equals[0]
    others = [f for f in equals if f is not primary]
    if surest < Confidence.PROVEN:
        rivals += [_unsure(f) for f in others]
        others = []
    return Verdict(
        status=Status.CAUSE,
        reached=stage,
        primary=primary,
        also=(*others, *sorted(later, key=lambda f: (f.stage, f.cause.id))),
        rivals=tuple(rivals),
        hidden=behind.hidden(unjudged, facts, primary.cause, primary.stage),
    )


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


def works(facts: Facts) -> bool:
    """Tell whether the pull works, as far as it was asked for."""
    if facts.has(DockerPullFailed) or _down(facts) or _hopeless(facts):
        return False
    if reached.kubelet_has_nothing(facts):
        return False
    target = facts.get(Target)
    if target and not target.repository:
        return reached.has_token(facts)
    return facts.has(Layer) or facts.has(DockerPulled)


def _down(facts: Facts) -> bool:
    docker = facts.get(DockerDown)
    return docker is not None and not docker.denied


def _hopeless(facts: Facts) -> bool:
    """Tell whether a runtime that nobody asked to pull has no room, or no way to pull."""
    if facts.has(DockerPulled):
        return False
    mirrors, units = facts.get(Mirrors), facts.get(Units)
    stuck = bool(mirrors and mirrors.dead) or bool(units and units.dead)
    return facts.has(DiskFull) or (stuck and not facts.has(DockerRuntime))


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
