"""The top of the page: what is asked of what, the verdict, and the fix to paste."""

from collections.abc import Iterable, Iterator

from diagnose.causes.contract import Confidence, FixStep, Risk
from diagnose.judging.verdict import Status
from diagnose.reports import advice
from diagnose.reports import words as told
from diagnose.reports.html import marks
from diagnose.reports.html.markup import command, look, pairs, section, words
from diagnose.reports.path import State, stations
from diagnose.session import Result

_SURE = {
    Confidence.PROVEN: "what was seen cannot mean anything else",
    Confidence.LIKELY: "what was seen points here, and something else could still look the same",
    Confidence.POSSIBLE: "it fits what was seen, as other causes do",
}
_RISKS = {
    Risk.READ_ONLY: "changes nothing",
    Risk.CHANGES_ACCESS: "changes who or what is let in",
    Risk.DISRUPTIVE: "may interrupt what runs",
}
_KICKERS = {
    Status.CAUSE: "Root cause",
    Status.HEALTHY: "Healthy",
    Status.INCONCLUSIVE: "Inconclusive",
}


def banner(result: Result) -> str:
    return (
        '<header><p class="tool">acr-diagnose</p>'
        f'<p><span class="quiet">Pull of</span> <code>{words(result.target.image)}</code> '
        f'<span class="quiet">from</span> <code>{words(told.where(result))}</code></p></header>'
    )


def verdict(result: Result) -> str:
    status, primary = result.verdict.status, result.verdict.primary
    return (
        '<section class="verdict" aria-labelledby="verdict">\n'
        f'<p class="kicker">{marks.of_verdict(status)}{_KICKERS[status]}'
        + (f" <code>{words(primary.cause.id)}</code>" if primary else "")
        + f'</p>\n<h1 id="verdict">{words(_title(result))}</h1>\n'
        + "\n".join(_sentences(result))
        + "\n"
        + pairs(_about(result))
        + "\n</section>"
    )


def _title(result: Result) -> str:
    if result.verdict.primary:
        return result.verdict.primary.cause.title
    if result.verdict.status is Status.HEALTHY:
        return told.works(result)
    return f"The pull stops at: {_stop(result)}"


def _stop(result: Result) -> str:
    """Give the station that the picture shows; the stage's word in JSON is coarser."""
    line = stations(result.facts, result.verdict)
    return next(one.title.lower() for one in line if one.state is State.STOPPED)


def _sentences(result: Result) -> Iterator[str]:
    primary = result.verdict.primary
    if result.verdict.status is Status.INCONCLUSIVE:
        yield f'<p class="note">{_doubt(result)}</p>'
    if primary and primary.finding.note:
        yield f'<p class="note">{words(primary.finding.note)}</p>'
    if advised := advice.of(result.facts, result.verdict):
        yield f'<p class="note"><strong>Advice:</strong> {words(advised)}</p>'


def _doubt(result: Result) -> str:
    if left := len(told.undecided(result)):
        what = f"{left} causes" if left > 1 else "One cause"
        return f"{what} would explain what was seen; under \u201cCould be\u201d is what would tell."
    if result.limits:
        return "What was seen names no cause; what could not be seen stands below."
    return "What was seen names no cause."


def _about(result: Result) -> Iterator[tuple[str, str]]:
    primary = result.verdict.primary
    if primary:
        sure = primary.finding.confidence
        yield "Confidence", f"<strong>{sure.word}</strong>: {_SURE[sure]}"
        yield "To be mended by", f"<strong>{words(primary.cause.owner)}</strong>"
        yield "The pull stops at", f"<strong>{words(_stop(result))}</strong>"
        yield "To be sure", look(primary.finding.settle)


def fix(result: Result) -> str:
    primary = result.verdict.primary
    steps = primary.finding.fix if primary else ()
    return section("fix", "Fix", listed_steps(steps))


def listed_steps(steps: Iterable[FixStep]) -> str:
    """Give the steps of a fix with their commands; nothing where there are none."""
    rows = "\n".join(_step(number, step) for number, step in enumerate(steps, 1))
    return f'<ol class="steps">\n{rows}\n</ol>' if rows else ""


def _step(number: int, step: FixStep) -> str:
    undo = command(step.undo, f"Copy the way back of step {number}") if step.undo else ""
    about = (
        ("Risk", f'<span class="risk {step.risk}">{words(step.risk)}</span> {_RISKS[step.risk]}'),
        ("Needs", words(step.needs)),
        ("Undo", undo),
    )
    return (
        f'<li><p class="why">{words(step.why)}</p>'
        + (command(step.command, f"Copy the command of step {number}") if step.command else "")
        + f"{pairs(about)}</li>"
    )
