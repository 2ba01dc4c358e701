"""A whole run over latency, beside its longest chain: the goal is a ratio of at most 1.15.

Each run is a process of its own in a network namespace, the servers are another's, and every packet
between them is under way for as long as is said: look-ups, SYNs and handshakes too. Two measures
are told of what a run cannot be shorter than:

* its chain: the checks that have to wait for each other, each as long as it took. This is what the
  goal is about; a run that takes longer than its chain lost time between checks.
* its round trips: how often, on the way through the checks on which that is most, somebody had to
  be waited for, times the latency. The servers' own time and all of ours is not in it. It tells
  what the first measure cannot: time that is lost within a check.
"""

import json
import os
import shutil
import statistics
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import checks
from checks.contract import Check
from diagnose import engine
from diagnose.engine import Outcome, Step
from diagnose.reports import waterfall
from tests.bench import page
from tests.bench.far import Far
from tests.matrix import runs

DISTANCES = (0.0, 0.005, 0.02, 0.08)  # seconds each way
ROUNDS = 3
GOAL = 1.15
SHOWN = 0.02  # the distance of the picture
WORLDS = {  # one of each folder of diagnose/causes
    "healthy": "everything_is_right",
    "content": "the_tag_is_not_there",
    "dns": "the_zone_is_not_linked",
    "firewall": "a_sibling_subnet_is_allowed",
    "host": "the_clock_is_a_year_behind",
    "identity": "the_identity_may_not_pull",
    "path": "a_middlebox_signs_for_the_registry",
    "runtime": "dockers_own_proxy_is_dead",
    "service": "the_registry_answers_503",
}
BY_ID = {check.id: check for check in checks.ALL}

pytestmark = pytest.mark.skipif(
    not Path("/dev/net/tun").exists() or os.geteuid() != 0 or not shutil.which("nsenter"),
    reason="network namespaces, and a cable between them, need root on Linux",
)


def longest(weights: Mapping[str, float]) -> float:
    """Give the most that stands on one way through the checks, by what each one waits for."""
    before = engine.order(checks.ALL)

    @cache
    def until(check: Check) -> float:
        return weights.get(check.id, 0.0) + max(map(until, before[check]), default=0.0)

    return max(map(until, before))


def trips(run: Mapping[str, Any]) -> int:
    """Count the round trips on the way through the checks on which they are most."""
    by_check: dict[str, list[tuple[float, float]]] = {}
    for trip in run["trips"]:
        by_check.setdefault(trip["check"], []).append((trip["ended"], trip["began"]))
    return round(longest({check: after_each_other(all_) for check, all_ in by_check.items()}))


def after_each_other(spans: list[tuple[float, float]]) -> int:
    """Count as many of the spans, each its end and its beginning, as did not overlap."""
    count, over = 0, float("-inf")
    for ended, began in sorted(spans):
        if began >= over:
            count, over = count + 1, ended
    return count


def steps(run: Mapping[str, Any]) -> list[Step]:
    return [
        Step(
            check=BY_ID[step["check"]],
            outcome=Outcome(step["outcome"]),
            began=step["began"],
            took=step["took"],
        )
        for step in run["steps"]
    ]


def cell(rounds: list[dict[str, Any]], each_way: float) -> tuple[str, float]:
    """Give what stands in the table for one world at one distance, and its ratio to the chain."""
    middle = sorted(rounds, key=lambda run: run["seconds"])[len(rounds) // 2]
    chain = longest({step["check"]: step["took"] for step in middle["steps"]})
    ratio, least = middle["seconds"] / chain, trips(middle) * 2 * each_way
    of_trips = f"{middle['seconds'] / least:.2f}" if least else "-"
    return f"{middle['seconds']:.2f} s, {ratio:.2f}, {of_trips} ({trips(middle)})", ratio


def measured(far: Far, tell: Callable[[str], None]) -> tuple[list[list[str]], list[float], str]:
    """Run every world at every distance; give the table's rows, all ratios, and one picture."""
    rows: list[list[str]] = []
    ratios: list[float] = []
    picture = ""
    for world, story in WORLDS.items():
        rows.append([f"{world}: {runs.BY_NAME[story].with_arm or 'healthy'}"])
        for each_way in DISTANCES:
            far.distance(each_way)
            rounds = [far.run(story) for _ in range(ROUNDS)]
            causes = {run["cause"] for run in rounds}
            assert causes == {runs.BY_NAME[story].with_arm}, (story, each_way, causes)
            told, ratio = cell(rounds, each_way)
            rows[-1].append(told)
            ratios.append(ratio)
            if world == "healthy" and each_way == SHOWN:
                picture = "\n".join(waterfall.told(steps(rounds[-1]), rounds[-1]["seconds"]))
        tell(json.dumps(rows[-1]))
    return rows, ratios, picture


@pytest.mark.timeout(1800)
def test_runs(benchmark, capsys) -> None:
    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="")

    with Far(*WORLDS.values()) as far:
        rows, ratios, picture = benchmark.pedantic(measured, args=(far, tell), rounds=1)

    worst, middle = max(ratios), statistics.median(ratios)
    cells = [f"{world} at {1e3 * d:g} ms" for world in WORLDS for d in DISTANCES]
    over = [f"{name} ({one:.2f})" for name, one in zip(cells, ratios, strict=True) if one > GOAL]
    benchmark.extra_info |= {"goal": GOAL, "worst": round(worst, 3), "met": worst <= GOAL}
    heads = ["fault", *(f"{each_way * 1e3:g} ms each way" for each_way in DISTANCES)]
    page.section(
        "runs",
        f"{__doc__}\n\nIn a cell: the seconds of a run (the median of {ROUNDS}, without the start"
        " of the process), how often they hold its chain, and how often they hold its round trips,"
        f" whose number is in brackets.\n\n{page.table(heads, rows)}\n\n"
        + page.goal(
            f"at most {GOAL} times the longest chain (the median of all cells is {middle:.2f},"
            f" the most {worst:.2f})",
            met=worst <= GOAL,
            else_=f"In: {', '.join(over)}",
        )
        + f"\n\nThe healthy run at {SHOWN * 1e3:g} ms each way, as `-v` shows it:\n\n"
        f"```\n{picture}\n```",
    )
