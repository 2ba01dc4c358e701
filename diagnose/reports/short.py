"""The report for a chat, or for the 4 KB that run-command gives back: at most twelve lines.

Sentences are shortened, commands never: one that does not fit is counted instead, with the word on
where to see it.
"""

from diagnose import __version__
from diagnose.causes.contract import Evidence, FixStep
from diagnose.judging.verdict import Status
from diagnose.reports import words
from diagnose.reports.lines import printable, shortened
from diagnose.session import Result

LINES = 12
BYTES = 4000  # of UTF-8; run-command keeps 4 KB
_SENTENCE, _ADVICE = 170, 400  # bytes; a step that no command can do is not cut as short
_LOOK = 1200  # bytes; a longer look is left to the whole report
_FIXES, _LOOKS = 3, 2


def render(result: Result) -> str:
    before, after = _before(result), _after(result)
    room = BYTES - sum(map(_size, (*before, *after)))
    fixes = _fixes(result, LINES - len(before) - len(after), room)
    return "".join(f"{line}\n" for line in (*before, *fixes, *after))


def _before(result: Result) -> list[str]:
    verdict = result.verdict
    at = _cut(f"{result.target.image} from {words.where(result)}")
    if not verdict.primary:
        return [_cut(words.headline(result)), at]
    cause = verdict.primary.cause
    return [
        _cut(f"{words.headline(result)}: {cause.title}"),
        at,
        f"to be mended by: {cause.owner}; the pull stops at: {verdict.reached.word}",
    ]


def _fixes(result: Result, lines: int, room: int) -> list[str]:
    """Give the first steps that fit into ``lines`` and ``room`` bytes, and count the others."""
    primary = result.verdict.primary
    steps = primary.finding.fix if primary else ()
    whole = len(steps) <= min(lines, _FIXES)
    shown: list[str] = []
    left = room - _SENTENCE  # for the line that counts
    for number, step in enumerate(steps if whole else steps[: min(lines - 1, _FIXES)], 1):
        line = _step(f"fix {number} of {len(steps)}", step)
        if _size(line) > left:
            break
        left -= _size(line)
        shown.append(line)
    if len(shown) < len(steps):
        shown.append(f"fix: {len(steps) - len(shown)} more step(s), see -o text")
    return shown


def _step(label: str, step: FixStep) -> str:
    if step.command:
        return f"{label}, {step.risk}: {printable(step.command)}"
    return shortened(f"{label}, {step.risk}: {step.why}", _ADVICE)


def _after(result: Result) -> list[str]:
    verdict = result.verdict
    lines = [_cut(f"saw {one.check}: {one.saw}") for one in _telling(words.evidence(result))]
    if verdict.also:
        which = "beside it" if verdict.status is Status.HEALTHY else "also wrong"
        lines.append(_cut(f"{which}: {', '.join(found.cause.id for found in verdict.also)}"))
    lines += _open(result)
    unseen = f"{len(result.limits)} thing(s) could not be seen; " if result.limits else ""
    lines.append(f"acr-diagnose {__version__}; {unseen}the whole report: -o text")
    return lines


def _telling(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Give the symptom, which stands first, and what decided it, which stands last."""
    return evidence if len(evidence) <= 3 else (evidence[0], *evidence[-2:])


def _open(result: Result) -> list[str]:
    """Say what else it could be, and which look would settle it."""
    primary, rivals = result.verdict.primary, words.undecided(result)
    names = ", ".join(rival.cause.id for rival in rivals)
    lines = [_cut(f"could {'also ' if primary else ''}be: {names}")] if rivals else []
    if primary:
        look = primary.finding.settle
        return lines + ([_look("to be sure", look)] if look else [])
    looks = [_look(f"{rival.cause.id}, to tell", rival.settle) for rival in rivals if rival.settle]
    return lines + looks[:_LOOKS]


def _look(label: str, look: str) -> str:
    line = f"{label}: {printable(look)}"
    return line if _size(line) <= _LOOK else f"{label}: a look too long for here, see -o text"


def _cut(text: str) -> str:
    return shortened(text, _SENTENCE)


def _size(line: str) -> int:
    return len(line.encode("utf-8", "backslashreplace")) + 1
