"""The fleet for a person at a terminal: two tables, then each verdict with its fix.

The last line says the outcome again, because that is the line a terminal shows.
"""

from collections.abc import Iterator, Sequence

from diagnose import __version__
from diagnose.fleet import words
from diagnose.fleet.fleet import Fleet, Section
from diagnose.grouping import text
from diagnose.grouping import words as grouped
from diagnose.judging.verdict import Status
from diagnose.reports.lines import printable, shortened, wrap
from diagnose.reports.style import PLAIN, Paint, Style

_PLACES = 12
_ASCII = {"\N{CHECK MARK}": "ok"}


def render(fleet: Fleet, style: Style = PLAIN) -> str:
    closing = grouped.closing(fleet.whole)
    parts = [
        [f"acr-diagnose {__version__}: {printable(words.title(fleet))}", closing],
        [line for note in words.notes(fleet) for line in wrap(note, "", "  ", style.width)],
        *(part for section in fleet.sections for part in _section(fleet, section, style)),
        [closing],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _section(fleet: Fleet, section: Section, style: Style) -> Iterator[list[str]]:
    summary = section.summary
    if len(fleet.sections) > 1:
        yield [
            style.paint(printable(words.registry(section)), Paint.HEAD),
            grouped.closing(summary),
        ]
    notes = words.section_notes(section)
    yield [line for note in notes for line in wrap(note, "", width=style.width)]
    yield list(_verdicts(fleet, section, style))
    yield list(_places(fleet, section, style))
    for group in summary.ordered():
        if group.status is Status.HEALTHY:
            continue
        lines = list(text.told(summary, group, style))
        for line in words.seen(section, group.id):
            lines += wrap(f"In the archive: {line}", "  ", "    ", style.width)
        yield lines
    if summary.unread:
        rows = (wrap(line, "  ", "    ", style.width) for line in words.reasons(section))
        title = f"{summary.noun.lost_title} ({summary.unread})"
        yield [style.paint(title, Paint.HEAD), *(line for lines in rows for line in lines)]


def _verdicts(fleet: Fleet, section: Section, style: Style) -> Iterator[str]:
    rows = [
        (_mark(row.mark, style), row.verdict, str(row.count), row.share, row.where)
        for row in words.rows(fleet, section)
    ]
    yield from _table(("", "verdict", "nodes", "share", "most of them in"), rows, {2, 3}, style)


def _places(fleet: Fleet, section: Section, style: Style) -> Iterator[str]:
    found = words.table_of_places(section)
    rows = []
    for place, subnet in found[:_PLACES]:
        told = words.shares(fleet, place)
        failing = f"{place.failing} of {len(place.nodes)}"
        mended = told if style.unicode else told.replace("\N{CHECK MARK}", "ok")
        rows.append((place.pool or "-", subnet or "-", failing, mended))
    if rows:
        yield from _table(("pool", "subnet", "failing", "verdicts"), rows, {2}, style)
    if (more := len(found) - _PLACES) > 0:
        yield f"and {more} more pools and subnets, see -o json or -o html"


def _mark(mark: str, style: Style) -> str:
    return mark if style.unicode else _ASCII.get(mark, mark)


def _table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: set[int], style: Style
) -> Iterator[str]:
    """Lay a table out; the last column is cut to the width, as it repeats what stands below."""
    most = len(titles) - 1
    widths = [max(len(printable(row[n])) for row in (titles, *rows)) for n in range(most)]
    widths = [min(width, style.width // 3) for width in widths]
    for number, row in enumerate((titles, *rows)):
        cells = [
            _cell(one, width, right=place in right)
            for place, (one, width) in enumerate(zip(row, widths, strict=False))
        ]
        left = "  ".join(cells)
        line = f"{left}  {shortened(row[most], max(12, style.width - len(left) - 2))}".rstrip()
        yield style.paint(line, Paint.HEAD) if not number else line


def _cell(value: str, width: int, *, right: bool) -> str:
    told = printable(value)
    if len(told) > width:
        told = f"{told[: width - 3]}..."
    return told.rjust(width) if right else told.ljust(width)
