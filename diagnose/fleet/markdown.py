"""The fleet to paste into an issue, in GitHub's Markdown."""

from collections.abc import Iterator

from diagnose import __version__
from diagnose.fleet import words
from diagnose.fleet.fleet import Fleet, Section
from diagnose.grouping import markdown
from diagnose.grouping import words as grouped
from diagnose.judging.verdict import Status
from diagnose.reports.escapes import prose

_PLACES = 20


def render(fleet: Fleet) -> str:
    parts = [
        [f"## {prose(grouped.closing(fleet.whole))}"],
        [line for note in words.notes(fleet) for line in (prose(note), "")][:-1],
        *(part for section in fleet.sections for part in _section(fleet, section)),
        [f"acr-diagnose {__version__}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _section(fleet: Fleet, section: Section) -> Iterator[list[str]]:
    if len(fleet.sections) > 1:
        closing = grouped.closing(section.summary)
        yield [f"### {prose(words.registry(section))}", "", prose(closing)]
    yield [prose(note) for note in words.section_notes(section)]
    yield ["| | verdict | nodes | share | most of them in |", "|---|---|--:|--:|---|"] + [
        f"| {prose(row.mark)} | {prose(row.verdict)} | {row.count} | {row.share} "
        f"| {prose(row.where)} |"
        for row in words.rows(fleet, section)
    ]
    yield list(_places(fleet, section))
    for group in section.summary.ordered():
        if group.status is not Status.HEALTHY:
            yield list(markdown.told(section.summary, group))
            yield [f"- In the archive: {prose(line)}" for line in words.seen(section, group.id)]
    if section.summary.unread:
        title = f"### {section.summary.noun.lost_title}: {section.summary.unread}"
        yield [title, "", *(f"- {prose(line)}" for line in words.reasons(section))]


def _places(fleet: Fleet, section: Section) -> Iterator[str]:
    found = words.table_of_places(section)
    if found:
        yield from ("| pool | subnet | failing | verdicts |", "|---|---|--:|---|")
    for place, subnet in found[:_PLACES]:
        failing = f"{place.failing} of {len(place.nodes)}"
        told = words.shares(fleet, place)
        yield f"| {prose(place.pool or '-')} | {prose(subnet or '-')} | {failing} | {prose(told)} |"
    if (more := len(found) - _PLACES) > 0:
        yield from ("", f"and {more} more pools and subnets")
