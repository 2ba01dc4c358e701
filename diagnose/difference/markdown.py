"""The comparison to paste into an issue: one table, most telling first.

What another machine said stands in table cells, so all that Markdown or HTML reads is escaped.
"""

import html
from collections.abc import Iterator

from diagnose.difference import verdicts
from diagnose.difference.contract import Difference


def render(difference: Difference) -> str:
    parts = (
        _verdicts(difference),
        _table(difference),
        _notes(difference),
        [f"**{cell(verdicts.closing(difference))}**"],
    )
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _verdicts(difference: Difference) -> Iterator[str]:
    for side, result in (("GOOD", difference.good), ("BAD", difference.bad)):
        yield f"- {side}, {cell(verdicts.who(result))}: {cell(verdicts.verdict(result))}"
    for remark in verdicts.remarks(difference):
        yield f"- {remark}"


def _table(difference: Difference) -> Iterator[str]:
    if difference.lines:
        yield "| | what differs | GOOD | BAD |"
        yield "|---|---|---|---|"
    for number, line in enumerate(difference.lines, 1):
        row = (str(number), verdicts.heading(line), line.good, line.bad)
        yield f"| {' | '.join(map(cell, row))} |"


def _notes(difference: Difference) -> Iterator[str]:
    if told := verdicts.consequences(difference):
        yield f"- And what follows from it: {told}"
    for sentence in verdicts.uncompared(difference):
        yield f"- Could not be compared: {cell(sentence)}"


def cell(text: str) -> str:
    """Escape what would end a cell or become markup."""
    line = html.escape(" ".join(text.split()), quote=False)
    for mark in "\\`*_[]|~":
        line = line.replace(mark, "\\" + mark)
    return line
