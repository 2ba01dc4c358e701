"""``k8s run`` on a real cluster: it finds the cause that the kubelet met, and leaves nothing."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.cluster import ADMIN, NOBODY, Cluster
from tests.e2e.fake_kubelet import NODE
from tests.e2e.namespace import child_of

pytestmark = pytest.mark.timeout(600)

IMAGE = "contoso.azurecr.io/app:v1"
PROGRAM = str(Path(sys.executable).parent / "acr-diagnose")
RUN = (PROGRAM, "k8s", "run", IMAGE, "-o", "json")
ZERO_PULL = ("--zero-pull", "--profile", "node")
# What a cluster makes by itself as it goes on, and drops again.
PASSING = {"events", "events.events.k8s.io", "leases.coordination.k8s.io"}


def _everything(cluster: Cluster) -> set[str]:
    """Name every object there is, as kind, namespace and name."""
    words = ("api-resources", "--verbs=list", "--output=name")
    kinds = sorted(set(cluster.kubectl(*words).split()) - PASSING)
    form = "jsonpath={range .items[*]}{.kind} {.metadata.namespace} {.metadata.name}{'\\n'}{end}"
    return set(cluster.kubectl("get", ",".join(kinds), "-A", "-o", form).splitlines())


@contextmanager
def _nothing_stays(cluster: Cluster) -> Iterator[None]:
    """Hold that a run leaves nothing: this old kubelet may take a minute to let a pod go."""
    before = _everything(cluster)
    yield
    cluster.until(lambda: _everything(cluster) == before, "something stays")


def _run(cluster: Cluster, *words: str, user: str = ADMIN) -> tuple[int, dict[str, Any], str]:
    """Give the exit code, the report, and what was said beside it."""
    done = cluster.vm.run([*RUN, *words], environ=cluster.environ(user), timeout=200)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def _because(told: dict[str, Any]) -> str:
    """Say why the one node sent nothing."""
    ((node,),) = ([*one["nodes"]] for one in told["registries"])
    return str(node["because"])


def test_it_says_why_the_kubelet_cannot_pull(refused: Cluster) -> None:
    refused.kubectl("run", "app", f"--image={IMAGE}", "--restart=Never")
    words = ("get", "events", "--field-selector", "involvedObject.name=app,reason=Failed")
    refused.until(lambda: "403 Forbidden" in refused.kubectl(*words), "the kubelet was let in")

    with _nothing_stays(refused):
        code, told, errors = _run(refused, *ZERO_PULL)

    assert code == 1, errors
    (node,) = told["registries"][0]["nodes"]
    assert (node["name"], node["cause"]) == (NODE, "subnet-not-allowed")
    assert node["confidence"] == "proven"


def test_a_node_whose_kubelet_pulls_is_healthy(healthy: Cluster) -> None:
    healthy.kubectl("run", "app", f"--image={IMAGE}", "--restart=Never")
    form = "jsonpath={.status.containerStatuses[0].imageID}"
    words = ("get", "pod", "app", "-o", form)
    healthy.until(lambda: healthy.kubectl(*words) != "", "the kubelet did not pull")

    with _nothing_stays(healthy):
        code, told, errors = _run(healthy, *ZERO_PULL)

    assert code == 0, errors
    assert told["nodes"]["healthy"] == told["nodes"]["total"] == 1


def test_the_node_gets_an_event_and_keeps_the_report(refused: Cluster) -> None:
    folder = "/var/log/azure/acr-diagnose"
    with _nothing_stays(refused):
        code, _, errors = _run(refused, *ZERO_PULL, "--events", "--node-log")

    assert code == 1, errors
    shown = refused.kubectl("describe", "node", NODE)
    assert "SubnetNotAllowed" in shown
    kept = refused.vm.run(["cat", f"{folder}/report.json"], check=True).stdout
    assert json.loads(kept)["verdict"]["cause"] == "subnet-not-allowed"
    assert refused.vm.run(["ls", "-A", folder]).stdout == "report.json\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "ErrImageNeverPull: Container image"),
        (("--image", "contoso.azurecr.io/app:v1"), "403 Forbidden"),
    ],
)
def test_why_the_pod_itself_does_not_start_is_told(
    refused: Cluster, words: tuple[str, ...], why: str
) -> None:
    """Of the image that a node should have, and of one that it cannot pull either."""
    with _nothing_stays(refused):
        code, told, _ = _run(refused, *words)

    assert code == 3
    assert why in _because(told)


def test_a_quota_that_lets_no_pod_in_is_named(refused: Cluster) -> None:
    refused.kubectl("create", "namespace", "tight")
    refused.kubectl("create", "quota", "none", "--hard=pods=0", "-n", "tight")
    with _nothing_stays(refused):
        code, told, _ = _run(refused, *ZERO_PULL, "--namespace", "tight")

    assert code == 3
    assert "exceeded quota: none" in _because(told)


@pytest.mark.parametrize(
    ("words", "right"),
    [(ZERO_PULL, 'resources: ["nodes"], verbs: ["list"]'), ((), 'resources: ["namespaces"]')],
)
def test_who_may_nothing_is_told_which_right_is_missing(
    refused: Cluster, words: tuple[str, ...], right: str
) -> None:
    with _nothing_stays(refused):
        code, told, _ = _run(refused, *words, user=NOBODY)

    assert code == (2 if words else 5)
    assert right in told["error"]


def test_ctrl_c_deletes_what_was_made(refused: Cluster) -> None:
    with _nothing_stays(refused):
        told = (f"{name}={value}" for name, value in refused.environ().items())
        words = ["env", *told, *RUN, *ZERO_PULL]
        process = refused.vm.popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        refused.until(lambda: bool(_pods(refused)), "no pod")
        os.kill(child_of(process.pid), signal.SIGINT)
        _, errors = process.communicate(timeout=120)

    assert process.returncode == 130, errors


def test_what_is_kept_is_read_by_fleet_and_goes_by_the_command_it_tells(refused: Cluster) -> None:
    with _nothing_stays(refused):
        code, _, errors = _run(refused, *ZERO_PULL, "--keep")
        assert code == 1, errors
        done = refused.vm.run(
            [PROGRAM, "fleet", "--kubernetes", "-o", "short"], environ=refused.environ()
        )
        assert "subnet-not-allowed" in done.stdout
        by_hand = next(line for line in errors.splitlines() if "to remove it: " in line)
        command = shlex.split(by_hand.partition("to remove it: ")[2])
        assert command[0] == "kubectl"
        refused.kubectl(*command[1:])


def _pods(cluster: Cluster) -> list[dict[str, Any]]:
    return cluster.listed("pods", "-l", "app.kubernetes.io/name=acr-diagnose")
