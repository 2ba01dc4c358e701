"""What the engine costs: 100 checks that do nothing, independent of each other or in one chain."""

from dataclasses import make_dataclass
from types import SimpleNamespace
from typing import cast

import pytest

from checks.contract import Check, Fact
from checks.ports import World
from diagnose import engine
from diagnose.facts import Facts
from tests.bench import page

COUNT = 100
rows: list[tuple[str, str]] = []
NO_WORLD = cast(World, SimpleNamespace())


def trivial(number: int, before: type[Fact] | None) -> tuple[Check, type[Fact]]:
    """Give a check, which needs ``before`` if there is one, and the fact that it gives."""
    kind = make_dataclass(f"Fact{number}", [("summary", str, "")], bases=(Fact,), frozen=True)

    def alone() -> Fact:
        return kind()

    def after(one: Fact) -> Fact:
        return kind()

    gather = after if before else alone
    gather.__annotations__ = {"return": kind} | ({"one": before} if before else {})
    return Check(id=f"check-{number}", title="trivial", gather=gather), kind


def made(*, chained: bool) -> list[Check]:
    found: list[Check] = []
    kind: type[Fact] | None = None
    for number in range(COUNT):
        check, kind = trivial(number, kind if chained else None)
        found.append(check)
    return found


@pytest.mark.parametrize("chained", [False, True], ids=["independent", "one-chain"])
def test_engine(benchmark, capsys, chained: bool) -> None:
    checks = made(chained=chained)

    def run() -> list[engine.Outcome]:
        return [step.outcome for step, _ in engine.run(checks, NO_WORLD, Facts(), seconds=10)]

    outcomes = benchmark(run)

    assert outcomes == [engine.Outcome.DONE] * COUNT
    each = benchmark.stats.stats.median / COUNT
    benchmark.extra_info["microseconds_per_check"] = round(each * 1e6, 1)
    rows.append(("one chain" if chained else "independent", f"{each * 1e6:.0f} us"))
    table = page.table((f"{COUNT} checks that do nothing", "each"), rows)
    page.section("engine", table)
    with capsys.disabled():
        print(f"\nengine: {each * 1e6:.0f} us a check")
