"""`fleet` of 500, 5,000 and 20,000 nodes: 5,000 in under 10 s, and memory that hardly grows.

What is measured is a process of its own that reads what `kubectl get nodes` and `get pods` print,
and writes the page and the JSON.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.bench import page
from tests.bench.test_many_bundles import peak
from tests.scenarios import fleets

SIZES = (500, 5_000, 20_000)
USUAL = 5_000
GOAL = 10.0  # seconds for the usual largest cluster
FLAT = 2.0  # times the memory of the smallest
_LOOK = 0.02  # seconds between two looks at the memory
PROGRAM = """
import sys
from diagnose.fleet import front
fleet = front.summed(sys.argv[1:])
print(len(front.rendered(fleet, "html")), file=sys.stderr)
print(front.rendered(fleet, "json"))
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    seconds: float
    mb: int
    page: int  # bytes


def measured(folder: Path, size: int) -> Measured:
    folder.mkdir()
    members = fleets.members(size)
    (folder / "nodes.json").write_text(fleets.listed([fleets.node(one) for one in members]))
    (folder / "pods.json").write_text(fleets.listed([fleets.pod(one) for one in members]))
    files = [str(folder / "nodes.json"), str(folder / "pods.json")]
    begun = time.monotonic()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *files], **pipes) as process:
        most = 0
        while True:
            most = max(most, peak(process.pid))
            try:
                out, told = process.communicate(timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                continue
    seconds = round(time.monotonic() - begun, 2)
    assert json.loads(out)["nodes"]["total"] == size
    return Measured(seconds=seconds, mb=most // 1024, page=int(told))


@pytest.mark.timeout(600)
def test_many_nodes(benchmark, capsys, tmp_path: Path) -> None:
    rows: dict[int, Measured] = {}

    def run() -> None:
        for size in SIZES:
            rows[size] = measured(tmp_path / str(size), size)

    benchmark.pedantic(run, rounds=1)

    flat = rows[USUAL].mb <= FLAT * rows[SIZES[0]].mb
    benchmark.extra_info |= {
        "goal": GOAL,
        "met": rows[USUAL].seconds < GOAL and flat,
        "curve": {str(size): asdict(row) for size, row in rows.items()},
    }
    told = page.table(
        ("nodes", "wall", "each", "memory", "page"),
        (
            (
                f"{size:,}",
                f"{row.seconds:.1f} s",
                f"{1e3 * row.seconds / size:.1f} ms",
                f"{row.mb} MB",
                f"{row.page / 1e6:.1f} MB",
            )
            for size, row in rows.items()
        ),
    )
    met = rows[USUAL].seconds < GOAL and flat
    goal = page.goal(f"{USUAL:,} in under {GOAL:g} s, in memory that hardly grows", met=met)
    head = "`fleet`: grouping the nodes of a cluster, with the page and the JSON that it writes."
    page.section("fleet", f"{head}\n\n{told}\n\n{goal}")
    with capsys.disabled():
        print(f"\n{told}\n{goal}")
