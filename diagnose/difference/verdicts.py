"""The sentences that every format says: who was compared, both verdicts, the end."""

from checks import answers
from diagnose.difference.contract import Aspect, Difference, Line
from diagnose.difference.order import failing
from diagnose.judging.verdict import Status
from diagnose.reports import words
from diagnose.session import Result

_LONGEST = 160  # characters of a side on the closing line
SWAPPED = "GOOD fails and BAD works; the two may have been given the wrong way round."
NOT_NAMED = (
    "Names, ids and addresses were redacted apart from each other; only kinds and roles are "
    "compared."
)


def who(result: Result) -> str:
    """Name the machine, as far as it is known."""
    return answers.clean(words.named(result)) or "a machine without a name"


def verdict(result: Result) -> str:
    """Give a side's verdict as one line."""
    if result.verdict.status is Status.HEALTHY:
        return f"healthy: {result.target.image} can be pulled"
    return words.unhealthy(result)


def remarks(difference: Difference) -> tuple[str, ...]:
    """Give what must be known before the list is read."""
    swapped = failing(difference.good, difference.bad) == 0
    return (*([SWAPPED] if swapped else []), *([] if difference.named else [NOT_NAMED]))


def nothing(difference: Difference) -> str:
    """Say that nothing tells the two apart, and what that may mean."""
    said = "Nothing that was seen tells the two apart"
    broken = [
        result.verdict.status is not Status.HEALTHY for result in (difference.good, difference.bad)
    ]
    if all(broken):
        return f"{said}; the same fault may stand on both."
    if any(broken):
        return f"{said}, though one of them fails; see what could not be compared."
    return f"{said}."


def heading(line: Line) -> str:
    """Name the aspect, and the check that tells of it where it has another name."""
    return line.aspect.word + f" ({line.check})" * (line.aspect.word != line.check)


def consequences(difference: Difference) -> str:
    """Name what follows from the fault, in the order of a pull; empty where nothing does."""
    shown = {line.aspect for line in difference.lines}
    found = (line.aspect.word for line in difference.follows if line.aspect not in shown)
    return ", ".join(dict.fromkeys(found))


def closing(difference: Difference) -> str:
    """Give the most telling difference as one line."""
    if not difference.lines:
        return nothing(difference)
    first = difference.lines[0]
    what = "subnet" if first.aspect is Aspect.SUBNET and first.moved else first.aspect.word
    good, bad = (answers.clean(told, _LONGEST) for told in (first.good, first.bad))
    return f"Most telling: {what}: GOOD {good}; BAD {bad}"


def uncompared(difference: Difference) -> tuple[str, ...]:
    """Give what could not be compared, the checks together that share a reason.

    Those that were skipped for want of such a check are named last, without their reasons.
    """
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for one in difference.uncompared:
        if not one.skipped:
            groups.setdefault((one.sides, one.why), []).append(one.check)
    told = [
        f"{', '.join(ids)} ({' and '.join(sides)}: {why})" for (sides, why), ids in groups.items()
    ]
    skipped = [one.check for one in difference.uncompared if one.skipped]
    if skipped:
        told.append(f"{', '.join(skipped)} (skipped for want of something before)")
    return tuple(told)
