"""The report to paste into an issue: GitHub's Markdown, which GitLab and Azure DevOps read too."""

from collections.abc import Iterable, Iterator

from diagnose import __version__
from diagnose.causes.contract import Evidence, FixStep
from diagnose.engine import Step
from diagnose.judging.verdict import Found, Rival, Status
from diagnose.reports import advice, words
from diagnose.reports.escapes import block, code, prose
from diagnose.session import Result

_HEADS = {
    Status.CAUSE: "Root cause",
    Status.HEALTHY: "Healthy",
    Status.INCONCLUSIVE: "Inconclusive",
}


def render(result: Result) -> str:
    healthy = result.verdict.status is Status.HEALTHY
    primary = result.verdict.primary
    parts = (
        _verdict(result),
        _section("Fix", _fixes(primary.finding.fix if primary else ())),
        _section("Evidence", _evidence(words.evidence(result))),
        _section("Beside it" if healthy else "Also wrong", _also(result.verdict.also)),
        _section(
            "Not yet visible (behind the fault above)", filter(None, [prose(words.behind(result))])
        ),
        _section("Could also be", _undecided(result)),
        _section("Ruled out", _ruled_out(words.ruled_out(result))),
        _section("Could not be seen", [f"- {prose(sentence)}" for sentence in result.limits]),
        _checks(result.steps),
        [f"acr-diagnose {__version__}"],
    )
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = "\n".join(lines).rstrip().splitlines()
    return [f"### {title}", "", *body] if body else []


def _verdict(result: Result) -> Iterator[str]:
    verdict, primary = result.verdict, result.verdict.primary
    name = f": {code(primary.cause.id)} ({primary.finding.confidence.word})" if primary else ""
    yield f"## {_HEADS[verdict.status]}{name}"
    yield ""
    image, place = code(result.target.image), code(words.where(result))
    if primary:
        yield f"**{prose(primary.cause.title)}.** To be mended by: {primary.cause.owner}."
        yield ""
    if verdict.status is Status.HEALTHY:
        yield f"{prose(words.works(result))} ({place})."
    else:
        yield f"The pull of {image} from {place} stops at: {verdict.reached.word}."
    told = advice.of(result.facts, verdict)
    for sentence in (primary.finding.note if primary else "", told and f"Advice: {told}"):
        if sentence:
            yield from ("", prose(sentence))
    if primary and primary.finding.settle:
        yield from ("", "To be sure:", "", *block(primary.finding.settle))


def _fixes(steps: Iterable[FixStep]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        start, indent = f"{number}. ", " " * len(f"{number}. ")
        yield f"{start}{prose(step.why)}"
        yield f"{indent}Risk: {step.risk}. Needs: {prose(step.needs)}."
        for label, command in (("", step.command), ("Undo:", step.undo)):
            if command:
                yield from (("", indent + label) if label else ())
                yield ""
                yield from (indent + line for line in block(command, "sh"))
        yield ""


def _evidence(evidence: Iterable[Evidence]) -> Iterator[str]:
    rows = [f"| {code(one.check)} | {prose(one.saw)} |" for one in evidence]
    if rows:
        yield from ("| check | saw |", "|---|---|", *rows)


def _also(also: Iterable[Found]) -> Iterator[str]:
    for one in also:
        word = one.finding.confidence.word
        yield f"- {code(one.cause.id)} ({word}): {prose(one.cause.title)}"
        if one.finding.note:
            yield f"  {prose(one.finding.note)}"


def _undecided(result: Result) -> Iterator[str]:
    for rival, look, named in words.looks(result):
        yield f"- {code(rival.cause.id)}: {prose(rival.because)}"
        if named:
            yield from ("", f"  To tell: as for {code(named)}.", "")
        elif look:
            yield from ("", "  To tell:", "", *(f"  {line}" for line in block(look)), "")


def _ruled_out(rivals: Iterable[Rival]) -> Iterator[str]:
    for one in rivals:
        yield f"- {code(one.cause.id)}: {prose(one.because)}"


def _checks(steps: tuple[Step, ...]) -> Iterator[str]:
    yield "<details>"
    yield f"<summary>Checks: {words.tally(steps)}</summary>"
    yield from ("", "| | check | saw |", "|---|---|---|")
    for step in steps:
        yield f"| {words.mark(step)} | {code(step.check.id)} | {prose(words.said(step))} |"
    yield from ("", "</details>")
