"""Side by side with the real az acr check-health: 8 times as fast, in a quarter of the memory.

Takes some five minutes, most of which az waits for packets that were dropped.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.bench import page
from tests.bench.beside_az import section, sides, words
from tests.bench.beside_az.section import Measured
from tests.bench.beside_az.stories import STORIES, Story
from tests.bench.beside_az.world import machine
from tests.e2e.az import AZ
from tests.e2e.conftest import why_not
from tests.e2e.machine import Machine

ROUNDS = 5

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run here"),
    pytest.mark.skipif(not AZ.exists(), reason="az is not installed in .build/azure-cli"),
]


def told(story: Story, vm: Machine) -> Measured:
    """Tell a story, and have both asked about it."""
    rounds = [sides.one_round(vm.vm, number) for number in range(1 if story.slow else 1 + ROUNDS)]
    rounds = rounds if story.slow else rounds[1:]  # the first one warms what both read
    report = sides.report(vm.vm)
    verdict = report["verdict"]
    return Measured(
        story=story,
        rounds=rounds,
        az=words.of_az(rounds[-1].login, rounds[-1].check),
        ours=words.of_ours(report),
        named=(verdict["cause"] or "") == story.cause,
    )


def every() -> list[Measured]:
    """The slow ones are told at the same time, after the others: they wait, and compute little."""
    found: dict[Story, Measured] = {}
    for story in STORIES:
        if not story.slow:
            with ExitStack() as stack:
                found[story] = told(story, machine(story, stack))
    with ExitStack() as stack, ThreadPoolExecutor(len(STORIES)) as pool:
        slow = {one: machine(one, stack) for one in STORIES if one.slow}
        found |= zip(slow, pool.map(told, slow, slow.values()), strict=True)
    return [found[story] for story in STORIES]


def test_beside_az(benchmark, capsys) -> None:
    rows: list[Measured] = []

    benchmark.pedantic(lambda: rows.extend(every()), rounds=1)

    text = section.text(rows, ROUNDS)
    page.section("beside-az", text)
    benchmark.extra_info |= {
        row.title: {what: round(row.ratio(what), 1) for what in ("seconds", "cpu", "peak_mb")}
        for row in rows
    }
    with capsys.disabled():
        print(f"\n{text}")
    assert all(row.named for row in rows), [row.title for row in rows if not row.named]
