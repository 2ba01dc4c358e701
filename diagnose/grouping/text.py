"""The summary for a person: the outcome, then each verdict with where, what differs and the fix.

The last line says the outcome again, because that is the line a terminal shows.
"""

from collections.abc import Iterator

from diagnose import __version__
from diagnose.grouping import words
from diagnose.grouping.summary import Group, Summary
from diagnose.judging.verdict import Status
from diagnose.reports.lines import fix, printable, wrap
from diagnose.reports.style import PAINTS, PLAIN, Paint, Style

_MARKS = {Status.CAUSE: "FAIL", Status.HEALTHY: "ok", Status.INCONCLUSIVE: "?"}
_UNREAD = 10  # reasons that are shown
_FIXES = 5  # different fixes
_ROWS = 8  # differences
_LOOKS = 3


def render(summary: Summary, style: Style = PLAIN) -> str:
    closing = words.closing(summary)
    sections = [
        [f"acr-diagnose {__version__}: {words.counted(summary)}", closing],
        [line for note in words.notes(summary) for line in wrap(note, "", width=style.width)],
        *(list(told(summary, group, style)) for group in summary.ordered()),
        list(unread(summary, style)),
        [closing],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def told(summary: Summary, group: Group, style: Style) -> Iterator[str]:
    mark = _MARKS[group.status]
    symbol = f"{style.mark(mark)} " if style.unicode else ""
    yield style.paint(symbol + words.headline(group, summary), PAINTS[mark])
    if group.title:
        yield f"  {printable(group.title)}"
    facts = [words.where(summary, group)]
    if group.cause:
        facts.insert(
            0, f"To be mended by: {group.owner}. Confidence: {words.tallied(group.confidence)}."
        )
    if group.status is not Status.HEALTHY and group.reached.total:
        facts.append(f"The pull stops at: {words.tallied(group.reached)}.")
    for label, tally in (("Could be", group.rivals), ("Also wrong", group.also)):
        if tally.total:
            facts.append(f"{label}: {words.tallied(tally)}.")
    for fact in facts:
        yield from wrap(fact, "  ", "    ", style.width)
    yield from _differences(summary, group, style)
    yield from _fixes(summary, group, style)
    yield from _looks(group)
    yield from wrap(f"{summary.noun.title}s: {words.examples(group)}", "  ", "    ", style.width)


def _differences(summary: Summary, group: Group, style: Style) -> Iterator[str]:
    rows = words.differences(summary, group)
    if not rows:
        return
    yield "  What differs from the healthy ones"
    width = max(len(row.feature) for row in rows[:_ROWS])
    for row in rows[:_ROWS]:
        line = f"{row.feature:<{width}} {words.differs(row)}"
        yield from wrap(line, "    ", " " * (width + 5), style.width)
    if len(rows) > _ROWS:
        yield f"    and {len(rows) - _ROWS} more, see -o json"


def _fixes(summary: Summary, group: Group, style: Style) -> Iterator[str]:
    shown = 0
    for whose, row in words.fixes(summary, group, _FIXES):
        shown += row.times
        yield from wrap(f"Fix ({whose})", "  ", "    ", style.width)
        for number, step in enumerate(row.value.steps, 1):
            yield from (f"  {line}" for line in fix(number, step, style.width - 2))
    if shown:
        yield from wrap(words.other_fixes(group, shown), "  ", "    ", style.width)


def _looks(group: Group) -> Iterator[str]:
    rows = group.looks.counts()[:_LOOKS]
    if rows:
        yield "  To be sure" if group.cause else "  What would tell"
    for row in rows:
        yield f"    {printable(row.value)} ({row.times}, such as {row.note})"


def unread(summary: Summary, style: Style) -> Iterator[str]:
    if summary.unread:
        yield style.paint(f"{summary.noun.lost_title} ({summary.unread})", Paint.HEAD)
    for line in words.unread(summary, _UNREAD):
        yield from wrap(line, "  ", "    ", style.width)
