"""Waiting on the VM for a fix that somebody makes elsewhere."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
RUN = [PROGRAM, "run", "contoso.azurecr.io/app:v1", "--runtime", "none", "--wait", "90s"]


def test_it_ends_when_the_rule_counts_and_says_what_changed(
    new_machine: Callable[..., Machine],
) -> None:
    machine = new_machine(*addresses())
    azure = Azure(machine, "subnet-not-allowed")

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    waiting = machine.vm.popen(RUN, **pipes)
    time.sleep(3)  # after the first run, which has to see the fault
    azure.becomes("rule-added")
    out, err = waiting.communicate(timeout=80)

    assert waiting.returncode == 0, err
    assert out.splitlines()[-1].startswith("Verdict: healthy")
    assert out.count("Verdict:") == 1, "one report, the last"
    assert "Verdict: subnet-not-allowed (proven)" in err.splitlines()[0]
    assert "firewall: ok" in err
