"""The report for node-problem-detector: one line of at most 80 bytes, and its own exit codes.

A custom plugin's exit code is 0 for no problem, 1 for a problem and 2 for unknown; of its stdout
the first 80 bytes are kept (https://github.com/kubernetes/node-problem-detector,
pkg/custompluginmonitor). So the cause comes first, what has no room is left out as a whole, and
nothing is cut inside a word.
"""

from collections.abc import Iterable, Iterator

from diagnose.judging.verdict import Status
from diagnose.reports.lines import printable
from diagnose.session import Result

BYTES = 80  # with the end of the line
UNKNOWN = 2


def render(result: Result) -> str:
    return _first_that_fits(_ever_shorter(result))


def failure(why: str) -> str:
    """Give the line where there is no verdict: ``why``, as far as there is room for whole words."""
    words = f"unknown: {printable(why)}".split()
    lengths = range(len(words), 0, -1)
    return _first_that_fits(" ".join(words[:length]) for length in lengths)


def code(usual: int) -> int:
    """Give node-problem-detector's exit code for that of a run."""
    return usual if usual in (0, 1) else UNKNOWN


def _ever_shorter(result: Result) -> Iterator[str]:
    verdict, target = result.verdict, result.target
    stops = f"stops at {verdict.reached.word}"
    if verdict.status is Status.HEALTHY:
        yield f"healthy: {target.image} can be pulled" if target.repository else ""
        yield f"healthy: {target.login_server}"
        yield "healthy"
        return
    head = verdict.status.value
    if verdict.primary:
        head = verdict.primary.cause.id
        sure = f"{head} ({verdict.primary.finding.confidence.word})"
        yield f"{sure}: {target.login_server} {stops}"
        yield f"{sure}: {target.registry} {stops}"
    yield f"{head}: {target.login_server} {stops}"
    yield f"{head}: {target.registry} {stops}"
    yield f"{head}: {stops}"


def _first_that_fits(lines: Iterable[str]) -> str:
    fitting = (f"{line}\n" for line in lines if line and len(line.encode()) < BYTES)
    return next(fitting, "unknown\n")
