"""A live cluster as a source of ``fleet``: what runs there is read, and nothing else is done."""

from diagnose.fleet import roster
from diagnose.fleet.items import Lost, Machine, Told
from diagnose.grouping.digest import Digest
from diagnose.kubernetes.run.collecting import collected
from tests.kubernetes.running import cluster, healthy, ran, refused, served
from tests.kubernetes.state import answered, failing, node, running, waiting

SELECTOR = "app.kubernetes.io/name=acr-diagnose"


def deployed():
    """Give a cluster in which a run was kept: one node of each kind."""
    state = cluster("ended", "goes-on", "stuck", "without")
    stories = {
        "ended": answered(refused()),
        "goes-on": running(),
        "stuck": waiting("ImagePullBackOff", "no such host"),
        "without": "never made",
    }
    state.story = lambda name: [(0, stories[name])]
    ran(state, keeps=True, seconds=0.6, namespace="default")
    for pod in state.pods.values():
        if pod["spec"]["nodeName"] == "goes-on":
            state.logs[pod["metadata"]["name"]] = f"started\n{healthy()}\n"
    state.requests.clear()
    return state


def items(state, namespace="default"):
    with served(state) as (api, _):
        return list(collected(api, namespace, SELECTOR))


def told(found):
    rows = [item.row for item in found if isinstance(item, Told)]
    return {
        row.name: (row.cause or str(row.status)) if isinstance(row, Digest) else row.because
        for row in rows
    }


def test_every_node_is_named_and_every_pod_read() -> None:
    state = deployed()
    found = items(state)
    fleet = roster.collected(found)

    assert [item.name for item in found if isinstance(item, Machine)] == [
        "ended",
        "goes-on",
        "stuck",
        "without",
    ]
    assert told(found) == {
        "ended": "subnet-not-allowed",
        "goes-on": "healthy",
        "stuck": "ImagePullBackOff: no such host",
    }
    assert (fleet.whole.total, fleet.whole.unread, fleet.code) == (4, 2, 1)
    assert {one.verb for one in state.requests} == {"list", "get"}


def test_the_pods_of_all_namespaces_are_found() -> None:
    state = deployed()
    before = told(items(state))

    assert told(items(state, namespace="")) == before
    assert {one.namespace for one in state.asked("get pods/log")} == {"default"}


def test_nodes_that_may_not_be_listed_are_known_by_their_pods() -> None:
    state = deployed()
    state.deny("list nodes")
    found = items(state)
    (lost,) = [item for item in found if isinstance(item, Lost)]

    assert told(found)["ended"] == "subnet-not-allowed"
    assert 'resources: ["nodes"], verbs: ["list"]' in lost.because


def test_pods_that_may_not_be_listed_leave_the_nodes() -> None:
    state = deployed()
    state.deny("list pods")
    found = items(state)

    assert told(found) == {}
    assert len([item for item in found if isinstance(item, Machine)]) == 4
    assert any("you may not list pods" in item.because for item in found if isinstance(item, Lost))


def test_logs_that_may_not_be_read_leave_their_node_silent() -> None:
    state = deployed()
    state.deny("get pods/log")

    assert "you may not get pods/log in namespace default" in told(items(state))["goes-on"]


def test_a_log_without_a_verdict_is_no_verdict() -> None:
    state = deployed()
    state.logs.clear()

    assert told(items(state))["goes-on"] == "its log has no verdict"


def test_a_list_that_breaks_off_keeps_what_it_gave(monkeypatch) -> None:
    from diagnose.kubernetes.run import listing

    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(listing, "_PAUSES", (0.01,))
    state = deployed()
    state.nodes["late"] = node("late")

    def cut(request):
        if request.query.get("continue") == "2":
            failing(503)(request)

    state.break_("list nodes", cut)
    found = items(state)

    assert [item.name for item in found if isinstance(item, Machine)] == ["ended", "goes-on"]
    assert any(isinstance(item, Lost) for item in found)
    assert told(found)["ended"] == "subnet-not-allowed"
