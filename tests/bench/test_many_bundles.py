"""`analyze` of 100, 1,000 and 10,000 bundles: 10,000 in under 60 s on 2 cores, in flat memory.

The bundles are those of the stories, every second one redacted, under as many names as are needed.
What is measured is the command as a process of its own, with those that it starts.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from diagnose.bundle import archive, making
from diagnose.bundle.pseudonyms import Pseudonyms
from tests.bench import page
from tests.matrix import runs
from tests.scenarios.recorded import told

SIZES = (100, 1_000, 10_000)
GOAL = 60.0  # seconds for the largest
FLAT = 1.25  # times the memory of the smallest
_LOOK = 0.1  # seconds between two looks at the memory


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("originals")
    paths = []
    for number, name in enumerate(runs.BY_NAME):
        one = told(name)
        names = Pseudonyms(bytes(16)) if number % 2 else None
        made = making.made(one.recording, one.result, lambda _: ("bundle",), names)
        paths.append(folder / f"{number}.tar.gz")
        paths[-1].write_bytes(archive.pack(made))
    return paths


def fill(folder: Path, originals: list[Path], size: int) -> Path:
    folder.mkdir()
    for number in range(size):
        os.link(originals[number % len(originals)], folder / f"{number:05}.tar.gz")
    return folder


def peak(pid: int) -> int:
    """Give the most memory that a process had resident so far, in kB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@dataclass(frozen=True, kw_only=True)
class Measured:
    """``cpu`` is of all processes together: on a busy machine it tells more than the seconds."""

    seconds: float
    cpu: float
    own_mb: int
    worker_mb: int  # of the largest


def measured(folder: Path) -> tuple[Measured, dict]:
    """Run the command; give what it took, and its answer."""
    command = [sys.executable, "-m", "diagnose", "analyze", str(folder), "-o", "json"]
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        own = largest = 0
        while True:
            own = max(own, peak(process.pid))
            largest = max([largest, *map(peak, children(process.pid))])
            try:
                out, _ = process.communicate(timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                continue
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = Measured(
        seconds=round(time.monotonic() - begun, 2),
        cpu=round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        own_mb=own // 1024,
        worker_mb=largest // 1024,
    )
    return found, json.loads(out)


@pytest.mark.timeout(600)
def test_many_bundles(benchmark, capsys, originals: list[Path], tmp_path: Path) -> None:
    rows = {}

    def run() -> None:
        for size in SIZES:
            rows[size] = measured(fill(tmp_path / str(size), originals, size))

    benchmark.pedantic(run, rounds=1)

    for size, (_, document) in rows.items():
        assert document["bundles"]["total"] == size
        assert document["bundles"]["unreadable"] == 0
    curve = {size: row for size, (row, _) in rows.items()}
    first, last = curve[SIZES[0]], curve[SIZES[-1]]
    flat = last.own_mb <= FLAT * first.own_mb and last.worker_mb <= FLAT * first.worker_mb
    benchmark.extra_info |= {
        "goal": GOAL,
        "met": last.seconds < GOAL and flat,
        "curve": {str(size): asdict(row) for size, row in curve.items()},
    }
    cores = len(os.sched_getaffinity(0))
    told_ = page.table(
        ("bundles", "wall", "CPU", "cores at work", "each, CPU", "memory", "of the largest worker"),
        (
            (
                f"{size:,}",
                f"{row.seconds:.1f} s",
                f"{row.cpu:.1f} s",
                f"{row.cpu / row.seconds:.1f} of {cores}",
                f"{1e3 * row.cpu / size:.1f} ms",
                f"{row.own_mb} MB",
                f"{row.worker_mb} MB",
            )
            for size, row in curve.items()
        ),
    )
    goal = page.goal(
        f"{SIZES[-1]:,} in under {GOAL:g} s, in flat memory", met=last.seconds < GOAL and flat
    )
    head = "`analyze` of a folder of bundles, one file each, every second one redacted."
    page.section("growth", f"{head}\n\n{told_}\n\n{goal}")
    with capsys.disabled():
        print(f"\n{told_}\n{goal}")
