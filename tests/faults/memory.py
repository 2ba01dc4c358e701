"""Holds that a block stays within a bound of memory, by what the kernel counts of this process."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 150 << 20  # bytes more than before; the answers that have no end are larger by far
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@contextmanager
def bounded(most: int = MOST) -> Iterator[None]:
    """Assert that no more than ``most`` bytes were held at any time; proc_pid_status(5), VmHWM."""
    before = _peak()
    yield
    more = _peak(anew=False) - before
    assert more < most, f"{more >> 20} MB were held"


def _peak(*, anew: bool = True) -> int:
    """Give the most bytes that were resident since the count was begun ``anew``."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    found = _PEAK.search(Path("/proc/self/status").read_text())
    assert found, "the kernel tells no peak"
    return int(found[1]) << 10
