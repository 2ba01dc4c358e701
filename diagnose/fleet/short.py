"""The fleet for a chat: at most twelve lines."""

from diagnose import __version__
from diagnose.fleet import words
from diagnose.fleet.fleet import Fleet
from diagnose.grouping import short
from diagnose.grouping import words as grouped
from diagnose.judging.verdict import Status
from diagnose.reports.lines import shortened

_LINES = 12
_GROUPS = 4  # that are told, with two lines each
_SENTENCE = 240  # bytes


def render(fleet: Fleet) -> str:
    lines = [grouped.closing(fleet.whole)]
    several = len(fleet.sections) > 1
    wrong = [
        (section, group)
        for section in fleet.sections
        for group in section.summary.ordered()
        if group.status is not Status.HEALTHY
    ]
    for section, group in wrong[:_GROUPS]:
        first, *rest = short.told(section.summary, group)
        whose = f"{words.registry(section)}: " if several else ""
        lines += [shortened(f"{whose}{first}", _SENTENCE), *rest]
    if len(wrong) > _GROUPS:
        lines.append(f"and {len(wrong) - _GROUPS} more verdicts")
    for section in fleet.sections:
        lines += [shortened(f"sent nothing: {one}", _SENTENCE) for one in words.reasons(section)]
    end = f"acr-diagnose {__version__}; the whole fleet: -o text or -o html"
    return "".join(f"{line}\n" for line in (*lines[: _LINES - 1], end))
