"""The summary for a chat: at most twelve lines, sentences cut, commands never."""

from collections.abc import Iterator

from diagnose import __version__
from diagnose.grouping import words
from diagnose.grouping.summary import Group, Summary
from diagnose.judging.verdict import Status
from diagnose.reports.lines import printable, shortened

_GROUPS = 4  # that are told, with two lines each
_SENTENCE = 240  # bytes
_COMMAND = 900  # bytes


def render(summary: Summary) -> str:
    lines = [words.closing(summary)]
    wrong = [group for group in summary.ordered() if group.status is not Status.HEALTHY]
    for group in wrong[:_GROUPS]:
        lines += told(summary, group)
    if len(wrong) > _GROUPS:
        lines.append(f"and {len(wrong) - _GROUPS} more verdicts")
    lines += [_cut(f"{summary.noun.lost}: {line}") for line in words.unread(summary, 1)[:1]]
    lines.append(f"acr-diagnose {__version__}; the whole summary: -o text")
    return "".join(f"{line}\n" for line in lines)


def told(summary: Summary, group: Group) -> Iterator[str]:
    rows = [f"{row.feature} {words.differs(row)}" for row in words.differences(summary, group)[:1]]
    parts = filter(None, (group.title, words.where(summary, group).rstrip("."), *rows))
    yield _cut(f"{group.id}: {'; '.join(parts)}; such as {group.examples[0]}")
    for _, row in words.fixes(summary, group, 1):
        steps = row.value.steps
        commands = [step.command for step in steps if step.command]
        if commands and len(commands[0].encode()) <= _COMMAND:
            yield f"fix 1 of {len(steps)}, for {row.times}: {printable(commands[0])}"


def _cut(text: str) -> str:
    return shortened(text, _SENTENCE)
