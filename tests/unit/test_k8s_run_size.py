"""Five thousand nodes: in seconds, and in memory that does not grow with what the API sends."""

import json
import resource
import shutil
import time
import tracemalloc

import pytest

from diagnose.kubernetes.run.kubectl import Kubectl
from diagnose.kubernetes.run.listing import Listing
from diagnose.kubernetes.run.waiting import Patience
from tests.kubernetes.fake_api import Server
from tests.kubernetes.running import fleet, healthy, ran, refused
from tests.kubernetes.state import Cluster, answered, node

NODES = 5000
_PADDING = {"managedFields": "x" * 4000}  # what a real pod has beside what is read


def large():
    names = [f"aks-pool{number % 7}-12345678-vmss{number:06}" for number in range(NODES)]
    state = Cluster(*(node(name, pool=name[4:9]) for name in names), line=healthy())
    lines = [healthy()] * 4 + [refused()]
    state.story = lambda name: [(0, {**answered(lines[int(name[-6:]) % 5]), "padding": _PADDING})]
    return state


def _worked():
    """Give the seconds of processor time so far, of this process and of every kubectl.

    Others may be busy on this machine: on an idle one that is more than the time that passes.
    """
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + theirs.ru_utime + theirs.ru_stime


@pytest.mark.slow
def test_five_thousand_nodes_are_judged_in_seconds(tmp_path, monkeypatch) -> None:
    program = shutil.which("kubectl")
    if not program:
        pytest.skip("kubectl is not installed; the stand-in starts a Python for each page")
    monkeypatch.setenv("HOME", str(tmp_path))
    state = large()
    with Server(state) as server:
        api = Kubectl(kubeconfig=server.kubeconfig(tmp_path), program=program)
        before = _worked()
        outcome = ran(state, api, seconds=90.0, patience=Patience())
        took = _worked() - before
    found = fleet(outcome)

    assert took < 10
    assert outcome.answered == NODES
    assert found.whole.groups["subnet-not-allowed"].count == NODES // 5
    assert len(state.asked("list pods")) == NODES // 500
    assert state.left() == []


def test_a_list_is_read_in_the_memory_of_a_page() -> None:
    page = [{"metadata": {"name": "x" * 10_000}}] * 500

    class Endless:
        client = "kubectl"

        def __init__(self, pages):
            self.pages = pages

        def get(self, _path, query):
            number = int(query.get("continue", 0)) + 1
            meta = {"continue": str(number)} if number < self.pages else {}
            return json.dumps({"metadata": meta, "items": page}).encode()

    def peak(pages):
        tracemalloc.start()
        for _ in Listing(Endless(pages), "/api/v1/nodes"):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(20) < peak(2) * 1.2
