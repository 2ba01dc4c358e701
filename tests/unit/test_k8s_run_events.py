"""``k8s run --events``: what an event says, and that nothing else of a run hangs on it."""

import os
import signal
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import kubernetes_validate
import pytest

from diagnose.causes.contract import FixStep
from diagnose.grouping.digest import Digest
from diagnose.judging.verdict import Status
from diagnose.kubernetes.api import ApiError, Posted, Reason
from diagnose.kubernetes.run import node_events, pods, refusals, telling
from diagnose.kubernetes.run.placing import LABEL
from tests.kubernetes.direct import Direct
from tests.kubernetes.fake_api import Server
from tests.kubernetes.running import cluster, fleet, healthy, line, ran, refused, rows
from tests.kubernetes.state import Status as No
from tests.kubernetes.state import answered, failing, waiting

IMAGE = "contoso.azurecr.io/app:1"
NOW = datetime(2026, 8, 1, 12, 0, 5, 7, tzinfo=timezone(timedelta(hours=2)))
BOTH = {"node-a": "subnet-not-allowed", "node-b": "healthy"}
SENTENCE = "no events were written: you may not create events in namespace default"


def digest(text: str = "") -> Digest:
    found = pods.verdict(text or refused(), "node-a")
    assert found is not None
    return found


def events(*rows: tuple[str, Digest]) -> list[dict]:
    return list(node_events.of(rows, IMAGE, "cafe0001", NOW))


def two():
    state = cluster("node-a", "node-b")
    state.story = lambda name: [(0, answered(refused() if name == "node-a" else healthy()))]
    return state


# --- what an event says


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_an_event_is_valid_and_is_about_the_node(version: str) -> None:
    (event,) = events(("node-a", digest()))
    kubernetes_validate.validate(event, version, strict=True)

    assert event["involvedObject"] == {
        "apiVersion": "v1",
        "kind": "Node",
        "name": "node-a",
        "uid": "node-a",
    }
    assert event["metadata"]["namespace"] == "default"
    assert (event["reason"], event["type"]) == ("SubnetNotAllowed", "Warning")
    assert event["firstTimestamp"] == event["lastTimestamp"] == "2026-08-01T10:00:05Z"
    assert (event["count"], event["source"]) == (1, {"component": "acr-diagnose"})


def test_a_fault_names_the_image_the_cause_and_the_first_command() -> None:
    (event,) = events(("node-a", digest()))

    assert event["message"].startswith(
        f"This node cannot pull {IMAGE}: The registry has no rule for this subnet (proven). "
        "Fix: az acr network-rule add --name contoso "
    )
    assert event["message"].endswith("/subnets/apps")


def test_a_healthy_node_is_no_warning() -> None:
    (event,) = events(("node-a", digest(healthy())))

    assert (event["reason"], event["type"]) == ("Healthy", "Normal")
    assert event["message"] == f"This node can pull {IMAGE}."


def test_what_is_not_known_is_a_warning_that_names_what_it_may_be() -> None:
    unsure = replace(
        digest(),
        status=Status.INCONCLUSIVE,
        cause="",
        rivals=("dns-broken", "wrong-tenant"),
        looks=("ask again",),
    )
    (event,) = events(("node-a", unsure))

    assert (event["reason"], event["type"]) == ("Inconclusive", "Warning")
    assert event["message"] == (
        f"Whether this node can pull {IMAGE} is not clear: it may be dns-broken or wrong-tenant. "
        "To settle it: ask again"
    )


@pytest.mark.parametrize("letters", range(4))
def test_a_message_ends_between_two_characters_within_1024_bytes(letters: int) -> None:
    """Each of these letters is four bytes; the ones before move the border through it."""
    long = replace(
        digest(), cause="no-such-cause", title="x" * letters + "\U00020000" * 400, fix=()
    )
    told = node_events.message(long, IMAGE)

    assert 1020 < len(told.encode()) <= 1024
    assert told.endswith("\U00020000")


@pytest.mark.parametrize("more", [0, 1])
def test_a_command_is_there_as_a_whole_or_not_at_all(more: int) -> None:
    (step, *_) = digest().fix
    head = node_events.message(replace(digest(), fix=(replace(step, command="az"),)), IMAGE)
    command = "az" + "x" * (1024 - len(head) + more)
    told = node_events.message(replace(digest(), fix=(replace(step, command=command),)), IMAGE)

    assert told.endswith(
        "Fix: see acr-diagnose explain subnet-not-allowed" if more else f"Fix: {command}"
    )


def test_a_step_without_a_command_says_what_to_do() -> None:
    (step, *_) = digest().fix
    words = FixStep(command="", needs="", risk=step.risk, why="Ask the owner.\nThen wait.")
    told = node_events.message(replace(digest(), fix=(words,)), IMAGE)

    assert told.endswith(" Fix: Ask the owner.")


def test_a_nodes_words_can_neither_rule_a_terminal_nor_be_a_reason() -> None:
    fix = FixStep(command="az\x1b[2Jx", needs="", risk=digest().fix[0].risk, why="")
    bad = replace(digest(), cause="no-such-cause", title="\x1b[2J\u202enow\n", fix=(fix,))
    (event,) = events(("node-a", bad))

    assert event["message"].isprintable()
    assert "\\x1b[2J\\u202enow\\n" in event["message"]
    assert event["reason"] == "NoSuchCause"
    assert events(("node-a", replace(bad, cause="Rm -rf"))) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [("aks-pool.internal", 1), ("the node of pod x", 0), ("Node", 0), ("a\n", 0), ("a" * 254, 0)],
)
def test_what_is_no_name_of_a_node_gets_no_event(name: str, count: int) -> None:
    assert len(events((name, digest()))) == count


def test_a_verdict_at_odds_with_itself_gets_no_event() -> None:
    assert events(("node-a", replace(digest(), status=Status.HEALTHY))) == []


def test_no_two_events_have_one_name_and_the_run_is_in_it() -> None:
    names = [one["metadata"]["name"] for one in events(("a", digest()), ("b", digest()))]

    assert len(set(names)) == 2
    assert all("cafe0001" in name for name in names)


# --- what a run does


def test_without_the_option_nobody_speaks_of_events() -> None:
    state = two()
    ran(state)
    reviews = state.asked("create selfsubjectaccessreviews")

    assert state.written == {}
    assert state.asked("create events") == []
    assert not any(
        one.body["spec"]["resourceAttributes"]["resource"] == "events" for one in reviews
    )


def test_each_node_that_answered_gets_one_event_which_outlives_the_run() -> None:
    state = cluster()
    state.story = lambda name: [
        (0, waiting("ImagePullBackOff") if name == "node-c" else answered(healthy()))
    ]
    outcome = ran(state, events=IMAGE)
    found = sorted(one["involvedObject"]["name"] for one in state.written.values())

    assert found == ["node-a", "node-b"]
    assert len({one["metadata"]["labels"][LABEL] for one in state.written.values()}) == 1
    assert state.left() == []
    assert outcome.limits == ()


def test_the_events_go_by_the_clusters_names_and_not_by_the_lines() -> None:
    state = two()
    ran(state, events=IMAGE)

    assert {one["involvedObject"]["name"] for one in state.written.values()} == set(BOTH)


@pytest.mark.parametrize("known_before", [False, True])
def test_without_the_right_one_sentence_says_so_and_all_else_stands(*, known_before: bool) -> None:
    state = two()
    state.deny("create events")
    if known_before:
        state.known_denied.add("create events")
    outcome = ran(state, events=IMAGE)

    assert rows(outcome) == BOTH
    assert fleet(outcome).code == fleet(ran(two())).code == 1
    (limit,) = outcome.limits
    assert limit.startswith(SENTENCE)
    assert 'resources: ["events"], verbs: ["create"]' in limit
    assert "A Role there" in limit
    assert bool(state.asked("create events")) is not known_before
    assert state.left() == []


def test_one_event_that_is_refused_stops_no_other() -> None:
    state = two()

    def webhook(request):
        if request.body["involvedObject"]["name"] == "node-a":
            raise No(403, "Forbidden", 'admission webhook "x\x1b" denied the request')

    state.break_("create events", webhook)
    outcome = ran(state, events=IMAGE)

    assert [one["involvedObject"]["name"] for one in state.written.values()] == ["node-b"]
    (limit,) = outcome.limits
    assert limit.startswith("1 of 2 events were not written: the API server refused it: admission")
    assert limit.isprintable()
    assert rows(outcome) == BOTH


def test_a_failure_that_passes_is_tried_once_more_and_doubles_nothing() -> None:
    state = two()
    state.break_("create events", failing(500, "InternalError", "etcdserver: timed out"), 1)
    outcome = ran(state, events=IMAGE)

    assert outcome.limits == ()
    assert len(state.written) == 2
    assert len(state.asked("create events")) == 4


def test_a_cluster_that_stays_broken_is_not_asked_for_ever() -> None:
    state = two()
    state.break_("create events", failing(503, "ServiceUnavailable", "not now"))
    outcome = ran(state, events=IMAGE)

    (limit,) = outcome.limits
    assert limit == f"no events were written: {ApiError(Reason.BROKEN, 'not now')}"
    assert len(state.asked("create events")) == 4


def test_whoever_interrupts_gets_what_was_made_deleted() -> None:
    state = two()
    state.break_("create events", lambda _: os.kill(os.getpid(), signal.SIGINT), 1)
    outcome = ran(state, events=IMAGE)

    assert outcome.ended == signal.SIGINT
    assert outcome.limits == ("the run was interrupted by SIGINT",)
    assert rows(outcome) == BOTH
    assert state.left() == []


def test_a_run_that_was_interrupted_before_writes_none() -> None:
    state = two()
    state.break_("watch pods", lambda _: os.kill(os.getpid(), signal.SIGINT), 1)
    outcome = ran(state, events=IMAGE)

    assert outcome.ended == signal.SIGINT
    assert state.written == {}


class Counting(Direct):
    """Takes all events, and counts how many come with each call."""

    def __init__(self, server):
        super().__init__(server)
        self.sizes = []

    def post_all(self, items, _seconds):
        self.sizes.append(len(items))
        return Posted(len(items))


def test_five_thousand_events_are_fifty_calls() -> None:
    found = events(*((f"node-{number}", digest()) for number in range(5000)))
    with Server(cluster("node-a")) as server:
        api = Counting(server)
        assert telling.told(api, found, 60.0) == ""

    assert len({one["metadata"]["name"] for one in found}) == 5000
    assert api.sizes == [100] * 50


def test_what_is_refused_altogether_is_not_asked_for_fifty_times() -> None:
    found = events(*((f"node-{number}", digest()) for number in range(5000)))
    refusal = ApiError(Reason.FORBIDDEN, 'cannot create resource "events"')

    class Refusing(Counting):
        def post_all(self, items, seconds):
            super().post_all(items, seconds)
            return Posted(0, refusal)

    with Server(cluster("node-a")) as server:
        api = Refusing(server)
        assert telling.told(api, found, 60.0).startswith(SENTENCE)

    assert len(api.sizes) <= 8


def test_where_the_time_is_up_it_is_said_how_many_are_missing() -> None:
    found = events(*((f"node-{number}", digest()) for number in range(1000)))

    class Slow(Counting):
        def post_all(self, items, seconds):
            time.sleep(0.2)
            return super().post_all(items, seconds)

    with Server(cluster("node-a")) as server:
        said = telling.told(Slow(server), found, 0.1)

    late = ApiError(Reason.SILENT, "the time for them was up")
    assert said == f"200 of 1000 events were not written: {late}"


# --- what kubectl says of many objects

THERE = (
    b'Error from server (AlreadyExists): error when creating "STDIN": events "a" already exists\n'
)
NO = (
    b'Error from server (Forbidden): error when creating "STDIN": events is forbidden: '
    b'User "ann" cannot create resource "events" in API group "" in the namespace "default"\n'
)


@pytest.mark.parametrize(
    ("out", "said", "code", "made", "reason"),
    [
        (b"event/a\nevent/b\n", b"", 0, 2, None),
        (b"event/a\n", b"Warning: a header\n", 0, 1, None),
        (b"event/b\n", THERE, 1, 2, None),
        (b"event/b\n", THERE + NO, 1, 2, Reason.FORBIDDEN),
        (b"", NO + NO, 1, 0, Reason.FORBIDDEN),
        (b"", b"Unable to connect to the server: EOF\n", 1, 0, Reason.UNREACHABLE),
        (b"", b'E0801 10:00:00.0 1 memcache.go:265] "x"\n' + NO, 1, 0, Reason.FORBIDDEN),
        (b"event/a\n", b"", 1, 1, Reason.OTHER),
    ],
)
def test_how_many_are_there_and_why_the_others_are_not(
    out: bytes, said: bytes, code: int, made: int, reason: Reason | None
) -> None:
    found = refusals.posted(out, said, code)

    assert found.made == made
    assert (found.error.reason if found.error else None) is reason
    assert "STDIN" not in str(found.error)


# --- what a node says beside its verdict


def test_a_report_that_could_not_be_left_is_told_once_for_all_nodes() -> None:
    state = cluster()
    sentence = "'/var/log/azure/acr-diagnose/report.json' cannot be written: no space"
    state.story = lambda name: [
        (0, answered(line() if name == "node-a" else f"{line()}\nacr-diagnose: {sentence}\x1b"))
    ]
    outcome = ran(state)

    assert set(rows(outcome).values()) == {"healthy"}
    assert outcome.limits == (f"node-b: {sentence}\\x1b (and 1 more)",)
    assert fleet(outcome).code == 0
