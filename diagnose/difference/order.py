"""Most telling first: what the failing side's verdict rests on, cause before symptom.

1. another image that was asked for, another subnet;
2. what the verdict's evidence rests on, then what its further findings rest on, then the rest;
3. within each, what somebody has set before what a pull met with it, and failed at;
4. what belongs to whom the verdict names as the owner, then the order of `Aspect`.

What fails further down the pull than the evidence follows from it, and is folded away.
"""

from collections.abc import Iterable

from diagnose.difference.contract import Line
from diagnose.difference.fields import CONTEXT, FOLLOW_UPS, SETTINGS, TOLD_BY
from diagnose.difference.view import RELATIONS
from diagnose.judging.verdict import Status, Verdict
from diagnose.session import Result

Lines = tuple[Line, ...]
_REST = 2  # the rank of what no finding rests on


def arranged(lines: Iterable[Line], good: Result, bad: Result) -> tuple[Lines, Lines]:
    """Give the lines in order, and those that follow from them."""
    side = failing(good, bad)
    verdict = (good, bad)[side].verdict
    grounds = _grounds(verdict)
    top, follows = _folded(list(lines), grounds[0], side)
    ranks = _ranks(top, grounds)

    def key(line: Line) -> tuple[object, ...]:
        rank = ranks[line.aspect.place]
        mine = verdict.primary and verdict.primary.cause.owner in line.aspect.owners
        return (
            not line.moved,
            rank,
            line.aspect.is_met and not line.fails[side],
            not (rank == 0 and mine),
            line.aspect.place,
            line.check not in SETTINGS,
            not any(change.field in RELATIONS for change in line.changes),
            line.check not in grounds[0],
            not line.fails[side],
        )

    kept = [line for line in sorted(top, key=key) if not _told_elsewhere(line, top)]
    return tuple(kept), tuple(sorted(follows, key=lambda line: line.aspect.place))


def _told_elsewhere(line: Line, lines: Lines) -> bool:
    """Tell whether other lines say all that this one does."""
    checks = {one.check for one in lines}
    tellers = [TOLD_BY.get((line.check, change.field)) for change in line.changes]
    return bool(tellers) and all(teller in checks for teller in tellers)


def failing(good: Result, bad: Result) -> int:
    """Give the side whose verdict is followed: BAD, unless GOOD alone is the one that fails."""
    healthy = [result.verdict.status is Status.HEALTHY for result in (good, bad)]
    return 0 if healthy[1] and not healthy[0] else 1


def _grounds(verdict: Verdict) -> tuple[frozenset[str], frozenset[str]]:
    """Give the checks that the verdict rests on, and those that its further findings rest on."""
    if verdict.status is Status.HEALTHY:
        return frozenset(), frozenset()
    primary = verdict.primary
    evidence = primary.finding.evidence if primary else verdict.evidence
    further = [one.check for found in verdict.also for one in found.finding.evidence]
    return frozenset(one.check for one in evidence), frozenset(further)


def _ranks(lines: Lines, grounds: tuple[frozenset[str], frozenset[str]]) -> dict[int, int]:
    """Rank each aspect by the best of its lines, so that an aspect stays together."""
    ranks: dict[int, int] = {}
    for line in lines:
        rank = next((n for n, ids in enumerate(grounds) if line.check in ids), _REST)
        if all((line.check, change.field) in CONTEXT for change in line.changes) and line.changes:
            rank = _REST
        place = line.aspect.place
        ranks[place] = min(rank, ranks.get(place, _REST))
    return ranks


def _folded(lines: list[Line], evidence: frozenset[str], side: int) -> tuple[Lines, Lines]:
    """Part what follows from the fault from what differs by itself."""
    lines = [line for line in lines if not (_by_the_way(line) and line.check not in evidence)]
    broken = [line for line in lines if line.fails[side] and not line.idle]
    shown = [line for line in broken if line.check in evidence] or broken[:1]
    first = min((line.aspect.place for line in shown), default=None)

    def follows(line: Line) -> bool:
        if line.check in evidence:
            return False
        if line.idle or line.check in FOLLOW_UPS:
            return True
        behind = first is not None and line.aspect.place >= first and line.aspect.is_met
        return behind and line.fails[side] and line not in shown

    return (
        tuple(line for line in lines if not follows(line)),
        tuple(line for line in lines if follows(line)),
    )


def _by_the_way(line: Line) -> bool:
    """Tell whether this is a look at the fault that found nothing of its own."""
    return line.check in FOLLOW_UPS and not any(line.fails)
