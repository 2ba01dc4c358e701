"""The installed program on a simulated node, with a real containerd and a provider that runs."""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from diagnose.lab.cri_state import CERTS
from diagnose.lab.healthy import CLIENT_ID
from diagnose.live.cri.messages import Login
from tests.e2e import containerd
from tests.e2e.azure import Azure, addresses
from tests.e2e.containerd import Containerd
from tests.e2e.machine import Machine

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(containerd.why_not()), reason=containerd.why_not()),
]

IMAGE = "contoso.azurecr.io/app:v1"
PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
AZURE_JSON = json.dumps({"useManagedIdentityExtension": True, "userAssignedIdentityID": CLIENT_ID})
New = Callable[..., Machine]


def _start(new_machine: New, stack: ExitStack, case: str) -> tuple[Machine, Containerd]:
    machine = new_machine(*addresses())
    containerd.dress(machine, AZURE_JSON)
    Azure(machine, case)
    return machine, stack.enter_context(closing(Containerd(machine)))


def _run(machine: Machine, *options: str) -> tuple[int, dict]:
    words = [PROGRAM, "run", IMAGE, "-o", "json", "--timeout", "40", *options]
    done = machine.vm.run(words, timeout=100)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"exit {done.returncode}, no JSON on stdout:\n{done.stdout}\n{done.stderr}")


def _told(report: dict) -> dict[str, tuple[str, str]]:
    return {check["id"]: (check["status"], check["summary"]) for check in report["checks"]}


def test_a_healthy_node_really_pulls(new_machine: New, stack: ExitStack) -> None:
    machine, runtime = _start(new_machine, stack, "healthy")

    code, report = _run(machine)

    told = _told(report)
    assert (code, report["verdict"]["status"]) == (0, "healthy"), told
    assert told["containerd-pull"][0] == "ok", told
    assert "the kubelet's credentials; removed again" in told["containerd-pull"][1], told
    assert runtime.images() == frozenset(), "the image of the trial pull was left behind"


def _login(machine: Machine) -> Login:
    """Ask the provider by hand."""
    asked = {"apiVersion": "v1", "image": IMAGE.partition(":")[0]}
    words = [containerd.PROGRAM, containerd.AZURE_JSON]
    said = machine.vm.run(words, text=json.dumps(asked), check=True).stdout
    login = json.loads(said)["auth"]["contoso.azurecr.io"]
    return Login(user=login["username"], secret=login["password"])


def test_an_image_that_was_there_stays(new_machine: New, stack: ExitStack) -> None:
    machine, runtime = _start(new_machine, stack, "healthy")
    runtime.pull(IMAGE, _login(machine))
    before = runtime.images()

    code, report = _run(machine)

    told = _told(report)["containerd-pull"]
    assert (code, bool(before)) == (0, True)
    assert told[1].endswith("it was there before and stays"), told
    assert runtime.images() == before


def test_an_image_that_was_imported_is_left_alone(new_machine: New, stack: ExitStack) -> None:
    """A pull would give its name to what the registry has."""
    machine, runtime = _start(new_machine, stack, "healthy")
    login = _login(machine)
    pull = ["ctr", "-n", "k8s.io", "images", "pull", "--hosts-dir", CERTS, "--user"]
    machine.vm.run([*pull, f"{login.user}:{login.secret}", IMAGE], check=True)
    before = runtime.images()

    code, report = _run(machine)

    told = _told(report)["containerd-pull"]
    assert (code, bool(before)) == (0, True)
    assert "imported" in told[1], told
    assert runtime.images() == before


def test_a_name_is_taken_back_where_the_image_has_another(
    new_machine: New, stack: ExitStack
) -> None:
    machine, runtime = _start(new_machine, stack, "healthy")
    digest = runtime.pull(IMAGE, _login(machine))
    names = ["ctr", "-n", "k8s.io", "images"]
    machine.vm.run([*names, "rm", IMAGE], check=True)
    before = runtime.images()

    _, report = _run(machine)

    told = _told(report)["containerd-pull"]
    assert told[1].endswith("removed again"), told
    assert runtime.images() == before == frozenset({digest})
    assert IMAGE not in machine.vm.run([*names, "ls", "-q"], check=True).stdout.split()


@pytest.mark.parametrize(
    "case", ["subnet-not-allowed", "service-endpoint-missing", "pull-role-missing"]
)
def test_one_fault_is_one_named_cause(new_machine: New, stack: ExitStack, case: str) -> None:
    machine, _ = _start(new_machine, stack, case)

    code, report = _run(machine)

    told = _told(report)
    assert (code, report["verdict"]["cause"]) == (1, case), report["verdict"]
    assert told["kubelet-credentials"][0] == "fail", told
    assert told["containerd-pull"][0] == "fail", told


def test_a_mirror_hides_the_cause_and_the_verdict_does_not(
    new_machine: New, stack: ExitStack
) -> None:
    """Containerd shows the words of the first host that it could not use, not the registry's."""
    machine, _ = _start(new_machine, stack, "subnet-not-allowed")
    hosts = (
        'server = "https://contoso.azurecr.io"\n'
        '[host."https://nowhere.contoso.internal"]\n  capabilities = ["pull", "resolve"]\n'
    )
    containerd.write(machine.vm, f"{CERTS}/contoso.azurecr.io/hosts.toml", hosts)

    _, report = _run(machine)

    assert "nowhere.contoso.internal" in _told(report)["containerd-pull"][1], report["checks"]
    assert report["verdict"]["cause"] == "subnet-not-allowed", report["verdict"]


def test_a_mirror_that_is_gone_is_the_runtimes_own_fault(
    new_machine: New, stack: ExitStack
) -> None:
    machine, _ = _start(new_machine, stack, "healthy")
    place = "https://nowhere.contoso.internal"
    # Containerd 1.6 does not read a file that has a server and no host.
    hosts = f'server = "{place}"\n[host."{place}"]\n  capabilities = ["pull", "resolve"]\n'
    containerd.write(machine.vm, f"{CERTS}/contoso.azurecr.io/hosts.toml", hosts)

    _, report = _run(machine)

    verdict = report["verdict"]
    assert (verdict["cause"], verdict["confidence"]) == (
        "runtime-mirror-misconfigured",
        "proven",
    ), verdict


def test_nothing_is_pulled_where_that_is_not_wanted(new_machine: New, stack: ExitStack) -> None:
    machine, _ = _start(new_machine, stack, "healthy")

    code, report = _run(machine, "--no-pull")

    assert code == 0
    assert "--no-pull" in _told(report)["containerd-pull"][1]
