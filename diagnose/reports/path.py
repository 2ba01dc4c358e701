"""The way of a pull, station by station, and how far this one got; for any report to draw.

A station that lies behind the fault is passed only where a fact says that something passed it. A
look that was denied makes a station one that was not looked at, never one where the pull stopped.
"""

from dataclasses import dataclass

from checks.challenge import Challenge
from checks.contract import Health
from checks.docker_runtime import DockerDown, DockerRuntime
from checks.layer import Layer
from checks.refusal import Refused
from checks.target import Target
from checks.words import Word
from diagnose.causes.contract import Stage
from diagnose.facts import Facts
from diagnose.judging.verdict import Status, Verdict
from diagnose.reports.stations import ROWS, RUNTIME, Row

_OF_AN_IMAGE = (Stage.MANIFEST, Stage.LAYER, Stage.RUNTIME)


class State(Word):
    PASSED = "passed"
    STOPPED = "stopped here"
    UNREACHED = "not reached"
    UNSEEN = "not looked at"
    ASIDE = "failed, not decisive"  # a proxy went round it, or the pull stops for another reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One station; ``name`` is what really stands there, empty where it is not known.

    ``saw`` is one line of what was seen there, empty where nothing was.
    """

    title: str
    name: str
    state: State
    saw: str


def stations(facts: Facts, verdict: Verdict) -> tuple[Station, ...]:
    """Give the stations in the order in which a pull comes to them."""
    rows = [row for row in ROWS if row is not RUNTIME or _has_runtime(facts, verdict)]
    stop = _stop(rows, facts, verdict)
    found = []
    for number, row in enumerate(rows):
        state = State.STOPPED if number == stop else _state(row, facts)
        if state is not State.PASSED and stop is not None and number > stop:
            state = State.UNREACHED if _is_asked(row, facts) else State.UNSEEN
        saw = _saw(row, facts, verdict, state)
        found.append(Station(title=row.title, name=row.name(facts), state=state, saw=saw))
    return tuple(found)


def _state(row: Row, facts: Facts) -> State:
    """Say what is known of a station that the pull came to and did not stop at."""
    if row.passed(facts):
        return State.PASSED
    return (
        State.ASIDE if any(fact.health is Health.FAIL for fact in row.seen(facts)) else State.UNSEEN
    )


def _is_asked(row: Row, facts: Facts) -> bool:
    """Tell whether the pull would come to this station: one without an image ends at the token."""
    target = facts.get(Target)
    return bool(target and target.repository) or not {*row.stages} & {*_OF_AN_IMAGE}


def _stop(rows: list[Row], facts: Facts, verdict: Verdict) -> int | None:
    """Give the number of the station at which the pull stopped, or None where it works."""
    if verdict.status is Status.HEALTHY:
        return None
    stage = verdict.primary.stage if verdict.primary else verdict.reached
    challenge = facts.get(Challenge)
    if stage is Stage.CHALLENGE and challenge and not challenge.from_acr:
        stage = Stage.TLS  # something on the way answered in the registry's place
    if stage is Stage.TOKEN and not verdict.primary and facts.has(Refused):
        stage = Stage.ADMISSION
    first = next(number for number, row in enumerate(rows) if stage in row.stages)
    if verdict.primary:
        return first
    # Without a cause the stage is the last one that was tried, which may have gone through.
    left = [number for number, row in enumerate(rows[first:], first) if not row.passed(facts)]
    return left[0] if left else len(rows) - 1


def _saw(row: Row, facts: Facts, verdict: Verdict, state: State) -> str:
    seen = row.seen(facts)
    fine = [fact for fact in seen if fact.health is Health.OK]
    failed = [fact for fact in seen if fact.health is Health.FAIL]
    if state is State.STOPPED and not failed and verdict.primary:
        return verdict.primary.finding.evidence[0].saw
    chosen = {State.STOPPED: failed, State.PASSED: fine}.get(state, []) or seen
    return chosen[0].summary if chosen else ""


def _has_runtime(facts: Facts, verdict: Verdict) -> bool:
    """Tell whether docker was asked, or a runtime is all that is left to blame."""
    blamed = verdict.primary is not None and verdict.primary.stage is Stage.RUNTIME
    left = verdict.status is Status.INCONCLUSIVE and facts.has(Layer)
    return blamed or left or any(map(facts.has, (DockerDown, DockerRuntime)))
