"""What holds of every run, whatever is broken around it: the one judgement of every cell.

`seen` reduces a `Result` to plain values (a run may be made in another process), and `hold` asserts
over them. A command that gives no `Result` makes its `Seen` itself, with all that it printed.
"""

import io
import itertools
import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass

from diagnose import front, reports
from diagnose.causes.contract import Confidence
from diagnose.engine import Outcome
from diagnose.judging.verdict import Status
from diagnose.session import Result

HEALTHY, INCONCLUSIVE = "", None
SLACK = 2.0  # seconds after the deadline, for the verdict and on a machine that is busy
_AT_REST = 6.0  # seconds more, for putting the servers up and away
_FORMS = ("text", "short", "json", "markdown", "junit", "html", "npd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """What may truly be said of a world: ids of causes, `HEALTHY`, `INCONCLUSIVE`.

    ``proven`` are those of them that nothing else can mean there.
    """

    may: tuple[str | None, ...]
    proven: tuple[str, ...] = ()

    def __add__(self, other: "Says") -> "Says":
        return Says(may=self.may + other.may, proven=self.proven + other.proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One whole run. ``printed`` is all it may show, by form; times are seconds."""

    named: str | None  # the verdict's cause, HEALTHY or INCONCLUSIVE
    proven: tuple[str, ...]  # all that is called proven, in the verdict and beside it
    crashes: tuple[str, ...]  # tracebacks of steps
    printed: dict[str, str]
    deadline: float
    seconds: float  # the run
    spent: float  # with putting the world up and away; as ``seconds`` where there is none


def seen(result: Result, *, deadline: float, spent: float = 0.0) -> Seen:
    """Reduce a result to what `hold` looks at; every form of the report is made."""
    with redirect_stderr(io.StringIO()) as told:
        for step in result.steps:
            front.show(step)  # what -v tells
    found = [*filter(None, (result.verdict.primary,)), *result.verdict.also]
    return Seen(
        named=named(result),
        proven=tuple(f.cause.id for f in found if f.finding.confidence is Confidence.PROVEN),
        crashes=tuple(s.traceback for s in result.steps if s.outcome is Outcome.CRASHED),
        printed={form: reports.rendered(result, form) for form in _FORMS}
        | {"verbose": told.getvalue()},
        deadline=deadline,
        seconds=result.seconds,
        spent=spent or result.seconds,
    )


def named(result: Result) -> str | None:
    """Give the verdict's cause, "" where the pull works, None where it is inconclusive."""
    if result.verdict.primary:
        return result.verdict.primary.cause.id
    return HEALTHY if result.verdict.status is Status.HEALTHY else INCONCLUSIVE


def hold(run: Seen, says: Says) -> None:
    """Assert what holds in every cell, and that the verdict is one that may be given."""
    report = run.printed.get("text", "")
    assert not run.crashes, "\n".join(run.crashes)
    assert run.seconds < run.deadline + SLACK, f"the run took {run.seconds:.1f} s\n{report}"
    assert run.spent < run.deadline + SLACK + _AT_REST, "what takes so long is the lab, not the run"
    for form, text in run.printed.items():
        assert "Traceback (most recent call last)" not in text, text
        assert not odd(text), f"{odd(text)} in {form}: {text[:300]!r}"
    for value in strings(json.loads(run.printed.get("json", "null"))):
        assert not odd(value), f"{odd(value)} in the JSON's {value[:300]!r}"
    assert run.named in says.may, f"{run.named} is not one of {says.may}\n{report}"
    wrong = [cause for cause in run.proven if cause not in says.proven]
    assert not wrong, f"{wrong} called proven where other things can mean it\n{report}"


def odd(text: str) -> set[str]:
    """Give the characters that a terminal might act on."""
    return {char for char in text if not char.isprintable() and char != "\n"}


def strings(value: object) -> Iterator[str]:
    """Give every text in a JSON document, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(strings, (*value, *value.values())))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(strings, value))
