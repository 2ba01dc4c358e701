"""`k8s run` where the API server is slow, gone or unwilling: what was collected is kept, and what
was made is deleted, or the one command that deletes it is printed.
"""

import io
import os
import signal
import threading
from dataclasses import replace

import pytest

from diagnose.kubernetes.api import ApiError, Reason
from diagnose.kubernetes.run.making import MakingError
from tests.kubernetes.running import (
    SHORT,
    cluster,
    healthy,
    ran,
    refused,
    rendered,
    rows,
    served,
)
from tests.kubernetes.state import Status, answered, failing, running, slow

PARCEL = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "acr-diagnose-code-00"},
    "binaryData": {"00.zip": "AAAA"},
}


def two():
    """Give a cluster of two nodes with a fault each way, whose pods go on for a moment."""
    state = cluster("node-a", "node-b")
    state.story = lambda name: [
        (0, running(ready=False)),
        (0.3, answered(refused() if name == "node-a" else healthy())),
    ]
    return state


BOTH = {"node-a": "subnet-not-allowed", "node-b": "healthy"}


@pytest.mark.parametrize(
    ("right", "sentence", "rule"),
    [
        ("list nodes", "you may not list nodes in the cluster", 'resources: ["nodes"]'),
        ("watch pods", "you may not watch pods in namespace", 'verbs: ["watch"]'),
        ("list events", "you may not list events in namespace", 'resources: ["events"]'),
        ("list daemonsets", "you may not list daemonsets.apps in", 'apiGroups: ["apps"]'),
    ],
)
def test_without_a_right_that_only_helps_the_verdicts_are_the_same(
    right: str, sentence: str, rule: str
) -> None:
    state = two()
    state.deny(right)
    if right in ("list events", "list daemonsets"):  # asked for only where a node is silent
        state.story = lambda name: [(0.4, answered(refused() if "a" in name[-1] else healthy()))]
    outcome = ran(state)

    assert rows(outcome) == BOTH
    assert len(outcome.limits) == 1
    assert sentence in outcome.limits[0]
    assert rule in outcome.limits[0]
    assert "Role" in outcome.limits[0]
    assert state.left() == []


def test_without_the_right_to_read_logs_the_node_is_silent_and_the_role_named() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, running() if name == "node-b" else answered(refused()))]
    state.deny("get pods/log")
    outcome = ran(state, seconds=1.0)

    assert rows(outcome)["node-a"] == "subnet-not-allowed"
    assert rows(outcome)["node-b"] == "its pod runs, and gave no verdict"
    assert any('resources: ["pods/log"], verbs: ["get"]' in limit for limit in outcome.limits)


def test_without_the_right_to_list_pods_nothing_is_known_and_nothing_stays() -> None:
    state = two()
    state.deny("list pods")
    outcome = ran(state)

    assert outcome.answered == 0
    assert any("you may not list pods in namespace" in limit for limit in outcome.limits)
    assert state.left() == []


@pytest.mark.parametrize(
    ("right", "kind"),
    [
        ("create namespaces", "A ClusterRole"),
        ("create serviceaccounts", "A Role there"),
        ("create daemonsets", "A Role there"),
    ],
)
def test_a_right_to_create_that_is_missing_ends_the_run_and_takes_back_what_was_made(
    right: str, kind: str
) -> None:
    state = two()
    state.deny(right)
    with pytest.raises(MakingError) as caught:
        ran(state)
    verb, resource = right.split()

    assert f"you may not {verb} {resource}" in str(caught.value)
    assert f'resources: ["{resource}"], verbs: ["{verb}"]' in str(caught.value)
    assert kind in str(caught.value)
    assert ("--namespace" in str(caught.value)) == (resource == "namespaces")
    assert state.left() == []


@pytest.mark.parametrize(
    ("namespace", "right"), [("", "delete namespaces"), ("default", "delete daemonsets")]
)
def test_nothing_is_made_that_is_known_to_stay(namespace: str, right: str) -> None:
    state = two()
    state.known_denied.add(right)
    with pytest.raises(
        MakingError, match=f"nothing was made, as it would stay: you may not {right}"
    ):
        ran(state, namespace=namespace)
    kept = two()
    kept.known_denied.add(right)

    assert state.left() == []
    assert rows(ran(kept, namespace=namespace, keeps=True)) == BOTH


def test_a_right_in_the_namespace_is_not_asked_for_where_the_namespace_goes() -> None:
    state = two()
    state.known_denied.add("delete daemonsets")

    assert rows(ran(state)) == BOTH


def test_a_namespace_that_may_not_be_deleted_is_emptied_and_named() -> None:
    state = two()
    state.deny("delete namespaces")
    said = io.StringIO()
    outcome = ran(state, said=said)
    (left,) = state.left()

    assert rows(outcome) == BOTH
    assert left[0] == "namespaces"
    assert state.pods == {}
    assert f"delete it by hand: kubectl --context fake delete namespace {left[2]}\n" in (
        said.getvalue()
    )
    assert left[2] in outcome.limits[0]


def test_objects_that_may_not_be_deleted_are_named_in_one_command() -> None:
    state = two()
    state.deny("delete daemonsets")
    said = io.StringIO()
    outcome = ran(state, said=said, namespace="default")

    assert rows(outcome) == BOTH
    assert "kubectl --context fake -n default delete daemonset,serviceaccount -l acr-diagnose/" in (
        said.getvalue()
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status(413, "RequestEntityTooLarge", "limit is 3145728"), "too large for this cluster"),
        (
            Status(422, "Invalid", "ConfigMap is invalid: []: Too long: must have at most 1048576"),
            "too large for this cluster",
        ),
        (
            Status(403, "Forbidden", 'configmaps "x" is forbidden: exceeded quota: small'),
            "a quota of namespace",
        ),
        (
            Status(403, "Forbidden", 'admission webhook "gate" denied the request: no hostNetwork'),
            'the cluster refused ConfigMap acr-diagnose-code-00: admission webhook "gate" denied',
        ),
    ],
)
def test_an_object_that_the_cluster_refuses_is_told_with_what_helps(
    status: Status, told: str
) -> None:
    state = two()
    state.break_("create configmaps", failing(status.code, status.reason, status.message))
    with pytest.raises(MakingError, match=told) as caught:
        ran(state, render=lambda _nodes: ([*rendered()[0][:2], PARCEL, *rendered()[0][2:]], ()))

    assert "Role" not in str(caught.value)
    assert state.left() == []


def test_a_namespace_that_is_going_takes_nothing_new() -> None:
    state = two()
    state.objects["namespaces", "", "default"]["deleted"] = 5
    with pytest.raises(MakingError, match="namespace default is being deleted: wait until"):
        ran(state, namespace="default")


def test_a_namespace_that_is_not_there_is_not_made() -> None:
    state = two()
    with pytest.raises(MakingError, match="there is no namespace other"):
        ran(state, namespace="other")

    assert state.asked("create namespaces") == []


def test_credentials_that_expired_are_told_before_anything_is_made() -> None:
    state = two()
    state.break_("*", failing(401, "Unauthorized", "Unauthorized"))
    with pytest.raises(ApiError) as caught:
        ran(state)

    assert caught.value.reason is Reason.SIGNED_OUT
    assert len(state.requests) == 1


def test_credentials_that_expire_midway_keep_what_was_collected() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, answered(refused()) if "a" in name else running(ready=False))]
    expired = failing(401, "Unauthorized", "Unauthorized")
    for right in ("watch pods", "delete namespaces", "list daemonsets", "list events"):
        state.break_(right, expired)
    said = io.StringIO()
    outcome = ran(state, said=said)

    assert rows(outcome)["node-a"] == "subnet-not-allowed"
    assert any("does not know who asks" in limit for limit in outcome.limits)
    assert "delete it by hand: kubectl" in said.getvalue()


@pytest.mark.parametrize("code", [429, 500, 503, 504])
def test_an_api_server_that_fails_now_and_then_is_asked_again(code: int) -> None:
    state = two()
    reasons = {429: "TooManyRequests", 500: "InternalError", 504: "Timeout"}
    state.break_("*", failing(code, reasons.get(code, ""), "not now"), times=1)
    state.break_("create daemonsets", failing(code, reasons.get(code, ""), "not now"), times=1)
    state.break_("delete namespaces", failing(code, reasons.get(code, ""), "not now"), times=1)
    outcome = ran(state)

    assert rows(outcome) == BOTH
    assert state.left() == []


def test_an_answer_that_was_lost_makes_nothing_twice() -> None:
    state = two()

    def lose(request):
        with state.lock:
            state._create(request)
        raise ConnectionError

    state.break_("create daemonsets", lose, times=1)
    outcome = ran(state)

    assert rows(outcome) == BOTH
    assert len(state.asked("create daemonsets")) == 2
    assert state.left() == []


def test_what_answers_in_place_of_the_api_server_is_told() -> None:
    state = two()
    state.break_("list nodes", lambda _: b"<html>sign in</html>")
    with pytest.raises(ApiError, match="what answered is no API server: <html>sign in</html>"):
        ran(state)


def test_a_slow_api_server_is_waited_for() -> None:
    state = two()
    state.break_("*", slow(0.2))

    assert rows(ran(state)) == BOTH


def test_an_api_server_that_is_gone_midway_leaves_what_was_collected_and_the_command() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, answered(refused()) if "a" in name else running(ready=False))]
    said = io.StringIO()
    with served(state) as (api, server):
        threading.Timer(0.5, server.stop).start()
        outcome = ran(state, api, said=said)
    (space,) = [key[2] for key in state.left() if key[0] == "namespaces"]

    assert rows(outcome)["node-a"] == "subnet-not-allowed"
    assert rows(outcome)["node-b"] == "its pod runs, and gave no verdict"
    assert any("the cluster stopped answering" in limit for limit in outcome.limits)
    assert said.getvalue().endswith(
        f"delete it by hand: kubectl --context fake delete namespace {space}\n"
    )


def test_an_api_server_that_comes_back_is_asked_to_delete() -> None:
    state = two()
    state.break_("delete namespaces", failing(503), times=2)
    patience = replace(SHORT, deleting=10.0)
    ran(state, patience=patience)

    assert len(state.asked("delete namespaces")) == 3
    assert state.left() == []


def test_a_watch_that_breaks_after_a_long_silence_is_no_cluster_that_is_lost() -> None:
    state = cluster("node-a")
    state.story = lambda _: [(0, running(ready=False)), (4.3, answered(refused()))]

    def cut() -> None:
        state.break_("watch pods", failing(503), times=1)
        state.cuts += 1

    threading.Timer(2.0, cut).start()
    outcome = ran(state, patience=replace(SHORT, lost=2.5))

    assert rows(outcome) == {"node-a": "subnet-not-allowed"}
    assert outcome.limits == ()
    assert len(state.asked("list pods")) == 2


def test_a_watch_that_grew_too_old_is_begun_again_with_a_list() -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [
        (0, running(ready=False)),
        (0.6, answered(refused() if name == "node-a" else healthy())),
    ]

    def compact(_request):
        if len(state.asked("watch pods")) == 1:
            state.oldest = state.version + 1
            state.version += 2

    state.break_("watch pods", compact)
    outcome = ran(state)

    assert rows(outcome) == BOTH
    assert len(state.asked("list pods")) == 2


def test_a_list_that_grew_too_old_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from diagnose.kubernetes.run import listing

    monkeypatch.setattr(listing, "PAGE", 1)
    state = two()

    def expire(request):
        if request.query.get("continue") == "1" and len(state.asked("list nodes")) == 2:
            raise Status(410, "Expired", "The provided continue parameter is too old")

    state.break_("list nodes", expire)

    assert rows(ran(state)) == BOTH


def test_a_bug_of_ours_ends_the_run_and_everything_is_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = two()

    def fail(_item: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("diagnose.kubernetes.run.pods.of", fail)
    outcome = ran(state)

    assert any("acr-diagnose itself failed (KeyError" in limit for limit in outcome.limits)
    assert state.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("right", ["create serviceaccounts", "create daemonsets", "watch pods"])
def test_a_signal_ends_the_run_and_everything_is_deleted(
    right: str, number: signal.Signals
) -> None:
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, answered(refused()) if "a" in name else running(ready=False))]
    state.break_(right, lambda _: os.kill(os.getpid(), number), times=1)
    before = signal.getsignal(number)
    outcome = ran(state)

    assert outcome.ended == number
    assert f"the run was interrupted by {number.name}" in outcome.limits
    assert state.left() == []
    assert state.pods == {}
    assert signal.getsignal(number) is before
    if right == "watch pods":
        assert rows(outcome)["node-a"] == "subnet-not-allowed"


def test_a_signal_while_it_is_deleted_is_answered_and_the_next_is_obeyed() -> None:
    state = two()
    state.break_("delete namespaces", lambda _: os.kill(os.getpid(), signal.SIGINT), times=1)
    state.break_("delete namespaces", failing(503), times=2)
    once = io.StringIO()
    outcome = ran(state, said=once)

    assert "once more leaves it there" in once.getvalue()
    assert rows(outcome) == BOTH

    state = two()
    state.break_("delete namespaces", lambda _: os.kill(os.getpid(), signal.SIGINT))
    state.break_("delete namespaces", failing(503))
    twice = io.StringIO()
    outcome = ran(state, said=twice, patience=replace(SHORT, deleting=30.0))

    assert rows(outcome) == BOTH
    assert "left in the cluster; to remove it: kubectl --context fake delete namespace" in (
        twice.getvalue()
    )
