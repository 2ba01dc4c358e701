"""The installed program is told to end: at any moment, by the signals that people send."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
RUN = [PROGRAM, "run", "contoso.azurecr.io/app:v1", "--runtime", "none", "-o", "json"]
SIGNALS = {"INT": 130, "TERM": 143, "HUP": 129}


def test_it_ends_within_a_second_with_what_is_known(new_machine: Callable[..., Machine]) -> None:
    machine = new_machine(*addresses())
    Azure(machine, "subnet-not-allowed")
    for address in addresses():
        if address.startswith("20."):
            machine.azure.drop(address)  # a run would last for as long as it may
    slowest, documents = 0.0, []
    for number, pause in enumerate((0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0)):
        name, code = list(SIGNALS.items())[number % len(SIGNALS)]
        begun = time.monotonic()
        done = machine.vm.run(
            ["timeout", "--preserve-status", "-s", name, str(pause), *RUN], timeout=30
        )
        slowest = max(slowest, time.monotonic() - begun - pause)

        if pause < 0.1 and "Traceback" in done.stderr:
            continue  # Python itself was starting
        assert "Traceback" not in done.stderr
        assert done.returncode == code
        if done.stdout:
            documents.append(json.loads(done.stdout))

    assert slowest < 2.0  # with the start of everything, on a machine that is busy
    assert "Instance" in documents[-1]["facts"]
    assert all(one["verdict"]["confidence"] != "proven" for one in documents)
