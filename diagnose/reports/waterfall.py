"""When each check of a run was under way, as lines for `-v`: where the time went, and what decided.

Marked are the checks that decided when the run was over: the last to end, what it waited for
longest, and so on back to the start. Only if one of those takes less time does the run.
"""

from collections.abc import Iterator, Mapping, Sequence

from checks.contract import Check
from diagnose import engine
from diagnose.engine import Step

WIDTH = 80
BRIEF = 0.005  # seconds; what took less and decided nothing has no line
_NARROWEST = 8  # columns of a bar


def told(steps: Sequence[Step], seconds: float, width: int = WIDTH) -> list[str]:
    """Give the lines for a run that took ``seconds``, in the order in which the checks began."""
    decided = critical(steps)
    rows = [step for step in steps if step.took >= BRIEF or step in decided]
    head = f"  {'check':<20} {'began':>6} {'took':>6}  "
    columns = max(_NARROWEST, width - len(head) - 2)
    lines = [f"{head}0 s{f'{seconds:.2f} s':>{columns - 1}}"]
    for step in sorted(rows, key=lambda step: (step.began, step.began + step.took)):
        mark, ink = ("*", "#") if step in decided else (" ", "-")
        bar = _bar(step, seconds, columns, ink)
        lines.append(
            f"{mark} {step.check.id:<20.20} {step.began:6.2f} {step.took:6.2f}  |{bar:<{columns}}|"
        )
    spent = sum(step.took for step in decided)
    lines.append(f"* these decided: {spent:.2f} s of the {seconds:.2f} s that the run took")
    brief = len(steps) - len(rows)
    return [*lines, f"  {brief} more took no time, or were not run"] if brief else lines


def critical(steps: Sequence[Step]) -> list[Step]:
    """Give the chain of checks that decided how long the run took, the first to begin first."""
    waits_for = engine.order([step.check for step in steps])
    by_check = {step.check: step for step in steps}
    chain: list[Step] = []
    ahead = [step for step in steps if _asked(step)]
    while ahead:
        chain.append(max(ahead, key=lambda step: step.began + step.took))
        ahead = list(_behind(chain[-1].check, waits_for, by_check))
    return chain[::-1]


def _behind(
    check: Check, waits_for: Mapping[Check, set[Check]], by_check: Mapping[Check, Step]
) -> Iterator[Step]:
    """Give what a check waited for; in place of one that was skipped, what that one waited for."""
    for before in waits_for[check]:
        if _asked(by_check[before]):
            yield by_check[before]
        else:
            yield from _behind(before, waits_for, by_check)


def _asked(step: Step) -> bool:
    return step.took > 0.0


def _bar(step: Step, seconds: float, columns: int, ink: str) -> str:
    """Draw one check's time; the shortest is one column wide."""
    scale = columns / seconds if seconds > 0.0 else 0.0
    start = min(columns - 1, int(step.began * scale))
    end = min(columns, round((step.began + step.took) * scale))
    return " " * start + ink * max(1, end - start)
