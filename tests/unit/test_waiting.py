"""Waiting for a fix to count: how long, how often, and what is told on the way."""

from collections.abc import Iterator

import pytest

import checks
from checks.target import Asked, UsageError, parse
from diagnose import waiting
from diagnose.causes.contract import Stage
from diagnose.commands import wait as wait_option
from diagnose.ending import Ending
from diagnose.engine import Outcome, Step
from diagnose.facts import Facts
from diagnose.judging.verdict import Status, Verdict
from diagnose.session import Result


def result(status: Status, said: str = "") -> Result:
    check = checks.ALL[0]
    return Result(
        target=parse("contoso"),
        facts=Facts([Asked(text="contoso")]),
        steps=(Step(check=check, outcome=Outcome.SKIPPED, why=said),),
        verdict=Verdict(status=status, reached=Stage.TOKEN),
        limits=(),
        seconds=1.0,
    )


class Time(Ending):
    """A clock that only resting moves."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.pauses = 0.0, []

    def rest(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def wait(results: Iterator[Result], limit: float) -> tuple[Result, Time]:
    time = Time()
    last = waiting.until_healthy(lambda: next(results), limit, time, clock=time.clock)
    return last, time


def test_it_ends_with_the_first_healthy_run() -> None:
    told = [result(Status.CAUSE), result(Status.INCONCLUSIVE), result(Status.HEALTHY)]

    last, time = wait(iter(told), 600.0)

    assert last is told[2]
    assert time.pauses == [5.0, 10.0]


def test_it_ends_before_the_limit_when_nothing_heals() -> None:
    last, time = wait(iter([result(Status.CAUSE)] * 100), 60.0)

    assert last.verdict.status is Status.CAUSE
    assert 0 < time.now <= 60.0


def test_it_runs_once_at_least() -> None:
    last, time = wait(iter([result(Status.CAUSE)]), 0.0)

    assert last.verdict.status is Status.CAUSE
    assert time.pauses == []


def test_a_run_that_was_interrupted_leaves_the_word_to_the_one_before() -> None:
    time, told = Time(), [result(Status.CAUSE), result(Status.INCONCLUSIVE)]

    def once() -> Result:
        time.number = 2 if len(told) == 1 else 0
        return told.pop(0)

    last = waiting.until_healthy(once, 600.0, time, clock=time.clock)

    assert last.verdict.status is Status.CAUSE
    assert time.pauses == [5.0]


def test_it_says_what_changed_and_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    told = [
        result(Status.CAUSE, "no rule"),
        result(Status.CAUSE, "no rule"),
        result(Status.HEALTHY, "a rule"),
    ]

    wait(iter(told), 600.0)

    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("no change") == 1
    assert "target: skip a rule (was: skip no rule)" in err


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("10m", 600), ("1h", 3600)]
)
def test_a_duration_is_read(text: str, expected: float) -> None:
    assert wait_option.seconds(text) == expected


@pytest.mark.parametrize("text", ["", "m", "-5", "1.5m", "10 m", "٣", "1d"])
def test_what_is_no_duration_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="--wait"):
        wait_option.seconds(text)


def test_a_bare_wait_takes_no_other_word_for_its_value() -> None:
    assert wait_option.spelt_out([]) == []
    assert wait_option.spelt_out(["--wait", "contoso"]) == ["--wait=10m", "contoso"]
    assert wait_option.spelt_out(["contoso", "--wait"]) == ["contoso", "--wait=10m"]
    assert wait_option.spelt_out(["--wait", "5m", "contoso"]) == ["--wait", "5m", "contoso"]
    assert wait_option.spelt_out(["--wait=5m", "contoso"]) == ["--wait=5m", "contoso"]
