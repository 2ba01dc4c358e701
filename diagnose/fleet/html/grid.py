"""A cell for each node, by pool and subnet: a letter and a shape say its verdict, and a colour.

A cell is written 5,000 times, so it has its name once for the eye, once for a pointer that rests
on it, and nothing that its block has already.
"""

from collections.abc import Iterator

from diagnose.fleet import words as told
from diagnose.fleet.fleet import SILENT, Fleet, Node, Place, Section, places, subnets
from diagnose.grouping.digest import Digest
from diagnose.judging.verdict import Status
from diagnose.reports.html.markup import words

_COLOURS = 8
_PLAIN = {str(Status.HEALTHY): "k0", str(Status.INCONCLUSIVE): "kq", SILENT: "ks"}


class Colours:
    """Each verdict's class and number; colours come again where there are more than eight."""

    def __init__(self, fleet: Fleet) -> None:
        self.marks = fleet.marks
        self.numbers = {group: number for number, group in enumerate(fleet.marks)}
        causes = [group for group in fleet.marks if group not in _PLAIN]
        self._classes = {group: f"k{n % _COLOURS + 1}" for n, group in enumerate(causes)}

    def of(self, group: str) -> str:
        return _PLAIN.get(group) or self._classes[group]

    def cell(self, group: str) -> str:
        """Draw one for a heading or the legend."""
        return f'<b class="cell {self.of(group)}" aria-hidden="true">{words(self.marks[group])}</b>'


def anchor(number: int, group: str) -> str:
    """Give the id of what is said of a verdict in the registry of this number."""
    return words(f"r{number}-{group}")


def controls(fleet: Fleet, colours: Colours) -> str:
    """Give the form that the script shows."""
    found = [(place, subnets(one)) for one in fleet.sections for place in places(one)]
    pools = sorted({place.pool for place, _ in found})
    nets = sorted({labels.get(place.subnet, "") for place, labels in found})
    present = {node.group for one in fleet.sections for node in one.nodes}
    verdicts = [
        (str(colours.numbers[group]), f"{mark} {told.spelt(group)}")
        for group, mark in colours.marks.items()
        if group in present
    ]
    return (
        '<form class="filter" role="search" aria-label="Filter the nodes" hidden>\n'
        + _select("verdict", "Verdict", verdicts)
        + _select("pool", "Pool", [(pool, pool or told.UNKNOWN) for pool in pools])
        + _select("subnet", "Subnet", [(net, net or told.UNKNOWN) for net in nets])
        + '<label>Name <input type="search" name="text" autocomplete="off"></label>\n'
        '<label class="names"><input type="checkbox" id="names"> Show names</label>\n'
        '<button type="reset">Reset</button>\n<output aria-live="polite"></output>\n</form>'
    )


def _select(name: str, title: str, options: list[tuple[str, str]]) -> str:
    """Give a choice; a value has a mark before it, as one may be empty."""
    rows = "".join(
        f'<option value="={words(value)}">{words(text)}</option>' for value, text in options
    )
    return (
        f'<label>{title} <select name="{name}"><option value="">all</option>{rows}'
        "</select></label>\n"
    )


def nodes(fleet: Fleet, section: Section, number: int, colours: Colours) -> str:
    title = f"Nodes: {told.registry(section)}" if len(fleet.sections) > 1 else "Nodes"
    labels = subnets(section)
    blocks = "\n".join(_block(place, labels, colours) for place in places(section))
    return (
        f'<section class="nodes" aria-labelledby="nodes-{number}">\n'
        f'<h2 id="nodes-{number}">{words(title)}</h2>\n'
        f"{_legend(fleet, section, number, colours)}\n{blocks}\n"
        '<p class="detail" aria-live="polite" hidden></p>\n</section>'
    )


def _legend(fleet: Fleet, section: Section, number: int, colours: Colours) -> str:
    by_name = {told.spelt(group): group for group in fleet.marks}
    rows = "\n".join(
        f'<tr><th scope="row"><a href="#{anchor(number, by_name[row.verdict])}">'
        f"{colours.cell(by_name[row.verdict])}<u>{words(row.verdict)}</u></a></th>"
        f"<td>{row.count}</td><td>{row.share}</td><td>{words(row.where)}</td></tr>"
        for row in told.rows(fleet, section)
    )
    return (
        '<table class="legend">\n<thead><tr><th scope="col">Verdict</th><th scope="col">Nodes</th>'
        '<th scope="col">Share</th><th scope="col">Most of them in</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _block(place: Place, labels: dict[str, str], colours: Colours) -> str:
    subnet = labels.get(place.subnet, "")
    cells = "\n".join(_cells(place, colours))
    known = ((f"Pool {place.pool}", place.pool), (f"subnet {subnet}", subnet))
    title = ", ".join(text for text, value in known if value) or "Pool and subnet not known"
    count = f"{place.failing} of {len(place.nodes)} fail" if place.failing else "none fails"
    return (
        f'<div class="block" data-pool="{words(place.pool)}" data-subnet="{words(subnet)}">\n'
        f'<h3>{words(title[0].upper() + title[1:])} <span class="quiet">{count}</span></h3>\n'
        f'<ul class="cells">\n{cells}\n</ul>\n</div>'
    )


def _cells(place: Place, colours: Colours) -> Iterator[str]:
    order = colours.numbers
    for node in sorted(place.nodes, key=lambda one: (order[one.group], one.row.name)):
        name, group = words(node.row.name), node.group
        yield (
            f'<li class="{colours.of(group)}" data-g="{order[group]}" '
            f'title="{name}: {words(_said(node))}">'
            f"{words(colours.marks[group])}<span> {name}</span></li>"
        )


def _said(node: Node) -> str:
    row = node.row
    if not isinstance(row, Digest):
        return f"sent nothing: {row.because}"
    sure = f" ({row.confidence})" if row.confidence else ""
    return f"{told.spelt(node.group)}{sure}"
