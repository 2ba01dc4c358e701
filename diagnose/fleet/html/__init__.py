"""The fleet as one HTML file: what fails, a cell for each node, and each verdict with its fix.

It works without its script, which filters and copies: then every node is there to be seen.
"""

from diagnose import __version__
from diagnose.fleet import words as told
from diagnose.fleet.fleet import Fleet
from diagnose.fleet.html import grid, groups
from diagnose.grouping import words as grouped
from diagnose.judging.verdict import Status
from diagnose.reports.html import marks, shell
from diagnose.reports.html.markup import listed, section, words

_KICKERS = {0: "Healthy", 1: "Root causes", 2: "Nothing to judge", 3: "Inconclusive"}
_SHAPES = {0: Status.HEALTHY, 1: Status.CAUSE}


def render(fleet: Fleet) -> str:
    colours = grid.Colours(fleet)
    notes = section("notes", "To be known", listed(map(words, told.notes(fleet))))
    parts = [_outcome(fleet), grid.controls(fleet, colours)]
    for number, one in enumerate(fleet.sections):
        parts += [
            grid.nodes(fleet, one, number, colours),
            groups.of(fleet, one, number, colours),
        ]
    return shell.page(
        grouped.closing(fleet.whole),
        _banner(fleet),
        "\n".join(part for part in (*parts, notes) if part),
        f"<footer><p>Made by acr-diagnose {words(__version__)}. "
        "This page asks nobody for anything.</p></footer>",
        style=shell.own(__name__, "fleet.css"),
        script=shell.own(__name__, "fleet.js"),
    )


def _banner(fleet: Fleet) -> str:
    return (
        '<header><p class="tool">acr-diagnose</p>'
        f'<p><span class="quiet">Fleet of</span> {words(told.title(fleet))}</p></header>'
    )


def _outcome(fleet: Fleet) -> str:
    shape = marks.of_verdict(_SHAPES.get(fleet.code, Status.INCONCLUSIVE))
    return (
        '<section class="verdict" aria-labelledby="verdict">\n'
        f'<p class="kicker">{shape}{_KICKERS[fleet.code]}</p>\n'
        f'<h1 id="verdict">{words(_headline(fleet))}</h1>\n'
        f'<p class="note">{words(grouped.closing(fleet.whole))}.</p>\n</section>'
    )


def _headline(fleet: Fleet) -> str:
    whole = fleet.whole
    if not whole.read:
        return "No verdict came from any node"
    causes = [group for group in whole.ordered() if group.cause]
    if causes:
        failing = sum(group.count for group in causes)
        number = "one cause" if len(causes) == 1 else f"{len(causes)} causes"
        return f"{failing} of {grouped.counted(whole)} cannot pull, for {number}"
    healthy = whole.healthy.count if whole.healthy else 0
    if healthy == whole.total:
        read = " that could be read" if fleet.lost_count else ""
        return f"All {grouped.counted(whole)}{read} can pull"
    return f"{healthy} of {grouped.counted(whole)} can pull; of the others no cause is known"
