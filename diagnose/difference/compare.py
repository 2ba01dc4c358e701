"""Two results, check by check: what differs, and what could not be compared.

A check that could not look on one side is no difference of the machines. There is one exception:
what fails on one side, while the other side's pull works, cannot be so there, seen or not.
"""

from collections.abc import Iterable, Iterator

import checks
from checks import answers, docker_runtime
from checks.contract import Check, Fact, Health
from checks.layer_dns import LayerNames
from checks.replies import Failure, Trouble
from diagnose.difference import words
from diagnose.difference.contract import Aspect, Change, Difference, Line, Uncompared
from diagnose.difference.fields import ASPECTS, FOLLOW_UPS, SPELT_OUT
from diagnose.difference.order import arranged
from diagnose.difference.side import Side
from diagnose.difference.view import RELATIONS, Reading, readings
from diagnose.engine import Outcome, Step
from diagnose.judging.verdict import Status
from diagnose.session import Result

GOOD, BAD = "GOOD", "BAD"
_LONGEST = 1000  # characters of one side's words
_NO_DOCKER = docker_runtime.parse(Failure(trouble=Trouble.ABSENT))


def of(good: Result, bad: Result, *, named: bool = True) -> Difference:
    """Compare two runs; ``named`` is False where their names were redacted by different salts."""
    sides = Side.of(good.facts, named=named), Side.of(bad.facts, named=named)
    lines: list[Line] = []
    uncompared: list[Uncompared] = []
    for check, steps in _pairs(good.steps, bad.steps):
        whys = _unseen(steps[0]), _unseen(steps[1])
        if not any(whys):
            lines += _lines(check, _fact(steps[0]), _fact(steps[1]), sides)
        elif _decides(steps, whys, (good, bad)):
            lines.append(_half_seen(check, steps, whys))
        elif note := _note(check, steps, whys):
            uncompared.append(note)
    top, follows = arranged(_without_repeats(lines), good, bad)
    return Difference(
        good=good,
        bad=bad,
        lines=top,
        follows=follows,
        uncompared=tuple(uncompared),
        named=named,
    )


def _pairs(
    good: Iterable[Step], bad: Iterable[Step]
) -> Iterator[tuple[Check, tuple[Step | None, Step | None]]]:
    """Give both steps of each check that either side knows, in the reader's order."""
    left = {step.check.id: step for step in good}
    right = {step.check.id: step for step in bad}
    for check in checks.ALL:
        if check.id in left or check.id in right:
            yield check, (left.get(check.id), right.get(check.id))


def _unseen(step: Step | None) -> str:
    """Say why a check told nothing, or nothing where it told something."""
    if step is None:
        return "it was not asked"
    if step.fact is None:
        return step.why or step.outcome
    if step.fact.health is Health.UNKNOWN and step.fact != _NO_DOCKER:
        return step.fact.summary
    return ""


def _fact(step: Step | None) -> Fact:
    if step is None or step.fact is None:
        raise LookupError("a step without a fact was taken for one that has seen something")
    return step.fact


def _ails(fact: Fact | None) -> bool:
    """Tell whether the fact says that something is wrong."""
    lost = isinstance(fact, LayerNames) and not fact.addresses
    return fact is not None and (fact.health is Health.FAIL or lost)


def _lines(check: Check, good: Fact, bad: Fact, sides: tuple[Side, Side]) -> list[Line]:
    main = ASPECTS.get(check.id, Aspect.MACHINE)
    if type(good) is not type(bad):
        return [_line(check, main, good, bad, idle=check.id in FOLLOW_UPS and not _ails(bad))]
    left, right = readings(good, main, sides[0]), readings(bad, main, sides[1])
    changed: dict[Aspect, list[tuple[Reading, Reading]]] = {}
    for field, reading in left.items():
        other = right.get(field)
        if other and reading.differs(other, named=sides[0].named):
            changed.setdefault(reading.aspect, []).append((reading, other))
    return [_line(check, aspect, good, bad, pairs, main=main) for aspect, pairs in changed.items()]


def _line(
    check: Check,
    aspect: Aspect,
    good: Fact,
    bad: Fact,
    pairs: Iterable[tuple[Reading, Reading]] = (),
    *,
    main: Aspect | None = None,
    idle: bool = False,
) -> Line:
    pairs = tuple(pairs)
    spelt = check.id in SPELT_OUT or aspect is not main or good.summary == bad.summary
    related = [(one, other) for one, other in pairs if one.label in RELATIONS]
    others = [pair for pair in pairs if pair not in related]
    told = [*related, *others] if pairs and spelt else related
    values = [words.both(one.form, other.form) for one, other in told]
    left = [f"{one.label}: {good}" for (one, _), (good, _) in zip(told, values, strict=True)]
    right = [f"{one.label}: {bad}" for (one, _), (_, bad) in zip(told, values, strict=True)]
    if not (pairs and spelt) and good.summary != bad.summary:
        left.append(good.summary)
        right.append(bad.summary)
    return Line(
        aspect=aspect,
        check=check.id,
        good=_clean("; ".join(left) or good.summary),
        bad=_clean("; ".join(right) or bad.summary),
        facts=(type(good).__name__, type(bad).__name__),
        changes=tuple(
            Change(field=one.field, good=words.jsoned(one.value), bad=words.jsoned(other.value))
            for one, other in pairs
        ),
        moved=check.id == "target" or any(one.field == "subnet_id" for one, _ in pairs),
        idle=idle,
        fails=(_ails(good), _ails(bad)),
    )


def _decides(
    steps: tuple[Step | None, Step | None], whys: tuple[str, str], results: tuple[Result, Result]
) -> bool:
    """Tell whether what one side alone saw, or came to, still tells the two apart."""
    healthy = [result.verdict.status is Status.HEALTHY for result in results]
    if all(whys) or all(healthy):
        return False
    seen = 1 if whys[0] else 0
    step = steps[seen]
    if step and _ails(step.fact):
        return healthy[1 - seen]  # it works there, so it is not so there
    return _is_met(step) and not healthy[1 - seen]


def _is_met(step: Step | None) -> bool:
    if step is None:
        return False
    return ASPECTS.get(step.check.id, Aspect.MACHINE).is_met or step.check.id in FOLLOW_UPS


def _half_seen(
    check: Check,
    steps: tuple[Step | None, Step | None],
    whys: tuple[str, str],
) -> Line:
    """Give the line of a check that one side alone has seen."""
    kinds = [type(step.fact).__name__ if step and step.fact else "" for step in steps]
    said = [
        _clean(f"not seen: {why}" if why else _fact(step).summary)
        for why, step in zip(whys, steps, strict=True)
    ]
    ails = [bool(step and _ails(step.fact)) for step in steps]
    return Line(
        aspect=ASPECTS.get(check.id, Aspect.MACHINE),
        check=check.id,
        good=said[0],
        bad=said[1],
        facts=(kinds[0], kinds[1]),
        idle=not any(ails),
        fails=(ails[0], ails[1]),
    )


def _note(
    check: Check, steps: tuple[Step | None, Step | None], whys: tuple[str, str]
) -> Uncompared | None:
    """Say what could not be compared; what neither side has is no news unless it was denied."""
    if check.id in FOLLOW_UPS:
        return None  # nobody asks it of a machine where nothing failed
    blind = tuple(side for side, why in zip((GOOD, BAD), whys, strict=True) if why)
    denied = any(step and step.fact and step.fact.limit for step in steps)
    cut_off = any(step and step.outcome is Outcome.UNFINISHED for step in steps)
    if len(blind) > 1 and not denied and not cut_off:
        return None
    shown = next((_fact(s).summary for s, why in zip(steps, whys, strict=True) if not why), "")
    return Uncompared(
        check=check.id,
        sides=blind,
        why=_clean("; ".join(dict.fromkeys(why for why in whys if why))),
        shown=_clean(shown),
        skipped=any(step and step.outcome is Outcome.SKIPPED for step in steps),
    )


def _clean(text: str) -> str:
    """Make words one printable line: a bundle may come from anybody."""
    return answers.clean(text, _LONGEST)


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Drop the subnet's range where the subnets themselves are known to differ."""
    moved = any(line.moved and line.aspect is Aspect.SUBNET for line in lines)
    return [
        line for line in lines if not (moved and line.aspect is Aspect.SUBNET and not line.moved)
    ]
