"""The program on a VM that is odd in some way: started behind a few lines of sh.

They run in a mount namespace of their own, so that what they hide comes back by itself; what they
close, limit or unset is the program's.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.machine import Machine

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
IMAGE = "contoso.azurecr.io/app:v1"
RUN = ("run", IMAGE, "--no-pull", "--runtime", "none")
IN_TIME = 45.0  # seconds: a run's deadline of 20 and as much again for a busy machine
REFUSED = "subnet-not-allowed"


@dataclass(frozen=True, kw_only=True)
class Done:
    code: int
    out: str
    err: str
    seconds: float


def done(
    machine: Machine,
    odd: str,
    *words: str,
    by: tuple[str, ...] = (PROGRAM,),
) -> Done:
    """Let ``odd`` make the VM odd and run the program there; it never ends in a traceback."""
    inside = ("sh", "-ec", f'{odd}\nexec "$@"', "odd", *by, *words)
    begun = time.monotonic()
    ended = machine.vm.run(
        ["unshare", "--mount", "--propagation", "private", *inside],
        timeout=2 * IN_TIME,
    )
    took = time.monotonic() - begun
    assert "Traceback" not in ended.stdout + ended.stderr, ended
    assert took < IN_TIME, ended
    return Done(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=took)


def verdict(told: Done) -> str:
    """Give the last line of a report, which is its verdict and nothing else."""
    line = told.out.splitlines()[-1] if told.out else ""
    word, _, rest = line.partition(": ")
    assert word == "Verdict", told
    return rest.partition(":")[0]


def refused(machine: Machine, odd: str, *words: str, **how: object) -> Done:
    """Run on the machine that the registry refuses, and see that it is named as elsewhere."""
    told = done(machine, odd, *(words or RUN), **how)  # type: ignore[arg-type]

    assert (told.code, told.err, verdict(told)) == (1, "", f"{REFUSED} (proven)"), told
    return told
