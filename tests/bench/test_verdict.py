"""What judging costs: all causes over the facts of one run; the goal is under 5 ms."""

import pytest

from diagnose import causes
from diagnose.judging import verdict
from tests.matrix.runs import told

GOAL = 0.005


@pytest.mark.parametrize(
    "story", ["everything_is_right", "a_sibling_subnet_is_allowed", "the_resolver_is_silent"]
)
def test_verdict(benchmark, capsys, story: str) -> None:
    facts = told(story).facts

    benchmark(verdict.decide, causes.ALL, facts)

    median = benchmark.stats.stats.median
    benchmark.extra_info |= {"goal": GOAL, "met": median < GOAL}
    with capsys.disabled():
        print(f"\nverdict on {story}: {median * 1e3:.2f} ms, goal < {GOAL * 1e3:g} ms")
