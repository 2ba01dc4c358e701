"""The installed program in a simulated VM, with no override at all, beside a real docker engine."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.dockerd import Dockerd
from tests.e2e.machine import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

IMAGE = "contoso.azurecr.io/app:v1"
PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))

New = Callable[..., Machine]


def _run(machine: Machine) -> tuple[int, dict]:
    done: subprocess.CompletedProcess[str] = machine.vm.run(
        [PROGRAM, "run", IMAGE, "-o", "json", "--timeout", "40"], timeout=100
    )
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"exit {done.returncode}, no JSON on stdout:\n{done.stdout}\n{done.stderr}")


def _start(new_machine: New, stack: ExitStack, case: str) -> tuple[Machine, Dockerd, Azure]:
    machine = new_machine(*addresses())
    azure = Azure(machine, case)
    return machine, stack.enter_context(closing(Dockerd(machine.vm))), azure


def test_a_healthy_machine_really_pulls(new_machine: New, stack: ExitStack) -> None:
    machine, engine, _ = _start(new_machine, stack, "healthy")

    code, report = _run(machine)

    assert (code, report["verdict"]["status"]) == (0, "healthy"), report
    statuses = {check["id"]: check["status"] for check in report["checks"]}
    assert statuses["docker-pull"] == "ok", report
    assert engine.images() == [], "the image of the test pull was left behind"


@pytest.mark.parametrize(
    "case", ["subnet-not-allowed", "service-endpoint-missing", "egress-blocked-registry"]
)
def test_one_fault_is_one_named_cause(new_machine: New, stack: ExitStack, case: str) -> None:
    machine, _, _ = _start(new_machine, stack, case)

    code, report = _run(machine)

    assert (code, report["verdict"]["cause"]) == (1, case), report["verdict"]


def test_a_dropped_path_is_named_too(new_machine: New, stack: ExitStack) -> None:
    """Packets to the registry vanish in the kernel, not by the simulation's own doing."""
    machine, _, _ = _start(new_machine, stack, "healthy")
    name = "import socket; print(socket.gethostbyname('contoso.azurecr.io'))"
    machine.azure.drop(machine.vm.python(name).stdout.strip())

    code, report = _run(machine)

    assert (code, report["verdict"]["cause"]) == (1, "egress-blocked-registry"), report["verdict"]
    pull = next(check for check in report["checks"] if check["id"] == "docker-pull")
    assert pull["summary"].startswith("not tried: nothing answered on the way"), pull


def test_the_engine_agrees_before_and_after(new_machine: New, stack: ExitStack) -> None:
    """The same machine breaks and heals; the verdict follows."""
    machine, _, azure = _start(new_machine, stack, "healthy")
    before, _ = _run(machine)
    azure.becomes("subnet-not-allowed")

    after, report = _run(machine)

    assert (before, after) == (0, 1), report["verdict"]
