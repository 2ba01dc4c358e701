"""The agent's loop on a clock of its own: who is asked when, and what cannot stop it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.agent.loop import PARALLEL, Again
from diagnose.agent.seen import Seen, Status
from tests.unit.agents import HEALTHY, REFUSED, Stage

HOUR = 3600.0
HANGS = -1.0  # seconds of a run that does not come back


def test_a_target_that_works_is_asked_every_interval() -> None:
    stage = Stage(lambda _: (HEALTHY, 2.0))

    assert stage.play("one", seconds=HOUR) == 0
    assert stage.gaps("one") == [300.0] * 11


def test_pauses_are_spread() -> None:
    early, late = (Stage(lambda _: (HEALTHY, 2.0), chance=chance) for chance in (0.0, 0.999))
    early.play("one", seconds=HOUR)
    late.play("one", seconds=HOUR)

    assert set(early.gaps("one")) == {270.0}
    assert set(late.gaps("one")) == {329.94}
    assert (early.asked[0][0], round(late.asked[0][0])) == (0.0, 30)


def test_a_failing_target_is_asked_less_and_less() -> None:
    stage = Stage(lambda _: (REFUSED, 1.0))
    stage.play("one", seconds=4 * HOUR)

    assert stage.gaps("one") == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_run_that_hangs_is_an_error_once_and_stops_nobody_else() -> None:
    stage = Stage(lambda name: (HEALTHY, HANGS if name == "stuck" else 1.0))
    stage.play("stuck", "one", "two", seconds=HOUR)
    errors = [row for row in stage.told if row[2].status is Status.ERROR]

    assert [row[1] for row in stage.asked if row[1] == "stuck"] == ["stuck"]
    assert [(round(at), name) for at, name, *_ in errors] == [(65, "stuck")]
    assert errors[0][2].why == "not finished within 50 s"
    assert len(stage.gaps("one")) == len(stage.gaps("two")) == 11


def test_as_many_that_hang_as_there_are_places_stop_nobody_else() -> None:
    stuck = [f"stuck-{number}" for number in range(2 * PARALLEL)]
    stage = Stage(lambda name: (HEALTHY, HANGS if name in stuck else 1.0))
    stage.play(*stuck, "one", seconds=HOUR)

    assert len(stage.gaps("one")) >= 10
    assert len([row for row in stage.told if row[2].status is Status.ERROR]) == len(stuck)


def test_a_run_that_comes_back_late_counts_and_its_target_goes_on() -> None:
    times = iter([120.0, *[1.0] * 100])
    stage = Stage(lambda _: (HEALTHY, next(times)))
    stage.play("one", seconds=HOUR)

    assert [row[2].status for row in stage.told[:3]] == ["error", "healthy", "healthy"]
    assert stage.told[1][0] == pytest.approx(15.0 + 120.0)


def test_a_hangup_asks_everybody_now_but_nobody_twice() -> None:
    stage = Stage(lambda name: (HEALTHY, 40.0 if name == "slow" else 1.0))
    for moment in (20.0, 20.5, 100.0):
        stage.at(moment, lambda: stage.put(Again()))
    stage.play("slow", "quick", seconds=120.0)

    assert [row for row in stage.asked if row[1] == "quick"] == [
        (15.0, "quick"),
        (20.0, "quick"),
        (100.0, "quick"),
    ]
    assert [row for row in stage.asked if row[1] == "slow"] == [(15.0, "slow"), (100.0, "slow")]


def test_a_crowd_of_threads_ends_the_process_with_the_tools_own_code() -> None:
    stage = Stage(lambda _: (HEALTHY, 1.0))
    stage.crowd = lambda: 1 + int(stage.now)

    assert stage.play("one", seconds=HOUR) == 5
    assert 1000 <= stage.now < 1010


def test_once_asks_each_once_and_ends() -> None:
    names = [f"r{number}" for number in range(3 * PARALLEL)]
    stage = Stage(lambda name: (HEALTHY, HANGS if name == "r1" else 1.0))

    assert stage.play(*names, seconds=HOUR, once=True) == 0
    assert sorted(name for _, name in stage.asked) == sorted(names)
    assert sorted(name for _, name, *_ in stage.told) == sorted(names)
    assert stage.now == 50.0  # the one that hangs is not waited for any longer


def results(draw: st.DrawFn) -> Iterator[tuple[Seen, float]]:
    while True:
        seen = draw(st.sampled_from([HEALTHY, REFUSED]))
        yield seen, draw(st.sampled_from([0.0, 0.5, 20.0, 49.0, 200.0, HANGS]))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_no_target_twice_at_a_time_and_never_more_than_its_places(data: st.DataObject) -> None:
    """`Stage.ask` fails on a second run; a run over its limit has given its place away."""
    names = [f"r{number}" for number in range(data.draw(st.integers(1, 9)))]
    stage = Stage(lambda _: next(results(data.draw)))
    lost: set[str] = set()
    tell = stage.tell

    def watch(registry: str, seen: Seen, before: Seen | None) -> None:
        tell(registry, seen, before)
        lost.discard(registry)
        if seen.status is Status.ERROR:
            lost.add(registry)
        assert len(stage.under_way - lost) <= PARALLEL

    stage.tell = watch  # type: ignore[method-assign]

    assert stage.play(*names, seconds=HOUR) == 0
