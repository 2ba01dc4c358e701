"""The waterfall of a run: which checks decided how long it took, and lines of 80 columns."""

from dataclasses import dataclass, replace

import pytest

import checks
from checks.contract import Check, Fact
from diagnose.engine import Outcome, Step
from diagnose.reports import waterfall


@dataclass(frozen=True)
class Ground(Fact):
    summary = ""


@dataclass(frozen=True)
class Left(Fact):
    summary = ""


@dataclass(frozen=True)
class Right(Fact):
    summary = ""


@dataclass(frozen=True)
class Top(Fact):
    summary = ""


def ground() -> Ground: ...
def left(_ground: Ground) -> Left: ...
def right(_ground: Ground) -> Right: ...
def top(_left: Left, _right: Right) -> Top: ...


def step(gather, began: float, took: float, outcome: Outcome = Outcome.DONE) -> Step:
    check = Check(id=gather.__name__, title="", gather=gather)
    return Step(check=check, outcome=outcome, began=began, took=took)


GROUND, TOP = step(ground, 0.0, 1.0), step(top, 4.0, 1.0)
LEFT, RIGHT = step(left, 1.0, 3.0), step(right, 1.0, 0.5)


def ids(chain: list[Step]) -> list[str]:
    return [one.check.id for one in chain]


def test_the_chain_goes_through_what_was_waited_for_longest() -> None:
    slower = replace(RIGHT, took=3.1)

    assert ids(waterfall.critical([GROUND, LEFT, RIGHT, TOP])) == ["ground", "left", "top"]
    assert ids(waterfall.critical([GROUND, LEFT, slower, TOP])) == ["ground", "right", "top"]


def test_the_chain_ends_with_what_ended_last_and_not_with_what_waited_longest() -> None:
    last = replace(RIGHT, took=9.0)

    assert ids(waterfall.critical([GROUND, LEFT, last, TOP])) == ["ground", "right"]


def test_behind_a_skipped_check_stands_what_that_one_waited_for() -> None:
    skipped = replace(LEFT, began=0.0, took=0.0, outcome=Outcome.SKIPPED)
    without = replace(RIGHT, began=0.0, took=0.0, outcome=Outcome.SKIPPED)

    assert ids(waterfall.critical([GROUND, skipped, without, TOP])) == ["ground", "top"]


def test_a_run_in_which_nothing_was_asked_has_no_chain() -> None:
    none = replace(GROUND, took=0.0, outcome=Outcome.UNFINISHED)

    assert waterfall.critical([none]) == []
    assert waterfall.told([none], 0.0)[-1] == "  1 more took no time, or were not run"


def test_the_picture() -> None:
    brief = replace(RIGHT, took=0.001)

    assert waterfall.told([TOP, GROUND, LEFT, brief], 5.0, 60) == [
        "  check                 began   took  0 s             5.00 s",
        "* ground                 0.00   1.00  |####                |",
        "* left                   1.00   3.00  |    ############    |",
        "* top                    4.00   1.00  |                ####|",
        "* these decided: 5.00 s of the 5.00 s that the run took",
        "  1 more took no time, or were not run",
    ]


@pytest.mark.parametrize("seconds", [0.0, 0.004, 1.0, 119.0])
def test_it_fits_in_80_columns_whatever_the_times_are(seconds: float) -> None:
    steps = [
        Step(check=check, outcome=Outcome.DONE, began=number, took=0.3 + number)
        for number, check in enumerate(checks.ALL)
    ]
    lines = waterfall.told(steps, seconds)

    assert len(lines) == len(steps) + 2
    assert max(map(len, lines)) <= 80
    assert {len(line) for line in lines[1:-1]} == {80}
