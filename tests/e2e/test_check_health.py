"""The real az acr check-health in the simulated Azure: what `tests/bench/beside_az/` is made of."""

from collections.abc import Callable

import pytest

from tests.bench.beside_az import sides
from tests.e2e.az import AZ
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not AZ.exists(), reason="az is not installed in .build/azure-cli"),
]


def test_az_says_ok_and_then_what_it_was_refused(new_machine: Callable[..., Machine]) -> None:
    """Without docker: it has an error for that, and goes on with ``--ignore-errors``."""
    machine = new_machine(*addresses())
    azure = Azure(machine)

    login, well = sides.az(machine.vm, "--ignore-errors")
    azure.becomes("subnet-not-allowed")
    _, refused = sides.az(machine.vm, "--ignore-errors")

    assert login.code == 0, login.err
    for what in ("Challenge endpoint", "Fetch refresh token", "Fetch access token"):
        assert any(what in line and line.endswith(": OK") for line in well.err.splitlines()), well
    assert "CONNECTIVITY_REFRESH_TOKEN_ERROR" in refused.err, refused
    assert "Fetch access token" not in refused.err


def test_what_a_command_takes_is_that_of_all_its_processes(
    new_machine: Callable[..., Machine],
) -> None:
    """The measuring itself: what two children hold at the same time, and what they compute."""
    vm = new_machine(*addresses()).vm
    child = "b = b'x' * 60_000_000; import time; t = time.process_time()\n"
    child += "while time.process_time() < t + 0.4: pass"
    words = ("sh", "-c", 'python3 -c "$0" & python3 -c "$0" & wait', child)

    took = sides.took(vm, words)

    assert took.code == 0, took.err
    assert took.peak_mb > 120
    assert took.cpu > 0.8
