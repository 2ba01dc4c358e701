"""How long a run may take for node-problem-detector, which kills what is not done after 4 s."""

import os
import time
from pathlib import Path

_BUDGET = 3.4  # seconds from the start of the process to the verdict
_LEAST, _MOST = 1.5, 3.0  # seconds for the run itself


def timeout() -> float:
    """Give the seconds that a run has from now; what takes long to load is loaded first."""
    import diagnose.live  # noqa: F401 its loading counts too

    return left(age())


def left(spent: float) -> float:
    return min(_MOST, max(_LEAST, _BUDGET - spent))


def age() -> float:
    """Give how many seconds ago this process began (proc(5), field 22 of /proc/[pid]/stat)."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, ValueError, IndexError, AttributeError):  # no Linux
        return time.process_time()
