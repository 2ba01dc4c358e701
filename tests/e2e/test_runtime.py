"""A real docker engine that fails where the machine itself does not: its own words decide."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.dockerd import Dockerd
from tests.e2e.machine import GATEWAY, Machine
from tests.e2e.namespace import Namespace

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

IMAGE = "contoso.azurecr.io/app:v1"
PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
New = Callable[..., Machine]


@contextmanager
def environment(vm: Namespace, told: dict[str, str]) -> Iterator[None]:
    """Give the engine variables that the shell of the diagnosis does not have."""
    before = dict(vm.environ)
    vm.environ |= told
    yield
    vm.environ.clear()
    vm.environ |= before


def _start(new_machine: New, stack: ExitStack, told: dict[str, str]) -> tuple[Machine, Dockerd]:
    machine = new_machine(*addresses())
    Azure(machine, "healthy")
    with environment(machine.vm, told):
        return machine, stack.enter_context(closing(Dockerd(machine.vm)))


def _verdict(machine: Machine) -> dict:
    done = machine.vm.run([PROGRAM, "run", IMAGE, "-o", "json", "--timeout", "40"], timeout=100)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"exit {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return report["verdict"]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({"HTTPS_PROXY": f"http://{GATEWAY}:3128"}, "runtime-proxy-misconfigured"),
        (
            {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nothing/here"},
            "runtime-untrusted-ca",
        ),
    ],
    ids=["a dead proxy", "no authorities"],
)
def test_the_engine_alone_is_told_wrong(
    new_machine: New, stack: ExitStack, told: dict[str, str], cause: str
) -> None:
    machine, _ = _start(new_machine, stack, told)
    verdict = _verdict(machine)

    assert (verdict["cause"], verdict["confidence"]) == (cause, "proven"), verdict


def test_a_proxy_that_does_not_hold_for_the_registry_is_no_cause(
    new_machine: New, stack: ExitStack
) -> None:
    told = {"HTTPS_PROXY": f"http://{GATEWAY}:3128", "NO_PROXY": ".azurecr.io,.windows.net"}
    machine, _ = _start(new_machine, stack, told)

    assert _verdict(machine)["status"] == "healthy"


def test_the_engines_disk_is_full(new_machine: New, stack: ExitStack) -> None:
    machine = new_machine(*addresses())
    Azure(machine, "healthy")
    root = machine.vm.folder / "docker-overlay2"
    mount = f"mkdir {root} && mount -t tmpfs -o size=8m small {root}"
    machine.vm.run(["sh", "-c", mount], check=True)
    engine = stack.enter_context(closing(Dockerd(machine.vm)))
    if engine.driver != "overlay2":
        pytest.skip("this kernel has no overlay over tmpfs")
    machine.vm.run(["sh", "-c", f"head -c 16m /dev/zero >{root}/filler"])
    verdict = _verdict(machine)

    assert (verdict["cause"], verdict["confidence"]) == ("disk-full", "proven"), verdict
