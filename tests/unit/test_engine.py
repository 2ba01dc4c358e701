"""The engine: order by needs, all at the same time, nothing ends the run but its end."""

import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pytest

import checks
from checks.contract import Check, Fact, Needs, View
from checks.ports import World
from diagnose import engine
from diagnose.engine import Outcome
from diagnose.facts import Facts

NO_WORLD = cast(World, SimpleNamespace())


@dataclass(frozen=True)
class First(Fact):
    summary: str = "first"


@dataclass(frozen=True)
class Second(Fact):
    summary: str = "second"


@dataclass(frozen=True)
class Third(Fact):
    summary: str = "third"


def row(name: str, gather: object) -> Check:
    return Check(id=name, title=name, gather=gather)  # type: ignore[arg-type]


def ended(checks_: list[Check], seconds: float = 5.0) -> dict[str, engine.Step]:
    return {
        step.check.id: step for step, _ in engine.run(checks_, NO_WORLD, Facts(), seconds=seconds)
    }


def test_a_check_waits_for_what_it_needs() -> None:
    def late() -> First:
        time.sleep(0.05)
        return First()

    def after(first: First) -> Second:
        return Second(f"after {first.summary}")

    steps = ended([row("after", after), row("late", late)])

    assert steps["after"].fact == Second("after first")


def test_a_crash_is_recorded_and_only_its_dependants_are_skipped() -> None:
    def broken() -> First:
        raise RuntimeError("ours")

    def needy(first: First) -> Second:
        return Second(first.summary)

    def wanting(first: First | None) -> Third:
        return Third(str(first))

    steps = ended([row("broken", broken), row("needy", needy), row("wanting", wanting)])

    assert steps["broken"].outcome is Outcome.CRASHED
    assert "RuntimeError" in steps["broken"].traceback
    assert (steps["needy"].outcome, steps["needy"].why) == (Outcome.SKIPPED, "needs first")
    assert steps["wanting"].fact == Third("None")


def test_independent_checks_take_as_long_as_the_longest() -> None:
    def one() -> First:
        time.sleep(0.3)
        return First()

    def two() -> Second:
        time.sleep(0.3)
        return Second()

    start = time.monotonic()
    ended([row("one", one), row("two", two)])

    assert time.monotonic() - start < 0.5


def test_what_is_not_finished_in_time_is_said_and_left() -> None:
    def slow() -> First:
        time.sleep(5)
        return First()

    def after(first: First) -> Second:
        return Second(first.summary)

    start = time.monotonic()
    steps = ended([row("slow", slow), row("after", after)], seconds=0.2)

    assert time.monotonic() - start < 1
    assert {step.outcome for step in steps.values()} == {Outcome.UNFINISHED}


def test_a_fact_has_one_giver() -> None:
    def one() -> First:
        return First()

    with pytest.raises(TypeError, match="First is given by"):
        engine.order([row("one", one), row("other", one)])


def test_the_checks_of_the_product_can_be_ordered_and_every_need_has_a_giver() -> None:
    given = {kind for check in checks.ALL for kind in check.needs.gives}
    seeds = {"Asked"}
    for check in checks.ALL:
        for kind in (*check.needs.required, *check.needs.wanted):
            assert kind in given or kind.__name__ in seeds, f"{check.id} needs {kind.__name__}"


@dataclass(frozen=True, kw_only=True)
class Both(View):
    first: First
    second: Second | None


def test_a_view_stands_for_its_fields() -> None:
    def read(both: Both) -> Third:
        return Third(f"{both.first.summary} {both.second}")

    needs = Needs.of(read)

    assert (needs.required, needs.wanted, needs.gives) == ((First,), (Second,), (Third,))
    assert Facts([First()]).call(read) == Third("first None")
