"""A cluster whose API server or kubectl is broken: ``fleet --kubernetes``, lists and watches."""

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http import client
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlencode

import pytest

from diagnose.kubernetes.api import ApiError
from diagnose.kubernetes.run import front, kubectl, listing
from diagnose.kubernetes.run.front import Request
from diagnose.kubernetes.run.kubectl import Kubectl
from diagnose.lab.http import Response
from diagnose.lab.sockets import Listener
from diagnose.lab.wire import read_request, write_response
from tests.faults import http, memory
from tests.faults.judging import odd
from tests.faults.world import Twist
from tests.kubernetes.fake_api import Server
from tests.kubernetes.running import SHORT, TARGET, cluster, refused
from tests.kubernetes.state import answered

STUB = Path(__file__).resolve().parents[1] / "kubernetes" / "stub_kubectl.py"
NOBODY, SILENT = 2, 3  # the exit codes where no node is known, and where none answered

PODS = '{"kind": "List", "metadata": {"resourceVersion": "1"}, "items": %s}'
STRANGE = [
    3,
    None,
    [],
    {},
    {"metadata": 3, "spec": [], "status": "x"},
    {"metadata": {"name": "\x1b[31mred\n", "labels": [1]}, "spec": {"nodeName": "\u202enode\x07"}},
    {
        "metadata": {"name": 7},
        "status": {"initContainerStatuses": [3, {"state": {"terminated": 1}}]},
    },
    {"status": {"conditions": {"type": "Ready"}, "phase": ["Running"], "containerStatuses": 1}},
    {"metadata": {"name": "a"}, "status": {"phase": "Failed", "reason": "\x9b31m", "message": 5}},
]
# What a kubectl does that is broken, or that carries a broken answer.
PROGRAMS = {
    "nothing": "exit 0",
    "error": "printf '\\033[31mred\\n\\a' >&2; exit 1",
    "signal": "kill -SEGV $$",
    "hangs": "exec sleep 60",
    "drips": "while :; do printf x; sleep 0.3; done",
    "endless": "exec yes '{\"items\":'",
    "endless-error": "exec yes error >&2",
    "noise": "exec head -c 200000 /dev/urandom",
    "html": "echo '<html>\x1b[31msign in</html>'",
    "array": "echo '[]'",
    "null": "echo null",
    "no-list": "echo '{}'",
    "huge-number": f"exec {sys.executable} -S -c 'print(\"9\" * 9000)'",
    "deep": f"exec {sys.executable} -S -c 'print(\"[\" * 100000)'",
    "no-utf-8": 'printf \'{"kind":"\\377\\376"}\'',
    "stays-behind": "sleep 60 & exit 0",
    "strange": f"cat <<'END'\n{PODS % json.dumps(STRANGE)}\nEND",
    "surrogates": "echo '" + PODS % '[{"metadata": {"name": "\\ud800"}}]' + "'",
    "goes-on-for-ever": 'echo \'{"metadata": {"continue": "x"}, "items": []}\'',
}
QUIET = ("strange", "surrogates")  # lists, whose items say nothing
ANSWERS = ("drip", "truncated", "endless", "html", "leaves", "nulls", "no-utf-8")
PATIENCE = 30.0  # seconds: a few calls that each come to their end, on a busy machine


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let nobody wait for long: what is tried again is, but at once."""
    monkeypatch.setitem(Kubectl.__init__.__kwdefaults__, "seconds", 1.0)
    monkeypatch.setattr(kubectl, "_STARTING", 0.5)
    monkeypatch.setattr(listing, "_PAUSES", (0.0,))


def program(folder: Path, body: str) -> str:
    place = folder / "kubectl"
    place.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    place.chmod(0o755)
    return str(place)


def live(place: str, capsys: pytest.CaptureFixture[str], output: str) -> tuple[int, str]:
    with memory.bounded():
        code = front.live(output, program=place)
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert "Traceback" not in text
        assert not odd(text), odd(text)
    return code, said.out


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_fleet_is_asked_by_a_kubectl_that_is_broken(name: str, tmp_path, capsys) -> None:
    began = time.monotonic()
    code, said = live(program(tmp_path, PROGRAMS[name]), capsys, "json")
    fleet = json.loads(said)

    assert code in (NOBODY, SILENT), "no node answered, so that nothing may be said of any"
    assert fleet["nodes"]["cause"] == fleet["nodes"]["healthy"] == 0
    assert name in QUIET or fleet["unreadable"]
    assert time.monotonic() - began < PATIENCE


def test_a_list_whose_pages_have_no_end_has_one(monkeypatch) -> None:
    monkeypatch.setattr(listing, "_PAGES", 20)
    api = Pages()
    with pytest.raises(ApiError, match="a list without an end"):
        list(listing.Listing(api, "/api/v1/pods"))

    assert api.asked == 20


@pytest.mark.parametrize("name", ["endless", "noise", "error", "hangs", "nothing"])
def test_a_watch_by_a_kubectl_that_is_broken_has_an_end(name: str, tmp_path) -> None:
    body = {**PROGRAMS, "endless": "exec head -c 1000000000 /dev/zero"}[name]
    api = Kubectl(program=program(tmp_path, body))
    stream = api.watch("/api/v1/pods", {}, 1)
    ended = threading.Timer(3.0, stream.close)
    ended.start()
    with memory.bounded(), contextlib.suppress(ApiError):
        for line in stream:
            assert len(line) < 9 << 20
    ended.cancel()

    assert stream._process.wait(2) is not None
    stream.close()


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_fleet_whose_api_server_is_broken(fault: str, tmp_path, capsys) -> None:
    """No node is called healthy for want of an answer."""
    place = program(tmp_path, f'exec {sys.executable} -S {STUB} "$@"')
    twist = http.ANSWERS[fault]
    state = cluster("node-a")
    state.story = lambda _: [(0, answered(refused()))]
    with Server(state) as server:
        whole = server.kubeconfig(tmp_path)
        front.run(_request(place, whole), "short", quiet=True)
        with memory.bounded(), _before(server, twist) as port:
            broken = Path(whole).read_text(encoding="utf-8").replace(str(server.port), str(port))
            (tmp_path / "broken").write_text(broken, encoding="utf-8")
            code = front.live("json", program=place, kubeconfig=str(tmp_path / "broken"))
    said = capsys.readouterr().out

    assert code in (NOBODY, SILENT, 1), said
    assert not odd(said)
    assert json.loads(said)["nodes"]["healthy"] == 0


def _request(place: str, kubeconfig: str) -> Request:
    given = {"target": TARGET, "program": place, "kubeconfig": kubeconfig, "patience": SHORT}
    return Request(**given, keeps=True, seconds=20.0)


@contextlib.contextmanager
def _before(server: Server, twist: Twist) -> Iterator[int]:
    """Give the port of what stands before an API server and does as ``twist`` says."""

    def serve(sock: socket.socket, _peer: str) -> None:
        with sock.makefile("rb") as incoming, sock.makefile("wb") as outgoing:
            asked = read_request(cast("BinaryIO", incoming), peer="", local="")
            if asked is None:
                return
            told = client.HTTPConnection("127.0.0.1", server.port)
            told.request(asked.method, f"{asked.path}?{urlencode(asked.query)}")
            with contextlib.closing(told), told.getresponse() as answer:
                kind = ("Content-Type", "application/json")
                said = twist(asked, Response(answer.status, (kind,), answer.read()))
            if callable(said):
                said(sock)
                return
            closed = replace(asked, headers={"connection": "close"})
            write_response(cast("BinaryIO", outgoing), closed, said, time.time())

    listener = Listener("127.0.0.1", 0, serve)
    try:
        yield listener.port
    finally:
        listener.close()


class Pages:
    """An API of which every page has another one after it."""

    asked = 0

    def get(self, _path: str, _query: object = None) -> bytes:
        self.asked += 1
        return json.dumps({"metadata": {"continue": str(self.asked)}, "items": []}).encode()
