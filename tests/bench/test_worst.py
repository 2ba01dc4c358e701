"""A run where nothing answers: it ends within the time-outs that have to follow each other.

A time-out that does not have to wait for another is waited for at the same time. The goal is those
time-outs and a fifth, and never more than the deadline of the run.
"""

import statistics

from checks.target import Asked
from diagnose import front
from diagnose.lab.healthy import healthy_cloud
from diagnose.live.deadline import Limits
from diagnose.runs import demonstration
from tests.bench import page
from tests.scenarios.worst import WORST, Worst

GOAL = 1.2
ROUNDS = 3


def once(worst: Worst) -> tuple[float, float, float]:
    """Give the seconds of a run, of all its checks together, and its deadline."""
    cloud = healthy_cloud()
    worst.change(cloud)
    with demonstration.laboratory(cloud) as options:
        result = front.result_of(Asked(text=demonstration.IMAGE), options)
    assert result.verdict.primary
    assert result.verdict.primary.cause.id == worst.cause
    return result.seconds, sum(step.took for step in result.steps), options.timeout


def test_worst(benchmark, capsys) -> None:
    rows: list[list[str]] = []
    ratios: list[float] = []
    in_time: list[bool] = []

    def run() -> None:
        for worst in WORST:
            found = [once(worst) for _ in range(ROUNDS)]
            seconds, every = (statistics.median(one[at] for one in found) for at in (0, 1))
            waits = worst.waits(Limits())
            ratios.append(seconds / waits)
            in_time.extend(one < deadline for one, _, deadline in found)
            told = f"{seconds:.2f} s", f"{waits:.1f} s", f"{seconds / waits:.2f}", f"{every:.0f} s"
            rows.append([worst.name, worst.cause, *told])

    benchmark.pedantic(run, rounds=1)

    met = max(ratios) <= GOAL and all(in_time)
    benchmark.extra_info |= {"goal": GOAL, "worst": round(max(ratios), 3), "met": met}
    heads = ("world", "verdict", "run", "time-outs in a row", "ratio", "all checks together")
    told = page.table(heads, rows)
    goal = page.goal(f"at most {GOAL} times the time-outs, within the deadline of 20 s", met=met)
    page.section("worst", f"{__doc__}\n\n{told}\n\n{goal}")
    with capsys.disabled():
        print(f"\n{told}\n{goal}")
