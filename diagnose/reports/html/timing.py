"""The waterfall: when each check began and how long it took, and the chain that took longest."""

from collections.abc import Iterator, Sequence

from diagnose.engine import Outcome, Step, order
from diagnose.reports.html.markup import section, words
from diagnose.session import Result

_WIDE = 1000  # units of a bar's drawing, for the whole run
_SHORT = 0.001  # seconds; what takes less waited for nobody


def waterfall(result: Result) -> str:
    ran = sorted((s for s in result.steps if s.took), key=lambda s: (s.began, s.check.id))
    if not ran:
        return ""
    chain = {step.check.id for step in longest(ran)}
    shown = [step for step in ran if step.took >= _SHORT or step.check.id in chain]
    total = max(result.seconds, *(step.began + step.took for step in ran))
    rows = "\n".join(_row(step, total, is_chain=step.check.id in chain) for step in shown)
    table = (
        '<table>\n<thead><tr><th scope="col">Check</th><th scope="col">When</th>'
        f'<th scope="col">Took</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>'
    )
    return section("timing", "Timing", f"<p>{' '.join(_told(result, ran, shown))}</p>", table)


def longest(ran: Sequence[Step]) -> list[Step]:
    """Give the chain that the run waited for: from the last end back to what it waited for."""
    by_check = {step.check: step for step in ran}
    waits = order([step.check for step in ran])
    chain: list[Step] = []
    step = max(ran, key=_end, default=None)
    while step:
        chain.append(step)
        before = [by_check[check] for check in waits[step.check]]
        step = max(before, key=_end, default=None)
    return chain[::-1]


def _end(step: Step) -> tuple[float, str]:
    return step.began + step.took, step.check.id


def _told(result: Result, ran: Sequence[Step], shown: Sequence[Step]) -> Iterator[str]:
    yield f"The run took <strong>{_seconds(result.seconds)}</strong>."
    yield '<span class="chain">◆</span> marks the longest chain: each waited for the one before.'
    if left := len(ran) - len(shown):
        what = "1 check" if left == 1 else f"{left} checks"
        yield f"Left out: {what} that took less than a millisecond."
    if late := [step.check.id for step in result.steps if step.outcome is Outcome.UNFINISHED]:
        yield f"Not finished, and not drawn: {words(', '.join(late))}."


def _row(step: Step, total: float, *, is_chain: bool) -> str:
    start = step.began / total * _WIDE
    width = max(step.took / total * _WIDE, 2.0)
    start = min(start, _WIDE - width)
    mark = '<span class="chain" title="longest chain">◆</span>' if is_chain else ""
    told = f"after {_seconds(step.began)}"
    return (
        f'<tr class="{"chain" if is_chain else "beside"}"><th scope="row">'
        f"<code>{words(step.check.id)}</code>{mark}</th>"
        f'<td><svg viewBox="0 0 {_WIDE} 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{told}"><rect x="{start:.1f}" width="{width:.1f}" height="10"/></svg></td>'
        f"<td>{_seconds(step.took)}</td></tr>"
    )


def _seconds(seconds: float) -> str:
    if 0 < seconds < _SHORT:
        return "under 1 ms"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
