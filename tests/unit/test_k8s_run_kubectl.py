"""`k8s run` by kubectl: a stand-in always, and the real one where it is installed. Both are
led to the fake API server by a kubeconfig of the test's own.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from checks.target import UsageError
from diagnose.kubernetes.api import ApiError, Posted, Reason
from diagnose.kubernetes.run import front, node_events, pods
from diagnose.kubernetes.run.front import Request
from diagnose.kubernetes.run.kubectl import Kubectl
from tests.kubernetes.fake_api import Server
from tests.kubernetes.running import SHORT, TARGET, cluster, healthy, refused
from tests.kubernetes.state import Status, answered, failing, running, slow

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "tests" / "kubernetes" / "stub_kubectl.py"
REAL = shutil.which("kubectl") or ""


@pytest.fixture(params=["stub", "real"])
def program(request, tmp_path, monkeypatch) -> str:
    """Give a kubectl that can only find the kubeconfig that it is told of."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "real":
        if not REAL:
            pytest.skip("kubectl is not installed")
        return REAL
    path = tmp_path / "kubectl"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -S {STUB} "$@"\n')
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def state():
    found = cluster("node-a", "node-b")
    found.story = lambda name: [
        (0, running(ready=False)),
        (0.3, answered(refused() if name == "node-a" else healthy())),
    ]
    return found


def request(program: str, kubeconfig: str, **more: object) -> Request:
    given = {"target": TARGET, "kubeconfig": kubeconfig, "program": program, "patience": SHORT}
    return Request(**{"seconds": 10.0, **given, **more})


@pytest.mark.parametrize("output", ["text", "json", "short", "html", "markdown"])
def test_the_fleets_verdict_is_printed_and_nothing_is_left(
    output: str, program, state, tmp_path, capsys
) -> None:
    with Server(state) as server:
        code = front.run(request(program, server.kubeconfig(tmp_path)), output)
    told = capsys.readouterr()

    assert code == 1
    assert "subnet-not-allowed" in told.out
    assert state.left() == []
    assert "acr-diagnose: the pods are in namespace acr-diagnose-" in told.err
    if output == "json":
        assert json.loads(told.out)["nodes"]["total"] == 2


def test_kubectl_is_asked_over_tls_as_well(state, tmp_path, monkeypatch, capsys) -> None:
    if not REAL:
        pytest.skip("kubectl is not installed")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server(state, tls=True) as server:
        code = front.run(request(REAL, server.kubeconfig(tmp_path)), "short")

    assert code == 1
    assert state.left() == []
    assert "subnet-not-allowed" in capsys.readouterr().out


def test_a_kubeconfig_without_credentials_asks_nobody_for_any(state, tmp_path, monkeypatch) -> None:
    if not REAL:
        pytest.skip("kubectl is not installed")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server(state, tls=True) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path, signed_in=False), program=REAL)
        with pytest.raises(ApiError, match="holds no credentials") as caught:
            api.get("/api/v1/nodes")

    assert caught.value.reason is Reason.SIGNED_OUT


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((403, "Forbidden", "nodes is forbidden: ..."), Reason.FORBIDDEN),
        ((401, "Unauthorized", "Unauthorized"), Reason.SIGNED_OUT),
        ((404, "NotFound", 'nodes "x" not found'), Reason.NOT_FOUND),
        ((409, "AlreadyExists", "it already exists"), Reason.EXISTS),
        ((409, "Conflict", "it was changed"), Reason.CONFLICT),
        ((410, "Expired", "the continue parameter is too old"), Reason.GONE),
        ((413, "RequestEntityTooLarge", "limit is 3145728"), Reason.TOO_LARGE),
        ((422, "Invalid", "it is invalid"), Reason.INVALID),
        ((429, "TooManyRequests", "later"), Reason.BUSY),
        ((500, "InternalError", "etcdserver: request timed out"), Reason.BROKEN),
        ((500, "InternalError", "etcdserver: request is too large"), Reason.TOO_LARGE),
        ((503, "ServiceUnavailable", "not now"), Reason.BROKEN),
        ((503, "", ""), Reason.BROKEN),
        ((504, "Timeout", "too slow"), Reason.SILENT),
    ],
)
def test_what_kubectl_says_of_an_answer_is_understood(
    answer: tuple[int, str, str], reason: Reason, program, state, tmp_path
) -> None:
    state.break_("list nodes", failing(*answer))
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        with pytest.raises(ApiError) as caught:
            api.get("/api/v1/nodes", {"limit": "5"})

    assert caught.value.reason is reason
    assert answer[2] in caught.value.said


def test_an_answer_that_does_not_come_has_an_end(program, state, tmp_path) -> None:
    state.break_("list nodes", slow(5))
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program, seconds=1)
        began = time.monotonic()
        with pytest.raises(ApiError) as caught:
            api.get("/api/v1/nodes")

    assert caught.value.reason is Reason.SILENT
    assert time.monotonic() - began < 4


def test_a_kubectl_that_hangs_has_an_end(tmp_path, monkeypatch) -> None:
    path = tmp_path / "kubectl"
    path.write_text("#!/bin/sh\nexec sleep 30\n")
    path.chmod(0o755)
    monkeypatch.setattr("diagnose.kubernetes.run.kubectl._STARTING", 0.2)
    api = Kubectl(program=str(path), seconds=0.2)
    with pytest.raises(ApiError) as caught:
        api.get("/api/v1/nodes")

    assert caught.value.reason is Reason.SILENT


def test_a_server_that_is_not_there_is_unreachable(program, state, tmp_path) -> None:
    with Server(state) as server:
        path = server.kubeconfig(tmp_path)
    with pytest.raises(ApiError) as caught:
        Kubectl(kubeconfig=path, program=program).get("/api/v1/nodes")

    assert caught.value.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    "which",
    [{}, {"kubeconfig": "/nowhere/kubeconfig"}, {"context": "nobody"}],
    ids=["no kubeconfig", "a kubeconfig that is not there", "a context that is not there"],
)
def test_no_cluster_to_ask_is_a_slip(which: dict, program, state, tmp_path) -> None:
    with Server(state) as server:
        given = {"kubeconfig": server.kubeconfig(tmp_path)} if "context" in which else {}
        with pytest.raises(UsageError, match="there is no cluster to ask"):
            front.run(request(program, **{"kubeconfig": "", **given, **which}), "text")

    assert state.requests == []


def test_a_live_cluster_is_a_fleet(program, state, tmp_path, capsys) -> None:
    state.story = lambda name: [(0, answered(refused() if name == "node-a" else healthy()))]
    with Server(state) as server:
        path = server.kubeconfig(tmp_path)
        front.run(request(program, path, keeps=True), "short")
        made = state.left()
        capsys.readouterr()
        code = front.live("json", kubeconfig=path, program=program)
    told = json.loads(capsys.readouterr().out)

    assert code == 1
    assert told["nodes"]["total"] == 2
    assert state.left() == made


def test_a_live_fleet_without_a_cluster_is_a_slip(program) -> None:
    with pytest.raises(UsageError, match="there is no cluster to ask"):
        front.live("json", kubeconfig="/nowhere", program=program)


def test_no_kubectl_is_a_slip(tmp_path) -> None:
    with pytest.raises(UsageError, match="kubectl is not on the PATH"):
        front.run(request(str(tmp_path / "kubectl"), ""), "text")


@pytest.mark.parametrize(
    "slip",
    [
        {"target": "not a target"},
        {"profile": "node", "image": "repo:latest"},
        {"namespace": "Not A Name"},
        {"identity": "a b"},
    ],
)
def test_a_slip_is_told_before_the_cluster_is_asked(slip: dict, program, state, tmp_path) -> None:
    with Server(state) as server, pytest.raises(UsageError):
        front.run(request(program, server.kubeconfig(tmp_path), **slip), "text")

    assert state.requests == []


def test_a_context_goes_into_the_command_that_deletes_by_hand(program, state, tmp_path) -> None:
    with Server(state) as server:
        path = server.kubeconfig(tmp_path, "it's prod")
        api = Kubectl("it's prod", path, program=program)

        assert b"node-a" in api.get("/api/v1/nodes")
        assert shlex.split(api.client) == ["kubectl", "--context=it's prod", f"--kubeconfig={path}"]


def test_nothing_came_of_it_is_one_document_and_its_own_exit_code(
    program, state, tmp_path, capsys
) -> None:
    state.deny("create namespaces")
    with Server(state) as server:
        code = front.run(request(program, server.kubeconfig(tmp_path)), "json")
    told = capsys.readouterr()

    assert code == 5
    assert "you may not create namespaces in the cluster" in json.loads(told.out)["error"]
    assert "Traceback" not in told.err


def test_a_cluster_that_stays_silent_is_inconclusive(program, state, tmp_path, capsys) -> None:
    state.story = lambda _: [(0, running(ready=False))]
    with Server(state) as server:
        code = front.run(request(program, server.kubeconfig(tmp_path), seconds=1.5), "short")

    assert code == 3
    assert "2 sent nothing" in capsys.readouterr().out


def test_nodes_that_nobody_knows_of_are_no_healthy_ones(program, state, tmp_path) -> None:
    """One node answered; how many there are was not to be seen before the API server was gone."""
    state.deny("list nodes")
    state.deny("list daemonsets")
    state.story = lambda _: [(0, answered(healthy()))]
    with Server(state) as server:
        path = server.kubeconfig(tmp_path)
        state.break_("watch pods", lambda _: threading.Thread(target=server.stop).start())
        code = front.run(request(program, path, seconds=3.0), "short")

    assert code == 3


def test_the_program_goes_along_where_nothing_is_pulled(program, state, tmp_path, capsys) -> None:
    with Server(state) as server:
        code = front.run(request(program, server.kubeconfig(tmp_path), zero_pull=True), "short")
    (daemon_set,) = [one.body for one in state.asked("create daemonsets")]
    parcels = [one.body["metadata"]["name"] for one in state.asked("create configmaps")]
    volumes = daemon_set["spec"]["template"]["spec"]["volumes"]
    (code_volume,) = [one for one in volumes if one["name"] == "code"]

    assert code == 1
    assert [one["configMap"]["name"] for one in code_volume["projected"]["sources"]] == parcels
    assert len(parcels) > 2
    assert state.left() == []


@pytest.mark.parametrize("denied", [False, True])
def test_events_change_neither_the_report_nor_the_code(
    program, state, tmp_path, capsys, *, denied: bool
) -> None:
    if denied:
        state.deny("create events")
    with Server(state) as server:
        path = server.kubeconfig(tmp_path)
        code = front.run(request(program, path, events=True, node_log=True), "json")
    told = capsys.readouterr()
    found = {one["involvedObject"]["name"]: one["reason"] for one in state.written.values()}

    assert code == 1
    assert json.loads(told.out)["nodes"]["total"] == 2
    assert found == ({} if denied else {"node-a": "SubnetNotAllowed", "node-b": "Healthy"})
    assert ("no events were written: you may not create events" in told.err) is denied
    assert ("acr-diagnose: events written: 2" in told.err) is not denied
    assert state.left() == []
    assert "DirectoryOrCreate" in json.dumps(state.asked("create daemonsets")[0].body)


def _events(count: int) -> list[dict]:
    verdict = pods.verdict(refused(), "x")
    rows = [(f"node-{number}", verdict) for number in range(count)]
    return list(node_events.of(rows, TARGET, "cafe0001", datetime.now(timezone.utc)))


def test_many_objects_are_one_process_and_one_request_each(program, state, tmp_path) -> None:
    """In the namespace that each names, whatever the context's own is."""
    with Server(state) as server:
        path = Path(server.kubeconfig(tmp_path))
        document = json.loads(path.read_text())
        document["contexts"][0]["context"]["namespace"] = "team"
        path.write_text(json.dumps(document))
        posted = Kubectl(kubeconfig=str(path), program=program).post_all(_events(100), 20)

    assert posted == Posted(100)
    assert {one.namespace for one in state.asked("create events")} == {"default"}
    assert len(state.written) == 100


def test_objects_that_are_there_already_count_and_those_refused_do_not(
    program, state, tmp_path
) -> None:
    found = _events(6)
    found[4]["involvedObject"]["namespace"] = "elsewhere"
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        before = api.post_all(found[:2], 20)
        posted = api.post_all(found, 20)

    assert before == Posted(2)
    assert posted.made == 5
    assert posted.error is not None
    assert posted.error.reason is Reason.INVALID
    assert "does not match event.namespace" in posted.error.said


def test_objects_that_take_too_long_have_an_end_and_those_made_count(
    program, state, tmp_path
) -> None:
    found = _events(3)

    def late(request):
        if request.body["metadata"]["name"] == found[1]["metadata"]["name"]:
            time.sleep(8)

    state.break_("create events", late)
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        began = time.monotonic()
        posted = api.post_all(found, 2)

    assert (posted.made, posted.error and posted.error.reason) == (1, Reason.SILENT)
    assert time.monotonic() - began < 6


def test_a_watch_ends_with_what_the_server_says(program, state, tmp_path) -> None:
    def refuse(_request):
        raise Status(403, "Forbidden", "pods is forbidden: cannot watch resource")

    state.break_("watch pods", refuse)
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        stream = api.watch("/api/v1/namespaces/default/pods", {"resourceVersion": "1000"}, 5)
        with pytest.raises(ApiError) as caught:
            list(stream)

    assert caught.value.reason is Reason.FORBIDDEN


def test_a_watch_that_is_closed_ends_at_once(program, state, tmp_path) -> None:
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        stream = api.watch("/api/v1/namespaces/default/pods", {"resourceVersion": "1000"}, 30)
        threading.Timer(0.5, stream.close).start()
        began = time.monotonic()

        assert list(stream) == []
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_stopped_deletes_what_it_made(
    number: signal.Signals, program, state, tmp_path
) -> None:
    """Ctrl-C goes to the whole group of processes, as a terminal sends it."""
    state.story = lambda name: [
        (0, answered(refused()) if name == "node-a" else running(ready=False))
    ]
    source = (
        "import sys; from diagnose.kubernetes.run import front;"
        "sys.exit(front.run(front.Request(target=sys.argv[1], kubeconfig=sys.argv[2],"
        " program=sys.argv[3]), 'short'))"
    )
    with Server(state) as server:
        path = server.kubeconfig(tmp_path)
        process = subprocess.Popen(
            [sys.executable, "-c", source, TARGET, path, program],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        while not state.asked("watch pods") and process.poll() is None:
            time.sleep(0.05)
        time.sleep(0.3)
        os.killpg(process.pid, number)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 128 + number, err
    assert state.left() == []
    assert "subnet-not-allowed" in out
    assert f"the run was interrupted by {number.name}" in err
    assert "Traceback" not in err
