"""The summary to paste into an issue, in GitHub's Markdown."""

from collections.abc import Iterator

from diagnose import __version__
from diagnose.grouping import words
from diagnose.grouping.summary import Group, Summary
from diagnose.reports.escapes import block, code, prose

_FIXES, _UNREAD = 5, 10


def render(summary: Summary) -> str:
    parts = [
        [f"## {prose(words.closing(summary))}"],
        [line for note in words.notes(summary) for line in (prose(note), "")][:-1],
        *(list(told(summary, group)) for group in summary.ordered()),
        list(unread(summary)),
        [f"acr-diagnose {__version__}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def told(summary: Summary, group: Group) -> Iterator[str]:
    yield f"### {prose(words.headline(group, summary))}"
    if group.cause:
        sure = words.tallied(group.confidence)
        line = f"{group.title}. To be mended by: {group.owner}. Confidence: {sure}."
        yield from ("", prose(line))
    if here := words.where(summary, group):
        yield from ("", prose(here))
    rows = words.differences(summary, group)
    if rows:
        yield from ("", "| differs | here | healthy |", "|---|---|---|")
    for row in rows:
        here, there = map(prose, words.sides(row))
        yield f"| {prose(row.feature)} | {here} | {there} |"
    shown = 0
    for whose, fix in words.fixes(summary, group, _FIXES):
        shown += fix.times
        yield from ("", f"Fix, {prose(whose)}:")
        for number, step in enumerate(fix.value.steps, 1):
            yield from ("", f"{number}. {prose(step.why)} Risk: {step.risk}.")
            if step.command:
                yield from ("", *(f"   {line}" for line in block(step.command, "sh")))
    if shown and (left := words.other_fixes(group, shown)):
        yield from ("", prose(left))
    named = ", ".join(map(code, group.examples))
    more = group.count - len(group.examples)
    further = f" and {more} more" if more else ""
    yield from ("", f"{summary.noun.title}s: {named}{further}")


def unread(summary: Summary) -> Iterator[str]:
    if summary.unread:
        yield from (f"### {summary.noun.lost_title}: {summary.unread}", "")
    for line in words.unread(summary, _UNREAD):
        yield f"- {prose(line)}"
