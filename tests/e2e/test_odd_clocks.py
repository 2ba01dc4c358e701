"""Clocks that are wrong before a run, or jump while it is under way.

libfaketime (Debian's package of that name) gives one process another wall clock, OpenSSL's too; the
monotonic one goes on as it is, as it does when a real clock is set.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e import odd
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.odd import RUN

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not LIBRARIES, reason="not installed: libfaketime"),
]

# A run is slower under it, and a machine that runs other tests slower still.
WORDS = (*RUN, "--timeout", "40")


@pytest.fixture(name="machine", scope="module")
def _machine() -> Iterator[Machine]:
    with closing(Machine(addresses())) as machine:
        Azure(machine, odd.REFUSED)
        yield machine


def shifted(machine: Machine, offset: str, after: str = "") -> odd.Done:
    """Run with a wall clock that is off by ``offset``, from ``after`` seconds of the process on."""
    environ = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    if after:
        environ["FAKETIME_START_AFTER_SECONDS"] = after
    words = [f"{name}={value}" for name, value in environ.items()]
    return odd.done(machine, "", *WORDS, by=("env", *words, odd.PROGRAM))


@pytest.mark.parametrize("offset", ["+400d", "-20000d"])
def test_a_clock_that_is_far_off_is_what_is_wrong(machine: Machine, offset: str) -> None:
    """No certificate is good then, and no token; nobody else is blamed for either."""
    told = shifted(machine, offset)

    assert (told.code, told.err) == (1, "")
    assert odd.verdict(told) == "clock-skewed (proven)"


@pytest.mark.parametrize("offset", ["-1h"])
def test_a_clock_that_is_an_hour_off_hides_no_cause(machine: Machine, offset: str) -> None:
    told = shifted(machine, offset)

    assert (told.code, odd.verdict(told)) == (1, f"{odd.REFUSED} (proven)"), told


@pytest.mark.parametrize("offset", ["-1h", "+1h"])
def test_a_clock_that_jumps_meanwhile_makes_no_other_cause(machine: Machine, offset: str) -> None:
    """Under libfaketime a jump ends some waits early: the verdict may then be less sure."""
    told = shifted(machine, offset, "2")

    assert odd.verdict(told).startswith(odd.REFUSED), told


@pytest.mark.parametrize("offset", ["-400d", "+400d"])
def test_a_jump_by_a_year_blames_the_clock_or_what_was_seen_before(
    machine: Machine, offset: str
) -> None:
    told = shifted(machine, offset, "2")

    assert odd.verdict(told).startswith((odd.REFUSED, "clock-skewed")), told
