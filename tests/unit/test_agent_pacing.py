"""How often a target is asked: the interval while it works, soon after it broke, then less."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.agent import pacing
from diagnose.agent.pacing import Pace
from diagnose.agent.seen import Seen
from tests.unit.agents import BUSY, HEALTHY, REFUSED, UNCLEAR

PACE = Pace(interval=300.0)


def pauses(*seen: Seen, pace: Pace = PACE) -> list[float]:
    found, before, pause = [], None, pace.interval
    for one in seen:
        pause = pace.after(one, before, pause)
        found.append(pause)
        before = one
    return found


def test_what_works_is_asked_at_the_interval() -> None:
    assert pauses(HEALTHY, HEALTHY, HEALTHY) == [300.0] * 3


def test_what_broke_is_asked_soon_and_then_less_and_less_up_to_an_hour() -> None:
    expected = [30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0]

    assert pauses(HEALTHY, *[REFUSED] * 9)[1:] == expected
    assert pauses(*[REFUSED] * 9) == expected


def test_what_was_mended_is_asked_at_the_interval_again() -> None:
    assert pauses(*[REFUSED] * 8, HEALTHY)[-1] == 300.0


def test_another_fault_ends_the_long_pauses_but_a_flapping_one_is_not_asked_more_often() -> None:
    assert pauses(*[REFUSED] * 8, UNCLEAR)[-1] == 300.0
    assert pauses(REFUSED, REFUSED, UNCLEAR, REFUSED, UNCLEAR) == [30.0, 60.0, 60.0, 60.0, 60.0]


def test_a_429_slows_down_at_once() -> None:
    assert pauses(HEALTHY, BUSY, BUSY, BUSY, BUSY, BUSY)[1:] == [600, 1200, 2400, 3600, 3600]
    assert pauses(REFUSED, BUSY) == [30.0, 600.0]
    assert pauses(BUSY, HEALTHY) == [600.0, 300.0]


def test_a_429_beside_another_cause_slows_down_too() -> None:
    assert pauses(replace(REFUSED, throttled=True)) == [600.0]


@pytest.mark.parametrize(("interval", "soon"), [(30.0, 30.0), (600.0, 60.0), (86400.0, 8640.0)])
def test_no_pause_is_shorter_than_half_a_minute(interval: float, soon: float) -> None:
    assert pauses(REFUSED, pace=Pace(interval=interval)) == [soon]


def test_a_long_interval_is_never_shortened_to_an_hour() -> None:
    assert pauses(*[REFUSED] * 9, pace=Pace(interval=7200.0))[-1] == 7200.0


@given(st.lists(st.sampled_from([HEALTHY, REFUSED, UNCLEAR, BUSY]), max_size=40))
def test_whatever_comes_the_load_is_bounded(seen: list[Seen]) -> None:
    assert all(30.0 <= pause <= 3600.0 for pause in pauses(*seen))


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_pause_is_spread_by_a_tenth(chance: float) -> None:
    assert 89.99 < pacing.spread(100.0, chance) < 110.01
    assert 0.0 <= PACE.first(chance) <= 30.0
