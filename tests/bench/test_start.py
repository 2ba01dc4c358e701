"""How long the program takes to start, as a process of its own: the goal is under 0.25 s."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("acr-diagnose")
GOAL = 0.25


@pytest.mark.parametrize("argument", ["--help", "causes"])
def test_start(benchmark, capsys, argument: str) -> None:
    def start() -> None:
        subprocess.run([PROGRAM, argument], check=True, capture_output=True)

    benchmark.pedantic(start, rounds=10, warmup_rounds=1)

    median = benchmark.stats.stats.median
    benchmark.extra_info |= {"goal": GOAL, "met": median < GOAL}
    with capsys.disabled():
        print(f"\nacr-diagnose {argument}: {median:.3f} s, goal < {GOAL} s")
