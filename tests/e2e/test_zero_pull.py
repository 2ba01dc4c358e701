"""The rendered pods on a node that cannot pull: run over CRI, in an image with one dummy file."""

import json
import platform
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

import pytest
import yaml

from diagnose.grouping import compact
from diagnose.kubernetes.manifest import front, objects
from diagnose.kubernetes.manifest.names import NODE_LOG, REPORT
from diagnose.kubernetes.manifest.wanted import wanted
from diagnose.lab.healthy import healthy_cloud
from tests.e2e import containerd
from tests.e2e.az import ADMINISTRATOR
from tests.e2e.azure import Azure, addresses
from tests.e2e.containerd import Containerd, write
from tests.e2e.fake_kubelet import NODE, FailedMount, Kubelet, Runtime
from tests.e2e.machine import Machine
from tests.e2e.namespace import ROOT
from tests.scenarios.stories import aks

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(containerd.why_not()), reason=containerd.why_not()),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the sandbox's program is x86-64"),
]

IMAGE = "contoso.azurecr.io/app:v1"
PAUSE = "localhost/oss/kubernetes/pause:3.10.2"  # on the node already; nothing in it can run
AZURE_JSON = "/etc/kubernetes/azure.json"
New = Callable[..., Kubelet]


def _nodes() -> dict[str, Any]:
    """A node as kubectl lists it, with the system of the machine that this runs on."""
    info = {"osImage": "Debian GNU/Linux 12 (bookworm)", "architecture": "amd64"}
    status = {"nodeInfo": info, "images": [{"names": [PAUSE]}]}
    return {"items": [{"metadata": {"name": NODE}, "status": status}]}


def _documents(profile: str, **options: Any) -> list[dict[str, Any]]:
    """Read the manifest back as a cluster does."""
    asked = wanted(IMAGE, profile=profile, zero_pull=True, nodes=_nodes(), **options)
    return list(yaml.safe_load_all(objects.text(asked, front.code(asked))))


@pytest.fixture(name="node")
def _node(new_machine: Callable[..., Machine], stack: ExitStack) -> New:
    """Make a node, and the kubelet that has begun with the pod on it."""

    def make(
        profile: str, *cases: str, without: str = "", log: bool = False, **settings: str
    ) -> Kubelet:
        machine = new_machine(*addresses())
        azure = Azure(machine, cases[0])
        for case in cases[1:]:
            azure.becomes(case)
        _dress(machine, **settings)
        stack.enter_context(closing(Containerd(machine)))
        runtime = Runtime(machine.vm)
        runtime.load(PAUSE, {"nothing": b"no program\n"})
        if without:
            machine.vm.run(["rm", without], check=True)
        if log:  # the node's own, and not that of the machine which the tests run on
            machine.vm.run(["mount", "-t", "tmpfs", "log", "/var/log"], check=True)
        documents = _documents(profile, node_log=log)
        kubelet = stack.enter_context(closing(Kubelet(runtime, documents)))
        kubelet.start(next(one for one in documents if one["kind"] == "DaemonSet"))
        return kubelet

    return make


def _dress(machine: Machine, **settings: str) -> None:
    """Give the VM what every node has, with ``settings`` in its azure.json."""
    cloud = healthy_cloud()
    aks.node(cloud)
    told = json.loads(cloud.machine.files[AZURE_JSON])
    containerd.dress(machine, json.dumps(told | settings))
    write(machine.vm, "/etc/default/kubelet", "KUBELET_FLAGS=--cloud-provider=external\n")
    # In the pod there is the node's Python alone.
    source = (ROOT / "tests/e2e/provider.py").read_text()
    write(machine.vm, containerd.PROGRAM, f"#!/usr/bin/python3 -I\n{source}", "755")


def test_a_node_that_cannot_pull_says_why(node: New) -> None:
    """With a tenth of a processor, and as the kubelet's identity, which is one of two here."""
    kubelet = node(
        "node", "subnet-not-allowed", "administrator", userAssignedIdentityID=ADMINISTRATOR
    )
    ended = kubelet.run(kubelet.spec["initContainers"][0])

    assert (ended.exit_code, len(ended.log), ended.errors) == (0, 1, ()), ended
    assert ended.message == ended.log[0]
    verdict = compact.read(ended.message)
    assert (verdict.name, verdict.cause) == (NODE, "subnet-not-allowed"), ended
    assert verdict.confidence == "proven"
    assert json.loads(ended.message)["verdict"]["features"]["client id"] == ADMINISTRATOR


def test_the_network_alone_shows_it_too(node: New) -> None:
    """Without a look at the node's files, it is the machine's own identity that asks."""
    kubelet = node(
        "network", "subnet-not-allowed", "administrator", userAssignedIdentityID=ADMINISTRATOR
    )
    ended = kubelet.run(kubelet.spec["initContainers"][0])

    assert compact.read(ended.message).cause == "subnet-not-allowed", ended
    assert json.loads(ended.message)["verdict"]["features"]["client id"] != ADMINISTRATOR


def test_the_pod_rests_without_any_power(node: New) -> None:
    kubelet = node("node", "healthy")
    (container,) = kubelet.spec["containers"]
    pods = kubelet.runtime.pods
    resting = kubelet.begin(container)
    _, told = pods.execute(resting, ["/usr/bin/cat", "/proc/1/status"])
    powers = dict(line.split(":\t", 1) for line in told.splitlines())

    assert pods.execute(resting, container["readinessProbe"]["exec"]["command"])[0] == 0
    assert pods.execute(resting, ["/usr/bin/touch", "/usr/bin/x"])[0] != 0
    assert pods.execute(resting, ["/usr/bin/touch", "/x"])[0] != 0
    assert pods.execute(resting, ["/usr/bin/test", "-e", AZURE_JSON])[0] != 0
    assert {int(powers[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")} == {0}
    assert (powers["NoNewPrivs"], powers["Seccomp"]) == ("1", "2")

    pods.stop(resting, kubelet.spec["terminationGracePeriodSeconds"])
    assert not pods.status(resting).running


def test_a_healthy_node_is_healthy_from_its_pod(node: New) -> None:
    kubelet = node("node", "healthy")
    ended = kubelet.run(kubelet.spec["initContainers"][0])

    assert compact.read(ended.message).status == "healthy", ended


def test_the_full_profile_lets_containerd_itself_pull(node: New) -> None:
    kubelet = node("full", "healthy")
    ended = kubelet.run(kubelet.spec["initContainers"][0])
    log = (kubelet.vm.folder / "containerd.log").read_text()

    assert compact.read(ended.message).status == "healthy", ended
    assert f'PullImage \\"{IMAGE}\\" returns image reference' in log


def test_the_report_is_left_where_the_log_collector_of_aks_finds_it(node: New) -> None:
    """The folder is made, and the report of the time before replaced."""
    kubelet = node("network", "subnet-not-allowed", log=True)
    place = f"{NODE_LOG}/{REPORT}"
    (container,) = kubelet.spec["initContainers"]
    write(kubelet.vm, place, "of the time before")
    ended = kubelet.run(container)
    found = kubelet.vm.run(["stat", "-c", "%a %u %n", f"{NODE_LOG}/."], check=True)
    told = kubelet.vm.run(["stat", "-c", "%a %u", place], check=True).stdout
    report = json.loads(kubelet.vm.run(["cat", place], check=True).stdout)
    there = kubelet.vm.run(["ls", "-A", NODE_LOG], check=True).stdout

    assert (ended.exit_code, ended.errors) == (0, ()), ended
    assert compact.read(ended.message).cause == "subnet-not-allowed"
    assert report["verdict"]["cause"] == "subnet-not-allowed"
    assert (found.stdout.split()[:2], told.split()) == (["755", "0"], ["600", "0"])
    assert there.split() == [REPORT]


def test_a_file_that_is_not_on_the_node_keeps_the_pod_and_is_named(node: New) -> None:
    with pytest.raises(FailedMount, match=r"/etc/kubernetes/azure\.json"):
        node("node", "healthy", without=AZURE_JSON)
