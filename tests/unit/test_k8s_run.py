"""`k8s run` on a cluster: what it brings, what it says of each node, and that nothing stays."""

import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from checks.target import UsageError
from diagnose.kubernetes.run.placing import LABEL
from tests.kubernetes.running import cluster, fleet, healthy, ran, refused, rows, served
from tests.kubernetes.state import (
    AGAIN,
    EVICTED,
    GONE,
    NONE,
    UNSCHEDULABLE,
    answered,
    node,
    running,
    waiting,
)

PULLING = "Back-off pulling image"


def test_every_node_is_judged_and_nothing_is_left_behind() -> None:
    state = cluster()
    state.story = lambda name: [(0, answered(refused() if name == "node-b" else healthy()))]
    outcome = ran(state)

    assert rows(outcome) == {
        "node-a": "healthy",
        "node-b": "subnet-not-allowed",
        "node-c": "healthy",
    }
    assert fleet(outcome).code == 1
    assert outcome.limits == ()
    assert state.left() == []
    assert state.pods == {}


def test_a_verdict_goes_by_the_name_that_the_cluster_gives() -> None:
    outcome = ran(cluster("node-a"))

    assert "whatever-the-line-says" not in rows(outcome)


def test_a_pod_that_goes_on_is_read_from_its_log() -> None:
    state = cluster("node-a")
    state.story = lambda _: [(0, running(ready=False)), (0.3, running())]
    state.logs = _Logs(f"starting\n{refused()}\n")
    outcome = ran(state)

    assert rows(outcome) == {"node-a": "subnet-not-allowed"}
    assert {one.query["container"] for one in state.asked("get pods/log")} == {"diagnose"}


class _Logs(dict):
    """Every pod has the same log."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def get(self, _key, _default=None):
        return self.text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (waiting("ErrImageNeverPull", "not present with pull policy of Never"), "not present with"),
        (waiting("ImagePullBackOff", PULLING), f"ImagePullBackOff: {PULLING}"),
        (waiting("CreateContainerError", "no space left on device"), "no space left on device"),
        (UNSCHEDULABLE, "Unschedulable: 0/3 nodes are available: 1 Insufficient cpu."),
        (EVICTED, "Evicted: The node was low on disk."),
    ],
)
def test_a_pod_that_does_not_start_says_why(status: dict, told: str) -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, status if name == "node-b" else answered(healthy()))]
    outcome = ran(state)

    assert rows(outcome)["node-a"] == "healthy"
    assert told in rows(outcome)["node-b"]
    assert fleet(outcome).code == 3
    assert state.left() == []
    assert not any("time was up" in limit for limit in outcome.limits), "it need not be waited for"


def test_a_pod_without_a_verdict_says_how_it_ended() -> None:
    state = cluster("node-a")
    ended = {"exitCode": 137, "reason": "OOMKilled", "message": ""}
    again = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    status = {"name": "diagnose", "state": again, "lastState": {"terminated": ended}}
    state.story = lambda _: [(0, {"phase": "Pending", "initContainerStatuses": [status]})]

    assert rows(ran(state))["node-a"] == (
        "the program ended with code 137 (OOMKilled); CrashLoopBackOff: back-off 10s"
    )


def test_an_event_says_what_the_status_does_not() -> None:
    state = cluster("node-a")
    state.story = lambda _: [(0, {"phase": "Pending"})]
    told = "hostPath type check failed: /run/containerd/containerd.sock is not a socket file"

    def warn(_request):
        pod = next(iter(state.pods.values()))["metadata"]
        state.warn("Pod", pod["name"], "FailedMount", told, pod["namespace"])

    state.break_("list events", warn)
    outcome = ran(state, seconds=1.0)

    assert rows(outcome)["node-a"] == f"its pod was not started; FailedMount: {told}"


def test_a_node_that_is_not_ready_says_so_first() -> None:
    state = cluster("node-a")
    state.nodes["node-b"] = node("node-b", ready=False, DiskPressure="True")
    state.story = lambda name: [(0, {"phase": "Pending"} if "b" in name else answered(healthy()))]
    outcome = ran(state)

    assert rows(outcome)["node-b"].startswith(
        "the node is NotReady (NodeStatusUnknown); the node has DiskPressure"
    )
    assert not any("time was up" in limit for limit in outcome.limits)


def test_a_node_of_windows_is_no_node_to_wait_for() -> None:
    state = cluster("node-a")
    state.nodes["win"] = node("win", system="windows")
    outcome = ran(state)

    assert rows(outcome) == {
        "node-a": "healthy",
        "win": "it runs Windows, which acr-diagnose does not look at",
    }
    assert outcome.limits == ()


def test_pods_that_a_quota_refuses_are_told_in_the_clusters_words() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda _: [(0, NONE)]
    words = 'pods "acr-diagnose-x" is forbidden: exceeded quota: small, requested: pods=1'

    def warn(request):
        if not state.events:
            state.warn("DaemonSet", "acr-diagnose", "FailedCreate", words, request.namespace)

    state.break_("list daemonsets", warn)
    outcome = ran(state)

    assert rows(outcome)["node-a"] == f"no pod could be made for it; FailedCreate: {words}"
    assert not any("time was up" in limit for limit in outcome.limits)
    assert state.left() == []


def test_a_pod_that_is_evicted_is_made_again_and_answers() -> None:
    state = cluster("node-a")
    state.story = lambda _: [
        (0, running(ready=False)),
        (0.2, EVICTED),
        (0.1, GONE),
        (0.1, AGAIN),
        (0, answered(refused())),
    ]

    assert rows(ran(state)) == {"node-a": "subnet-not-allowed"}


def test_a_node_that_evicts_every_pod_says_what_became_of_the_last() -> None:
    state = cluster("node-a")
    state.story = lambda _: [(0, running(ready=False)), (0.2, EVICTED), (0.1, GONE)]
    outcome = ran(state, seconds=1.5)

    assert rows(outcome) == {"node-a": "Evicted: The node was low on disk."}


def test_an_answer_that_was_given_stays_when_its_pod_goes() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: (
        [(0, answered(refused())), (0.2, GONE)]
        if name == "node-a"
        else [(0, running(ready=False)), (0.6, answered(healthy()))]
    )

    assert rows(ran(state)) == {"node-a": "subnet-not-allowed", "node-b": "healthy"}


def test_the_time_is_up_and_what_was_collected_is_kept() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, running(ready=False) if "b" in name else answered(refused()))]
    outcome = ran(state, seconds=1.0)

    assert rows(outcome) == {
        "node-a": "subnet-not-allowed",
        "node-b": "its pod runs, and gave no verdict",
    }
    assert outcome.limits == ("the time was up before every node had answered (--timeout)",)
    assert state.left() == []


def test_two_runs_at_once_leave_each_other_alone() -> None:
    state = cluster("node-a")
    state.story = lambda _: [(0, answered(healthy()))]
    kept = ran(state, keeps=True)
    there = state.left()
    other = ran(state)

    assert "kept" in kept.limits[0]
    assert rows(other) == {"node-a": "healthy"}
    assert state.left() == there != []
    assert len(state.pods) == 1


@pytest.mark.parametrize("namespace", ["", "default"])
def test_two_runs_at_the_same_time_see_their_own_pods_alone(namespace: str) -> None:
    state = cluster("node-a", "node-b")
    lines = iter([healthy(), healthy(), refused(), refused()])
    state.story = lambda _: [(0, running(ready=False)), (0.5, answered(next(lines)))]
    with served(state) as (api, _), ThreadPoolExecutor(2) as pool:
        first = pool.submit(ran, state, api, namespace=namespace)
        while not state.asked("create daemonsets"):
            time.sleep(0.01)
        second = pool.submit(ran, state, api, namespace=namespace)
        found = [rows(first.result()), rows(second.result())]

    assert found == [
        {"node-a": "healthy", "node-b": "healthy"},
        {"node-a": "subnet-not-allowed", "node-b": "subnet-not-allowed"},
    ]
    assert state.left() == []
    assert state.pods == {}


def test_two_runs_in_one_namespace_leave_each_other_alone() -> None:
    state = cluster("node-a")
    ran(state, keeps=True, namespace="default")
    there = state.left()
    ran(state, namespace="default")

    assert state.left() == there
    assert [key[0] for key in there] == ["daemonsets", "serviceaccounts"]
    assert all(
        one["metadata"]["labels"][LABEL] in name
        for (_, _, name), one in state.objects.items()
        if name != "default"
    )


def test_a_namespace_that_exists_is_never_deleted() -> None:
    state = cluster("node-a")
    ran(state, namespace="default")

    assert ("namespaces", "", "default") in state.objects
    assert state.asked("delete namespaces") == []
    assert state.pods == {}


def test_a_namespace_that_takes_its_time_is_waited_for() -> None:
    state = cluster("node-a")
    state.finalizing = 2
    ran(state)

    assert state.left() == []


def test_the_verdict_does_not_wait_for_a_cluster_that_is_deleting() -> None:
    """Shown once deletion was asked for, and not when it is over."""
    state = cluster()
    state.finalizing = 2
    then = []
    ran(state, show=lambda outcome: then.append((rows(outcome), state.left() != [])))

    assert then == [({"node-a": "healthy", "node-b": "healthy", "node-c": "healthy"}, True)]
    assert state.left() == []


def test_some_nodes_are_some_of_every_pool() -> None:
    state = cluster()
    for name, pool in (("x-1", "gpu"), ("x-2", "gpu"), ("y-1", "spot")):
        state.nodes[name] = node(name, pool=pool)
    outcome = ran(state, most=3)

    assert rows(outcome) == {"node-a": "healthy", "x-1": "healthy", "y-1": "healthy"}
    assert outcome.limits == ("3 more nodes were left out (--at-most)",)


def test_some_nodes_cannot_be_chosen_unseen() -> None:
    state = cluster()
    state.deny("list nodes")
    with pytest.raises(UsageError, match="--at-most needs the cluster's nodes"):
        ran(state, most=2)

    assert state.left() == []


def test_where_there_is_no_terminal_plain_lines_tell_how_it_goes() -> None:
    said = io.StringIO()
    ran(cluster(), said=said)

    assert "acr-diagnose: 3 of 3 nodes answered\n" in said.getvalue()
    assert "\r" not in said.getvalue()
