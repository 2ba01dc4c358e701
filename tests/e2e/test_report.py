"""What a person on the VM reads: the chain from the machine to the rule, and a fix to paste."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.lab.healthy import SUBNET_ID
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
RUN = [PROGRAM, "run", "contoso.azurecr.io/app:v1"]
# Docker is installed on the VM, but no engine runs there.
NO_ENGINE = ["--runtime", "none"]

New = Callable[..., Machine]


def _machine(new_machine: New, case: str) -> Machine:
    machine = new_machine(*addresses())
    Azure(machine, case)
    return machine


def test_the_report_shows_the_chain_and_the_rule_to_add(new_machine: New) -> None:
    vm = _machine(new_machine, "subnet-not-allowed").vm

    done = vm.run([*RUN, *NO_ENGINE], timeout=60)

    assert done.returncode == 1, done.stderr
    assert "ROOT CAUSE: subnet-not-allowed (proven)" in done.stdout
    assert "app-vm at 10.1.0.4" in done.stdout
    assert "subnet apps of app-vnet" in done.stdout
    assert "apps has Microsoft.ContainerRegistry (Succeeded)" in done.stdout
    assert "refused 10.1.0.4" in done.stdout
    assert "az acr network-rule add --name contoso" in done.stdout
    assert f"--subnet {SUBNET_ID}" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Verdict: subnet-not-allowed (proven)")


def test_the_endpoint_fix_keeps_the_subnets_other_endpoints(new_machine: New) -> None:
    vm = _machine(new_machine, "service-endpoint-missing").vm

    done = vm.run([*RUN, *NO_ENGINE, "-o", "json"], timeout=60)

    first = json.loads(done.stdout)["verdict"]["fix"][0]
    assert "--add serviceEndpoints service=Microsoft.ContainerRegistry" in first["command"]
    assert "--service-endpoints" not in first["command"]
    assert first["undo"].endswith("--remove serviceEndpoints 1"), "number 0 is Storage"


def test_two_runs_print_the_same_but_for_the_timing(new_machine: New) -> None:
    vm = _machine(new_machine, "subnet-not-allowed").vm
    documents = []
    for _ in range(2):
        document = json.loads(vm.run([*RUN, *NO_ENGINE, "-o", "json"], timeout=60).stdout)
        del document["timing"]
        documents.append(document)

    assert documents[0] == documents[1]


def test_an_engine_that_is_down_is_the_cause_when_all_else_works(new_machine: New) -> None:
    """Docker is installed here and nothing listens on its socket."""
    vm = _machine(new_machine, "healthy").vm

    done = vm.run([*RUN, "-o", "json"], timeout=60)

    verdict = json.loads(done.stdout)["verdict"]
    assert (done.returncode, verdict["cause"]) == (1, "runtime-down"), verdict


def test_a_usage_error_is_one_sentence_and_sends_nothing(new_machine: New) -> None:
    vm = new_machine(*addresses()).vm

    done = vm.run([PROGRAM, "run", "https://contoso.azurecr.io/app:v1"], timeout=30)

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
