"""The report for a person: the verdict first, then the fix, the evidence, and what was ruled out.

The last line says the verdict again, because that is the line a terminal shows.
"""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from diagnose import __version__, advice, vantage
from diagnose.causes.contract import FixStep, Stage
from diagnose.engine import Outcome, Step
from diagnose.session import Result
from diagnose.verdict import Status

_WIDTH = 100
_MARKS = {"ok": "ok", "fail": "FAIL", "unknown": "?", "skipped": "skip", "crashed": "BUG"}


def render(result: Result) -> str:
    sections = (
        _head(result),
        _verdict(result),
        _fixes(result),
        _evidence(result),
        _also(result),
        _hidden(result),
        _rivals(result),
        _ruled_out(result),
        _limits(result),
        _checks(result.steps),
        [closing(result)],
    )
    return "\n\n".join("\n".join(lines) for s in sections if (lines := list(s))) + "\n"


def closing(result: Result) -> str:
    """Give the verdict as one line."""
    verdict = result.verdict
    if verdict.primary:
        cause, word = verdict.primary.cause, verdict.primary.finding.confidence.word
        return f"Verdict: {cause.id} ({word}): {cause.title}"
    if verdict.status is Status.HEALTHY:
        return f"Verdict: healthy: {_works(result)}"
    return f"Verdict: inconclusive: the pull stops at: {verdict.reached.word}"


def _works(result: Result) -> str:
    if result.target.repository:
        return f"{result.target.image} can be pulled from here"
    return f"{result.target.login_server} gives this machine a token (no image was named)"


def _head(result: Result) -> Iterator[str]:
    here = vantage.of(result.facts)
    where = " ".join(filter(None, (here.name, here.private_ip and f"({here.private_ip})")))
    yield f"acr-diagnose {__version__}: {result.target.image} from {where or 'this machine'}"


def _verdict(result: Result) -> Iterator[str]:
    verdict = result.verdict
    if verdict.primary:
        finding = verdict.primary.finding
        yield f"ROOT CAUSE: {verdict.primary.cause.id} ({finding.confidence.word})"
        yield f"  {verdict.primary.cause.title}"
        yield f"  To be mended by: {verdict.primary.cause.owner}. The pull stops at: " + (
            verdict.reached.word
        )
        if finding.note:
            yield from wrap(finding.note, "  ")
        if finding.settle:
            yield f"  To be sure: {finding.settle}"  # unbroken: mostly a line to paste
    elif verdict.status is Status.HEALTHY:
        yield f"HEALTHY: {_works(result)}"
    else:
        yield f"INCONCLUSIVE: the pull stops at: {verdict.reached.word}"
    if told := advice.of(result.facts, verdict):
        yield from wrap(f"Advice: {told}", "  ")


def _fixes(result: Result) -> Iterator[str]:
    primary = result.verdict.primary
    if primary and primary.finding.fix:
        yield "Fix"
        for number, step in enumerate(primary.finding.fix, 1):
            yield from fix(number, step)


def fix(number: int, step: FixStep) -> Iterator[str]:
    """Give one step of a fix as indented lines."""
    if step.command:
        yield f"  {number}. {step.command}"
        yield from wrap(step.why, "     ")
    else:
        yield from wrap(f"{number}. {step.why}", "  ", "     ")
    yield from wrap(f"risk: {step.risk}; needs: {step.needs}", "     ")
    if step.undo:
        yield f"     undo: {step.undo}"


def _evidence(result: Result) -> Iterator[str]:
    primary = result.verdict.primary
    evidence = primary.finding.evidence if primary else result.verdict.evidence
    if evidence:
        yield "Evidence"
        width = max(len(one.check) for one in evidence)
        for one in evidence:
            yield from wrap(f"{one.check:<{width}} {one.saw}", "  ", " " * (width + 3))


def _also(result: Result) -> Iterator[str]:
    if result.verdict.also:
        healthy = result.verdict.status is Status.HEALTHY
        yield "Beside it" if healthy else "Also wrong (the fix above will expose it)"
        for one in result.verdict.also:
            yield from wrap(
                f"{one.cause.id} ({one.finding.confidence.word}): {one.cause.title}", "  ", "    "
            )
            if healthy and one.finding.note:
                yield from wrap(one.finding.note, "    ")


def _hidden(result: Result) -> Iterator[str]:
    """Count by stage: the ids, which may be dozens, stand in the JSON report."""
    primary, hidden = result.verdict.primary, result.verdict.hidden
    if primary and hidden:
        yield "Not yet visible (behind the fault above)"
        # What a pull has come through at the registry it may meet again at the layers' host.
        stages = sorted(c.stage if c.stage >= primary.stage else Stage.LAYER for c in hidden)
        by_stage = Counter(stage.word for stage in stages)
        counts = (f"{word} ({number})" for word, number in by_stage.items())
        yield from wrap(f"causes that a pull meets at: {', '.join(counts)}", "  ", "    ")


def _rivals(result: Result) -> Iterator[str]:
    open_ones = [rival for rival in result.verdict.rivals if not rival.rejected]
    if open_ones:
        yield "Could also be"
    for rival in open_ones:
        yield from wrap(f"{rival.cause.id}: {rival.because}", "  ", "    ")
        if rival.settle:
            yield f"    to tell: {rival.settle}"


def _ruled_out(result: Result) -> Iterator[str]:
    rejected = [rival for rival in result.verdict.rivals if rival.rejected]
    if rejected:
        yield "Ruled out"
    for rival in rejected:
        yield from wrap(f"{rival.cause.id}: {rival.because}", "  ", "    ")


def _limits(result: Result) -> Iterator[str]:
    if result.limits:
        yield "Could not be seen"
        for sentence in result.limits:
            yield from wrap(sentence, "  ", "    ")


def _checks(steps: Sequence[Step]) -> Iterator[str]:
    yield "Checks"
    width = max((len(step.check.id) for step in steps), default=0)
    for step in steps:
        told = f"{mark(step):<5} {step.check.id:<{width}} {said(step)}"
        yield from wrap(told, "  ", " " * (width + 9))


def mark(step: Step) -> str:
    """Give the word for how a check ended; a word, so that colour is never needed."""
    if step.outcome is Outcome.DONE and step.fact:
        return _MARKS[step.fact.health]
    return {Outcome.SKIPPED: "skip", Outcome.CRASHED: "BUG"}.get(step.outcome, "?")


def said(step: Step) -> str:
    return step.fact.summary if step.fact else step.why


def wrap(text: str, indent: str, further: str | None = None) -> list[str]:
    """Break a sentence into lines; ``further`` is the indent of all but the first."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if further is None else further,
        break_long_words=False,
        break_on_hyphens=False,
    )
