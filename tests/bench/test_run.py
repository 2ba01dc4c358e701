"""A whole healthy run beside its longest chain of checks: the goal is a ratio of at most 1.3."""

from functools import cache

import checks
from checks.contract import Check
from checks.target import Asked
from diagnose import engine, front
from diagnose.judging.verdict import Status
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration
from diagnose.session import Result

LATENCY = 0.02
GOAL = 1.3


def longest_chain(result: Result) -> float:
    """Give the seconds of the slowest way through the checks, by what each one waits for."""
    before = engine.order(checks.ALL)
    took = {step.check.id: step.took for step in result.steps}

    @cache
    def until(check: Check) -> float:
        return took[check.id] + max(map(until, before[check]), default=0.0)

    return max(map(until, before))


def test_run(benchmark, capsys) -> None:
    ratios: list[float] = []
    chains: list[float] = []

    def run(options) -> None:
        result = front.result_of(Asked(text=demonstration.IMAGE), options)
        assert result.verdict.status is Status.HEALTHY
        chains.append(longest_chain(result))
        ratios.append(result.seconds / chains[-1])

    with demonstration.laboratory(healthy_cloud(), latency=LATENCY) as options:
        benchmark.pedantic(run, args=(options,), rounds=10, warmup_rounds=1)

    ratio = sorted(ratios)[len(ratios) // 2]
    chain = sorted(chains)[len(chains) // 2]
    benchmark.extra_info |= {"goal": GOAL, "ratio": round(ratio, 3), "met": ratio <= GOAL}
    with capsys.disabled():
        print(f"\na run: {ratio:.2f} times its longest chain of {chain:.3f} s, goal <= {GOAL}")
