"""Each verdict: where its nodes are, what they have that the healthy ones have not, and the fix."""

from collections.abc import Iterator

from diagnose.fleet import words as told
from diagnose.fleet.fleet import SILENT, Fleet, Section
from diagnose.fleet.html.grid import Colours, anchor
from diagnose.grouping import words as grouped
from diagnose.grouping.summary import Group, Summary
from diagnose.judging.verdict import Status
from diagnose.reports.html.head import listed_steps
from diagnose.reports.html.markup import listed, look, pairs, words

_FIXES, _ROWS, _LOOKS = 5, 8, 3


def of(fleet: Fleet, section: Section, number: int, colours: Colours) -> str:
    """Give what is said of every verdict in the registry of this number."""
    summary = section.summary
    parts = [
        _article(anchor(number, group.id), colours.cell(group.id), *_group(section, summary, group))
        for group in summary.ordered()
    ]
    if summary.unread:
        title = f"Sent nothing: {summary.unread} of {grouped.counted(summary)}"
        reasons = listed(map(words, told.reasons(section)))
        parts.append(_article(anchor(number, SILENT), colours.cell(SILENT), title, reasons))
    notes = "".join(f"<p>{words(note)}</p>\n" for note in told.section_notes(section))
    several = len(fleet.sections) > 1
    title = f"Verdicts: {told.registry(section)}" if several else "Verdicts"
    body = "\n".join(parts)
    return (
        f'<section class="groups" aria-labelledby="groups-{number}">\n'
        f'<h2 id="groups-{number}">{words(title)}</h2>\n{notes}{body}\n</section>'
    )


def _article(name: str, cell: str, title: str, *parts: str) -> str:
    body = "\n".join(part for part in parts if part)
    return f'<article id="{name}">\n<h3>{cell}{words(title)}</h3>\n{body}\n</article>'


def _group(section: Section, summary: Summary, group: Group) -> Iterator[str]:
    """Give the heading's words, and then markup."""
    what = group.title or ("Healthy" if group.status is Status.HEALTHY else "Inconclusive")
    yield f"{what}: {group.count} of {grouped.counted(summary)}"
    if group.cause:
        yield f"<p><code>{words(group.cause)}</code></p>"
    yield pairs(_facts(section, summary, group))
    yield _differences(summary, group)
    if group.looks.total:
        title = "To be sure" if group.cause else "What would tell"
        rows = group.looks.counts()[:_LOOKS]
        yield f"<h4>{title}</h4>\n" + listed(
            f'{look(row.value)} <span class="quiet">({row.times})</span>' for row in rows
        )
    yield from _fixes(summary, group)


def _facts(section: Section, summary: Summary, group: Group) -> Iterator[tuple[str, str]]:
    yield "Where", words(grouped.where(summary, group))
    if group.cause:
        yield "Confidence", f"<strong>{words(grouped.tallied(group.confidence))}</strong>"
        yield "To be mended by", words(group.owner)
    if group.status is not Status.HEALTHY:
        yield "The pull stops at", words(grouped.tallied(group.reached))
    yield "Could be", words(grouped.tallied(group.rivals))
    yield "Also wrong", words(grouped.tallied(group.also))
    yield "In the archive", "<br>".join(map(words, told.seen(section, group.id)))
    yield "Nodes", words(grouped.examples(group))


def _differences(summary: Summary, group: Group) -> str:
    rows = grouped.differences(summary, group)
    if not rows:
        return ""
    body = "\n".join(
        f'<tr><th scope="row">{words(row.feature)}</th>'
        + "".join(f"<td>{words(side)}</td>" for side in grouped.sides(row))
        + "</tr>"
        for row in rows[:_ROWS]
    )
    more = f"<p>and {len(rows) - _ROWS} more, see -o json</p>" if len(rows) > _ROWS else ""
    return (
        '<table class="differs">\n<thead><tr><th scope="col">What differs</th>'
        '<th scope="col">These</th><th scope="col">The healthy ones</th></tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table>\n{more}"
    )


def _fixes(summary: Summary, group: Group) -> Iterator[str]:
    shown = 0
    for whose, row in grouped.fixes(summary, group, _FIXES):
        shown += row.times
        yield f"<h4>Fix ({words(whose)})</h4>\n{listed_steps(row.value.steps)}"
    if shown and (left := grouped.other_fixes(group, shown)):
        yield f"<p>{words(left)}</p>"
