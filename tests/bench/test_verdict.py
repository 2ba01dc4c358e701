"""What judging costs: all causes over the facts of one run, and of ten thousand.

The goal is under 5 ms for one, and for many the same time for each, in the same memory.
"""

import itertools
import resource
import time

import pytest

from diagnose import causes
from diagnose.facts import Facts
from diagnose.judging import verdict
from tests.bench import page
from tests.matrix.runs import BY_NAME, told

GOAL = 0.005
SIZES = (100, 1_000, 10_000)
LINEAR = 1.3  # the most that a set of the most may cost, to one of the fewest
FLAT = 1.25  # times the memory
STORIES = ("everything_is_right", "a_sibling_subnet_is_allowed", "the_resolver_is_silent")


@pytest.mark.parametrize("story", STORIES)
def test_verdict(benchmark, capsys, story: str) -> None:
    facts = told(story).facts

    benchmark(verdict.decide, causes.ALL, facts)

    median = benchmark.stats.stats.median
    benchmark.extra_info |= {"goal": GOAL, "met": median < GOAL}
    with capsys.disabled():
        print(f"\nverdict on {story}: {median * 1e3:.2f} ms, goal < {GOAL * 1e3:g} ms")


def test_many_verdicts(benchmark, capsys) -> None:
    every = [told(name).facts for name in BY_NAME]
    rows: list[tuple[str, str, str, str]] = []
    each: list[float] = []
    most: list[int] = []

    def judged(size: int) -> None:
        began = time.process_time()
        for facts in itertools.islice(itertools.cycle(every), size):
            verdict.decide(causes.ALL, Facts(list(facts)))  # as if nobody had seen them before
        spent = time.process_time() - began
        each.append(spent / size)
        most.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        rows.append((f"{size:,}", f"{spent:.1f} s", f"{1e3 * each[-1]:.2f} ms", f"{most[-1]} MB"))

    def run() -> None:
        for size in SIZES:
            judged(size)

    benchmark.pedantic(run, rounds=1)

    linear, flat = max(each) <= LINEAR * min(each), most[-1] <= FLAT * most[0]
    met = linear and flat and max(each) < GOAL
    benchmark.extra_info |= {"goal": GOAL, "each": each, "met": met}
    heads = ("sets of facts", "CPU", "each", "most memory so far")
    told_ = page.table(heads, rows)
    goal = page.goal(f"under {GOAL * 1e3:g} ms each, linear, in flat memory", met=met)
    page.section("judging", f"The facts of {len(every)} stories in turn.\n\n{told_}\n\n{goal}")
    with capsys.disabled():
        print(f"\n{told_}\n{goal}")
