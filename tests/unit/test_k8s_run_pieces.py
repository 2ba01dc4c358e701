"""The pure pieces of `k8s run`: near misses of what a pod, a node or a refusal says."""

import copy

import pytest

from diagnose.kubernetes.api import ApiError, Reason
from diagnose.kubernetes.manifest import objects
from diagnose.kubernetes.manifest.wanted import wanted
from diagnose.kubernetes.run import events, nodes, placing, pods, progress, refusals
from diagnose.kubernetes.run.board import Board
from diagnose.kubernetes.run.listing import Object, again
from diagnose.kubernetes.run.pods import Stage
from diagnose.kubernetes.run.refusals import Right
from tests.kubernetes.running import TARGET, healthy, refused
from tests.kubernetes.state import answered, node, running, takes, waiting


def pod(status: dict, *, name: str = "p", on: str = "node-a") -> Object:
    return {"metadata": {"name": name}, "spec": {"nodeName": on}, "status": status}


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (answered(healthy()), Stage.ANSWERED),
        (answered("acr-diagnose itself failed: KeyError"), Stage.RUNNING),
        (running(), Stage.RUNNING),
        (waiting("ContainerCreating"), Stage.STARTING),
        (waiting("PodInitializing"), Stage.STARTING),
        (waiting("ErrImagePull"), Stage.STUCK),
        ({"phase": "Pending"}, Stage.STARTING),
        ({"phase": "Failed"}, Stage.STUCK),
        ({}, Stage.STARTING),
        ({"initContainerStatuses": "none", "conditions": [1], "phase": 3}, Stage.STARTING),
    ],
)
def test_how_far_a_pod_has_come(status: dict, stage: Stage) -> None:
    assert pods.of(pod(status)).stage is stage


def test_the_time_before_counts_where_this_time_says_nothing() -> None:
    status = answered(healthy())
    (first,) = status["initContainerStatuses"]
    first["lastState"], first["state"] = first["state"], {"running": {}}

    assert pods.of(pod(status)).stage is Stage.ANSWERED


def test_this_time_counts_before_the_time_before() -> None:
    status = answered(healthy())
    status["initContainerStatuses"][0]["lastState"] = {"terminated": {"message": refused()}}
    found = pods.of(pod(status)).digest

    assert found is not None
    assert found.cause == ""


def test_a_verdict_is_found_among_other_lines() -> None:
    words = f"Traceback: no\n{healthy()}\nbye\n"
    found = pods.verdict(words, "node-a")

    assert found is not None
    assert found.name == "node-a"
    assert pods.verdict(words.replace('"schema":1', '"schema":9'), "node-a") is None


def test_a_pod_that_is_not_scheduled_says_which_node_it_is_for() -> None:
    field = {"key": "metadata.name", "operator": "In", "values": ["node-x"]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    key = "requiredDuringSchedulingIgnoredDuringExecution"
    item = pod({"phase": "Pending"}, on="")
    item["spec"] = {"affinity": {"nodeAffinity": {key: required}}}

    assert pods.of(item).node == "node-x"
    field["key"] = "metadata.namespace"
    assert pods.of(item).node == ""


def test_what_a_node_says_cannot_rule_a_terminal() -> None:
    status = waiting("ErrImagePull", "\x1b[2Jgone\nand a line" + "x" * 9000)
    trouble = pods.of(pod(status)).trouble

    assert trouble.isprintable()
    assert len(trouble) < 420


def test_an_answer_stays_when_its_pod_starts_anew() -> None:
    board = Board()
    board.see(pods.of(pod(answered(refused()))))
    board.see(pods.of(pod(running(ready=False))))

    assert board.places["node-a"].stage is Stage.ANSWERED


def test_the_pods_of_a_deleted_daemon_set_do_not_undo_what_they_said() -> None:
    board = Board()
    board.see(pods.of(pod(answered(refused()))))
    board.gone(pods.of(pod({"phase": "Failed", "reason": "Terminated"})))
    (row,) = [item.row for item in board.items() if hasattr(item, "row")]

    assert row.cause == "subnet-not-allowed"


def test_a_pod_that_is_gone_is_not_the_one_that_came_after_it() -> None:
    board = Board()
    board.see(pods.of(pod({"phase": "Pending"}, name="first")))
    board.see(pods.of(pod(running(), name="second")))
    board.gone(pods.of(pod({"phase": "Failed"}, name="first")))

    assert board.places["node-a"].stage is Stage.RUNNING


def test_a_list_without_a_pod_means_that_it_is_gone() -> None:
    board = Board()
    board.see(pods.of(pod({"phase": "Failed", "reason": "Evicted", "message": "disk"})))
    board.keep(frozenset({"another"}))

    assert (board.places["node-a"].pod, board.places["node-a"].was) == (None, "Evicted: disk")


def test_a_line_for_a_terminal_is_as_wide_as_it_and_names_who_is_silent() -> None:
    board = Board()
    for number in range(40):
        board.see(pods.of(pod(running(), on=f"node-{number:02}")))
    line = progress.shown(board, 12.0, 100)

    assert line.startswith(
        "acr-diagnose: 0 of 40 nodes answered, 40 under way, 12 s; waiting for node-00, "
    )
    assert line.endswith(" more")
    assert all(len(progress.shown(board, 12.0, width)) <= width for width in range(20, 300))


def test_some_nodes_are_those_without_trouble_first() -> None:
    found = [nodes.of(node(name, ready=name != "a")) for name in ("a", "b", "c")]

    assert [one.name for one in nodes.some(found, 2)] == ["b", "c"]


def test_what_is_kept_of_a_node_renders_as_the_whole_does() -> None:
    whole = node("node-a")
    whole["status"]["images"].append({"names": ["contoso.azurecr.io/huge:1"]})
    slim = nodes.slim(whole)
    given = {"target": TARGET, "zero_pull": True}

    assert "huge" not in repr(slim)
    assert objects.objects(wanted(nodes={"items": [slim]}, **given)) == objects.objects(
        wanted(nodes={"items": [whole]}, **given)
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kubernetes.io/os": "windows"},
        {"kubernetes.io/os": None},
        {"type": "virtual-kubelet"},
        {"type": "machine"},
        {"kubernetes.io/type": "virtual-kubelet"},
    ],
    ids=str,
)
def test_a_node_runs_pods_of_ours_where_the_manifest_lets_them(changes: dict) -> None:
    labelled = _labelled("node-a", changes)
    spec = objects.objects(wanted(TARGET))[-1]["spec"]["template"]["spec"]

    assert nodes.of(labelled).runs_pods is takes(spec, labelled)


def test_a_virtual_node_is_left_out_of_what_is_rendered_for_the_rest() -> None:
    found = [node("node-a"), _labelled("node-b", {"type": "virtual-kubelet"})]
    given = wanted(TARGET, zero_pull=True, nodes={"items": [nodes.slim(one) for one in found]})

    assert [place.nodes for place in given.places] == [("node-a",)]
    assert given.left_out == ("node-b: it is a virtual node",)


def _labelled(name: str, changes: dict) -> Object:
    """Give a node with some labels changed; None takes one away."""
    found = node(name)
    meta = found["metadata"]
    told = (meta["labels"] | changes).items()
    meta["labels"] = {key: value for key, value in told if value is not None}
    return found


def _rendered() -> list[Object]:
    given = wanted(TARGET, zero_pull=True, nodes={"items": [node("node-a")]})
    found = objects.objects(given)
    volume = {"name": "code", "projected": {"sources": [{"configMap": {"name": "code-00"}}]}}
    found[-1]["spec"]["template"]["spec"]["volumes"].append(volume)
    parcel = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "code-00"}}
    return [*found[:-1], parcel, found[-1]]


def test_in_a_namespace_that_exists_every_name_and_every_reference_is_the_runs_own() -> None:
    before = _rendered()
    where, found = placing.placed(copy.deepcopy(before), "ab12", "default")
    daemon_set = found[-1]
    spec = daemon_set["spec"]["template"]["spec"]

    assert where == "default"
    assert [one["kind"] for one in found] == ["ServiceAccount", "ConfigMap", "DaemonSet"]
    assert all(one["metadata"]["name"].endswith("-ab12") for one in found)
    assert all(one["metadata"]["namespace"] == "default" for one in found)
    assert spec["serviceAccountName"] == found[0]["metadata"]["name"]
    assert spec["volumes"][-1]["projected"]["sources"][0]["configMap"]["name"] == "code-00-ab12"
    assert daemon_set["spec"]["selector"]["matchLabels"][placing.LABEL] == "ab12"
    assert daemon_set["spec"]["template"]["metadata"]["labels"][placing.LABEL] == "ab12"


def test_in_a_namespace_of_its_own_names_stay_and_the_namespace_is_the_runs() -> None:
    where, found = placing.placed(_rendered(), "ab12")

    assert where == "acr-diagnose-ab12"
    assert found[0]["metadata"]["name"] == where
    assert found[0]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    assert {one["metadata"].get("namespace", where) for one in found} == {where}
    assert found[2]["metadata"]["name"] == "code-00"


def test_nodes_that_were_chosen_are_asked_for_beside_what_the_template_asks_for() -> None:
    (_, found) = placing.placed(_rendered(), "ab12", "", ["host-a"])
    affinity = found[-1]["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]
    (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    keys = [row["key"] for row in term["matchExpressions"]]

    assert keys[-1] == "kubernetes.io/hostname"
    assert "kubernetes.io/arch" in keys


_TO = "Unable to connect to the server: "


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (f"{_TO}getting credentials: exec: executable kubelogin not found", Reason.SIGNED_OUT),
        (
            f"{_TO}dial tcp: lookup c.hcp.x.azmk8s.io on 10.0.0.1:53: no such host",
            Reason.UNREACHABLE,
        ),
        (f"{_TO}tls: failed to verify certificate: x509: unknown authority", Reason.OTHER),
        (f"{_TO}net/http: TLS handshake timeout", Reason.SILENT),
        (f"{_TO}dial tcp 10.0.0.1:443: i/o timeout", Reason.SILENT),
        (f"{_TO}EOF", Reason.UNREACHABLE),
        ("error: You must be logged in to the server (Unauthorized)", Reason.SIGNED_OUT),
        ("Error from server (NotFound): the server could not find it", Reason.NOT_FOUND),
        ("Error from server (SomethingNew): well", Reason.OTHER),
        ("error: the server doesn't have a resource type", Reason.OTHER),
        ("error: invalid configuration: no server found", Reason.NO_CONFIG),
        ("The connection to the server localhost:8080 was refused - did", Reason.NO_CONFIG),
        ("The connection to the server 10.0.0.1:6443 was refused - did", Reason.UNREACHABLE),
        ("", Reason.OTHER),
    ],
)
def test_what_kubectl_says_of_its_own_troubles_is_understood(words: str, reason: Reason) -> None:
    assert refusals.understood(words).reason is reason


def test_a_private_cluster_out_of_reach_is_called_that() -> None:
    words = f"{_TO}dial tcp: lookup c.privatelink.westeurope.azmk8s.io: no such host"

    assert "a machine in its network" in refusals.understood(words).said


RBAC = 'nodes is forbidden: User "ann" cannot list resource "nodes" in API group ""'


@pytest.mark.parametrize(
    ("said", "is_rbac"),
    [
        (RBAC, True),
        ("User does not have access to the resource in Azure. Update role assignment", True),
        ('pods "x" is forbidden: exceeded quota: small', False),
        ('admission webhook "gate" denied the request: cannot list', False),
    ],
)
def test_a_missing_right_is_told_from_a_rule(said: str, *, is_rbac: bool) -> None:
    assert refusals.is_of_rbac(ApiError(Reason.FORBIDDEN, said)) is is_rbac
    assert not refusals.is_of_rbac(ApiError(Reason.BROKEN, said))


def test_a_missing_right_is_told_with_the_smallest_rule() -> None:
    right = Right("create", "daemonsets", "apps")
    told = refusals.denied(right, "ns", ApiError(Reason.FORBIDDEN, "no"))

    assert told == (
        "you may not create daemonsets.apps in namespace ns (no). A Role there with this rule "
        'would do: - {apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"]}'
    )


@pytest.mark.parametrize(
    ("reason", "calls"), [(Reason.BUSY, 5), (Reason.SILENT, 5), (Reason.FORBIDDEN, 1)]
)
def test_a_call_is_made_again_only_where_that_may_help(reason: Reason, calls: int) -> None:
    made = []

    def call() -> None:
        made.append(1)
        raise ApiError(reason)

    with pytest.raises(ApiError):
        again(call, lambda _: None)

    assert len(made) == calls


def _failed(message: str) -> dict:
    about = {"kind": "Pod", "name": "p"}
    return {"reason": "Failed", "message": message, "involvedObject": about}


@pytest.mark.parametrize("last", ["Error: ErrImagePull", "Error: ImagePullBackOff"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_event_with_the_reason_is_told_and_not_the_one_with_the_state(
    last: str, turned: bool
) -> None:
    """Both come from the kubelet, and an API server gives them in any order."""
    both = [_failed('Failed to pull image "x": 403 Forbidden'), _failed(last)]
    found = events.told(reversed(both) if turned else both)

    assert found.pods == {"p": 'Failed: Failed to pull image "x": 403 Forbidden'}
    assert events.told(both[1:]).pods == {"p": f"Failed: {last}"}
