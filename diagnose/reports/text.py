"""The report for a person: the verdict first, then the fix, the evidence, and what was ruled out.

The last line says the verdict again, because that is the line a terminal shows. What is to be
pasted is never broken into lines. Colour and symbols are `Style`'s; without one the report is
plain ASCII but for the words of others.
"""

from collections.abc import Iterable, Iterator

from diagnose import __version__
from diagnose.engine import Step
from diagnose.judging.verdict import Found, Status
from diagnose.reports import advice, words
from diagnose.reports.lines import fix, printable, wrap
from diagnose.reports.style import PAINTS, PLAIN, Paint, Style
from diagnose.session import Result

_HEADLINES = {
    Status.CAUSE: ("FAIL", Paint.BAD),
    Status.HEALTHY: ("ok", Paint.GOOD),
    Status.INCONCLUSIVE: ("?", Paint.DOUBT),
}


def render(result: Result, style: Style = PLAIN) -> str:
    healthy = result.verdict.status is Status.HEALTHY
    sections = (
        [
            printable(
                f"acr-diagnose {__version__}: {result.target.image} from {words.where(result)}"
            )
        ],
        _verdict(result, style),
        _section("Fix", _fixes(result, style), style),
        _section("Evidence", _evidence(result, style), style),
        _section(
            "Beside it" if healthy else "Also wrong (the fix above will expose it)",
            _also(result.verdict.also, style, notes=healthy),
            style,
        ),
        _section(
            "Not yet visible (behind the fault above)",
            wrap(words.behind(result), "  ", "    ", style.width),
            style,
        ),
        _section("Could also be", _undecided(result, style), style),
        _section("Ruled out", _ruled_out(result, style), style),
        _section("Could not be seen", _limits(result, style), style),
        _section("Checks", _checks(result.steps, style), style),
        [style.paint(printable(words.closing(result)), _HEADLINES[result.verdict.status][1])],
    )
    return "\n\n".join("\n".join(lines) for s in sections if (lines := list(s))) + "\n"


def _section(title: str, lines: Iterable[str], style: Style) -> list[str]:
    """Put a heading over lines, if there are any."""
    body = list(lines)
    return [style.paint(title, Paint.HEAD), *body] if body else []


def _verdict(result: Result, style: Style) -> Iterator[str]:
    verdict = result.verdict
    mark, paint = _HEADLINES[verdict.status]
    symbol = f"{style.mark(mark)} " if style.unicode else ""
    yield style.paint(symbol + printable(words.headline(result)), paint)
    if verdict.primary:
        cause, finding = verdict.primary.cause, verdict.primary.finding
        stops = f"To be mended by: {cause.owner}. The pull stops at: {verdict.reached.word}"
        yield from wrap(cause.title, "  ", width=style.width)
        yield from wrap(stops, "  ", width=style.width)
        yield from wrap(finding.note, "  ", width=style.width)
        if finding.settle:  # unbroken: mostly a line to paste
            yield f"  To be sure: {printable(finding.settle)}"
    if told := advice.of(result.facts, verdict):
        yield from wrap(f"Advice: {told}", "  ", width=style.width)


def _fixes(result: Result, style: Style) -> Iterator[str]:
    primary = result.verdict.primary
    for number, step in enumerate(primary.finding.fix if primary else (), 1):
        yield from fix(number, step, style.width)


def _evidence(result: Result, style: Style) -> Iterator[str]:
    evidence = words.evidence(result)
    width = max((len(one.check) for one in evidence), default=0)
    for one in evidence:
        told = f"{one.check:<{width}} {one.saw}"
        yield from wrap(told, "  ", " " * (width + 3), style.width)


def _also(also: Iterable[Found], style: Style, *, notes: bool) -> Iterator[str]:
    for one in also:
        told = f"{one.cause.id} ({one.finding.confidence.word}): {one.cause.title}"
        yield from wrap(told, "  ", "    ", style.width)
        if notes:
            yield from wrap(one.finding.note, "    ", width=style.width)


def _undecided(result: Result, style: Style) -> Iterator[str]:
    for rival, look, named in words.looks(result):
        yield from wrap(f"{rival.cause.id}: {rival.because}", "  ", "    ", style.width)
        if look:
            yield f"    to tell: {f'as for {named}' if named else printable(look)}"


def _ruled_out(result: Result, style: Style) -> Iterator[str]:
    for rival in words.ruled_out(result):
        yield from wrap(f"{rival.cause.id}: {rival.because}", "  ", "    ", style.width)


def _limits(result: Result, style: Style) -> Iterator[str]:
    for sentence in result.limits:
        yield from wrap(sentence, "  ", "    ", style.width)


def _checks(steps: Iterable[Step], style: Style) -> Iterator[str]:
    rows = list(steps)
    names = max((len(step.check.id) for step in rows), default=0)
    marks = style.widest_mark
    for step in rows:
        word = words.mark(step)
        mark = style.mark(word)
        told = f"{mark:<{marks}} {step.check.id:<{names}} {words.said(step)}"
        first, *further = wrap(told, "  ", " " * (names + marks + 4), style.width)
        yield "  " + style.paint(mark, PAINTS[word]) + first[2 + len(mark) :]
        yield from further
