"""The middle of the page: what speaks for the verdict, what else may be, and every check."""

import json as codec
from collections import Counter
from collections.abc import Iterator

from diagnose import __version__
from diagnose.engine import Outcome, Step
from diagnose.judging.verdict import Found, Status
from diagnose.reports import json
from diagnose.reports import words as told
from diagnose.reports.html import marks
from diagnose.reports.html.markup import listed, look, pairs, section, words
from diagnose.session import Result

_LONGEST = 60_000  # characters of facts; the JSON report has them all
_SPELT = {"FAIL": "fail", "BUG": "crashed", "?": "unknown", "skip": "skipped", "ok": "ok"}


def sections(result: Result) -> Iterator[str]:
    healthy = result.verdict.status is Status.HEALTHY
    seen = ((one.check, words(one.saw)) for one in told.evidence(result))
    yield section("evidence", "Evidence", pairs(seen))
    also = listed(_also(one, notes=healthy) for one in result.verdict.also)
    yield section("also", "Beside it" if healthy else "Also wrong", also)
    yield section("hidden", "Not yet visible", _paragraph(told.behind(result)))
    other = "Could be" if result.verdict.status is Status.INCONCLUSIVE else "Could also be"
    yield section("rivals", other, listed(_undecided(result)))
    out = (f"<code>{words(r.cause.id)}</code> {words(r.because)}" for r in told.ruled_out(result))
    yield section("out", "Ruled out", listed(out))
    yield section("limits", "Could not be seen", listed(map(words, result.limits)))
    yield section("checks", "Checks", _paragraph(_tally(result.steps)), _table(result.steps))


def _also(one: Found, *, notes: bool) -> str:
    note = f'<p class="tell">{words(one.finding.note)}</p>' if notes and one.finding.note else ""
    return (
        f"<code>{words(one.cause.id)}</code> <strong>{one.finding.confidence.word}</strong>: "
        f"{words(one.cause.title)}{note}"
    )


def _undecided(result: Result) -> Iterator[str]:
    for rival, settle, named in told.looks(result):
        how = f"as for <code>{words(named)}</code>" if named else look(settle)
        tell = f'<p class="tell"><span class="quiet">To tell:</span> {how}</p>' if how else ""
        yield f"<code>{words(rival.cause.id)}</code> {words(rival.because)}{tell}"


def _paragraph(sentence: str) -> str:
    return f"<p>{words(sentence)}</p>" if sentence else ""


def _tally(steps: tuple[Step, ...]) -> str:
    counts = Counter(map(told.mark, steps))
    return ", ".join(f"{counts[word]} {spelt}" for word, spelt in _SPELT.items() if counts[word])


def _table(steps: tuple[Step, ...]) -> str:
    if not steps:
        return ""
    rows = "\n".join(map(_check, steps))
    return (
        '<table>\n<thead><tr><th scope="col">Result</th><th scope="col">Check</th>'
        f'<th scope="col">What it saw</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>'
    )


def _check(step: Step) -> str:
    word = told.mark(step)
    kind = marks.ENDS[word][0]
    why = f'<span class="quiet">{words(step.why)}</span>' if step.fact and step.why else ""
    return (
        f'<tr class="{kind}"><td><span class="end">{marks.of_check(word)}{_SPELT[word]}</span></td>'
        f'<th scope="row"><code>{words(step.check.id)}</code></th>'
        f"<td>{words(told.said(step))}{why}</td></tr>"
    )


def footer(result: Result) -> str:
    facts = codec.dumps(json.document(result)["facts"], indent=1, sort_keys=True, default=list)
    # Line by line, as a line break is the one character of control that belongs here.
    lines = "\n".join(map(words, facts[:_LONGEST].split("\n")))
    more = "\n... shortened; the JSON report has the rest" if len(facts) > _LONGEST else ""
    crashed = any(step.outcome is Outcome.CRASHED for step in result.steps)
    bug = "<p>A check crashed, which is a fault of this program.</p>" if crashed else ""
    return (
        f"<footer>\n{bug}<details><summary>The facts as JSON</summary>\n"
        f"<pre>{lines}{more}</pre></details>\n"
        f"<p>Made by acr-diagnose {words(__version__)}. This page asks nobody for anything.</p>\n"
        "</footer>"
    )
