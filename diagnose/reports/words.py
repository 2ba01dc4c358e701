"""The sentences that several reports share: the verdict in one line, where it was made, a mark."""

from collections import Counter
from collections.abc import Iterator, Sequence

from diagnose import vantage
from diagnose.causes.contract import Evidence, Stage
from diagnose.engine import Outcome, Step
from diagnose.judging.verdict import Rival, Status
from diagnose.reports.lines import printable
from diagnose.session import Result

_MARKS = {"ok": "ok", "fail": "FAIL", "unknown": "?"}
_ENDS = {Outcome.SKIPPED: "skip", Outcome.CRASHED: "BUG"}


def closing(result: Result) -> str:
    """Give the verdict as one line."""
    return f"Verdict: {conclusion(result)}"


def conclusion(result: Result) -> str:
    """Give the verdict in a few words: ``tag-not-found (proven): ...``."""
    if result.verdict.status is Status.HEALTHY:
        return f"healthy: {works(result)}"
    return unhealthy(result)


def unhealthy(result: Result) -> str:
    """Give the verdict of a run that does not pull, in the same few words."""
    verdict = result.verdict
    if verdict.primary:
        cause, word = verdict.primary.cause, verdict.primary.finding.confidence.word
        return f"{cause.id} ({word}): {cause.title}"
    return f"inconclusive: the pull stops at: {verdict.reached.word}"


def headline(result: Result) -> str:
    """Give what a report opens with; its first words are in capitals."""
    verdict = result.verdict
    if verdict.primary:
        word = verdict.primary.finding.confidence.word
        return f"ROOT CAUSE: {verdict.primary.cause.id} ({word})"
    status, _, rest = conclusion(result).partition(":")
    return f"{status.upper()}:{rest}"


def works(result: Result) -> str:
    if result.target.repository:
        return f"{result.target.image} can be pulled from here"
    return f"{result.target.login_server} gives this machine a token (no image was named)"


def where(result: Result) -> str:
    """Give the machine's name and address, or ``this machine``."""
    return named(result) or "this machine"


def named(result: Result) -> str:
    """Give as much of the machine's name and address as is known; empty without either."""
    here = vantage.of(result.facts)
    return " ".join(filter(None, (here.name, here.private_ip and f"({here.private_ip})")))


def evidence(result: Result) -> tuple[Evidence, ...]:
    """Give what speaks for the verdict, whatever it is."""
    primary = result.verdict.primary
    return primary.finding.evidence if primary else result.verdict.evidence


def undecided(result: Result) -> list[Rival]:
    return [rival for rival in result.verdict.rivals if not rival.rejected]


def looks(result: Result) -> Iterator[tuple[Rival, str, str]]:
    """Give each open rival, its look, and for a look that was named before, by which cause."""
    primary = result.verdict.primary
    seen = {primary.finding.settle: primary.cause.id} if primary else {}
    for rival in undecided(result):
        yield rival, rival.settle, seen.get(rival.settle, "") if rival.settle else ""
        seen.setdefault(rival.settle, rival.cause.id)


def ruled_out(result: Result) -> list[Rival]:
    return [rival for rival in result.verdict.rivals if rival.rejected]


def behind(result: Result) -> str:
    """Count what a pull may meet behind the fault: the ids, maybe dozens, are in the JSON."""
    primary, hidden = result.verdict.primary, result.verdict.hidden
    if not primary or not hidden:
        return ""
    # What a pull has come through at the registry it may meet again at the layers' host.
    stages = sorted(c.stage if c.stage >= primary.stage else Stage.LAYER for c in hidden)
    counts = Counter(stage.word for stage in stages)
    return "causes that a pull meets at: " + ", ".join(f"{w} ({n})" for w, n in counts.items())


def mark(step: Step) -> str:
    """Give the word for how a check ended: ok, FAIL, ?, skip or BUG."""
    if step.outcome is Outcome.DONE and step.fact:
        return _MARKS[step.fact.health]
    return _ENDS.get(step.outcome, "?")


def said(step: Step) -> str:
    """Give what a check saw, as one printable line."""
    return printable(step.fact.summary if step.fact else step.why)


def tally(steps: Sequence[Step]) -> str:
    """Count the checks by how they ended: ``31 ok, 3 FAIL``."""
    counts = Counter(mark(step) for step in steps)
    known = ((word, counts[word]) for word in ("FAIL", "BUG", "?", "skip", "ok"))
    return ", ".join(f"{number} {word}" for word, number in known if number)
