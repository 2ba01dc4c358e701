"""Everything that leaves the VM is recorded, and each thing of it stands in the plan.

TLS hides methods and paths from the capture: these come from the servers' own log. The capture has
the addresses, ports, DNS names and TLS names, also of what no server was there to log.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from diagnose.lab.healthy import CLIENT_ID
from tests.e2e import containerd, planned, traffic
from tests.e2e.azure import addresses
from tests.e2e.capture import Capture
from tests.e2e.containerd import Containerd
from tests.e2e.dockerd import Dockerd
from tests.e2e.machine import IMDS, PLATFORM, Machine
from tests.e2e.namespace import child_of
from tests.e2e.planned import LAYERS, Planned
from tests.e2e.traffic import Traffic
from tests.e2e.witness import Asked, Witnessed

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
LOGIN, ARM = "contoso.azurecr.io", "management.azure.com"
IMAGE = f"{LOGIN}/app:v1"
NONE = ("--runtime", "none")
LATER = 2.0  # seconds for which the wire is watched after a run has ended
CONTROLS = {"mcr.microsoft.com", "login.microsoftonline.com"}
EVERY = {LOGIN, LAYERS, ARM, *CONTROLS}
New = Callable[..., Machine]


class Watched:
    """A machine whose wire and whose servers are both recorded."""

    def __init__(self, machine: Machine, case: str = "healthy") -> None:
        self.machine, self.azure = machine, Witnessed(machine, case)

    def plan(self, *options: str) -> Planned:
        done = self.machine.vm.run([PROGRAM, "plan", IMAGE, *options, "-o", "json"], check=True)
        return Planned(json.loads(done.stdout))

    def during(self, work: Callable[[], None]) -> tuple[Traffic, list[Asked], float]:
        """Give what was sent and asked during ``work``, and when that had ended."""
        self.azure.asked()
        capture = Capture(self.machine.vm)
        work()
        ended = time.time()
        time.sleep(LATER)
        return traffic.read(capture.stop()), self.azure.asked(), ended

    def run(self, *words: str, codes: tuple[int, ...] = (0,)) -> tuple[Traffic, list[Asked], float]:
        def work() -> None:
            done = self.machine.vm.run([PROGRAM, *words], timeout=100)
            assert done.returncode in codes, done.stdout + done.stderr

        return self.during(work)

    def agent(self, *words: str) -> tuple[Traffic, list[Asked], float]:
        def work() -> None:
            agent = self.machine.vm.popen([PROGRAM, "agent", *words], stderr=subprocess.PIPE)
            assert agent.stderr
            with agent.stderr:
                for line in agent.stderr:
                    if json.loads(line)["event"] == "verdict":
                        break
                os.kill(child_of(agent.pid), signal.SIGTERM)
                agent.wait(20)

        return self.during(work)


def judged(plan: Planned, sent: Traffic, asked: list[Asked], ended: float) -> set[str]:
    """Hold what must hold of every run; give the hosts that were connected to, by name."""
    assert not plan.unexplained(sent)
    assert not plan.unplanned(asked)
    assert not [one for one in asked if not planned.only_reads(one)]
    assert not sent.after(ended), "something was sent after the run had ended"
    greeted = {one.name for one in sent.connections if one.name}
    # The capture is whole: who was asked over TLS was seen to be greeted.
    assert {one.host for one in asked} <= greeted | {IMDS}
    reached = {name for one in sent.connections for name in sent.named[one.address]}
    return reached | {one.address for one in sent.connections if one.address == IMDS}


@pytest.mark.parametrize(
    ("words", "options", "hosts"),
    [
        (("run", IMAGE, *NONE), NONE, EVERY | {IMDS}),
        (("run", IMAGE, *NONE, "--no-arm"), (*NONE, "--no-arm"), EVERY - {ARM} | {IMDS}),
        (
            ("run", IMAGE, *NONE, "--no-arm", "--no-pull", "--auth", "none"),
            (*NONE, "--no-arm", "--no-pull", "--auth", "none"),
            {LOGIN, *CONTROLS, IMDS},
        ),
        (("bundle", IMAGE, *NONE, "-o", "{folder}/b.tar.gz"), NONE, EVERY | {IMDS}),
        (("k8s", "node", IMAGE, *NONE, "--once"), NONE, EVERY | {IMDS}),
        (
            ("agent", IMAGE, *NONE, "--once", "--textfile", "{folder}"),
            (*NONE, "--no-arm"),
            EVERY - {ARM} | {IMDS},
        ),
    ],
    ids=["run", "no-arm", "no-token", "bundle", "k8s-node", "agent-once"],
)
def test_what_leaves_the_machine_stands_in_the_plan(
    new_machine: New, words: tuple[str, ...], options: tuple[str, ...], hosts: set[str]
) -> None:
    watched = Watched(new_machine(*addresses()))
    plan = watched.plan(*options)
    folder = str(watched.machine.vm.folder)

    sent, asked, ended = watched.run(
        *(word.format(folder=folder) for word in words), codes=(0, 1, 3)
    )

    assert judged(plan, sent, asked, ended) == hosts
    assert {one.is_own for one in asked} == {True}


@pytest.mark.parametrize("case", ["subnet-not-allowed", "egress-blocked-registry"])
def test_what_a_fault_makes_it_ask_stands_in_the_plan_too(new_machine: New, case: str) -> None:
    watched = Watched(new_machine(*addresses()), case)

    sent, asked, ended = watched.run("run", IMAGE, *NONE, codes=(1,))

    hosts = judged(watched.plan(*NONE), sent, asked, ended)
    assert {LOGIN, ARM, IMDS} <= hosts <= EVERY | {IMDS}


def test_an_agent_asks_what_a_run_asks_and_nothing_after_its_end(new_machine: New) -> None:
    watched = Watched(new_machine(*addresses()))

    sent, asked, ended = watched.agent(IMAGE, *NONE, "--listen", "127.0.0.1:9846")

    assert judged(watched.plan(*NONE, "--no-arm"), sent, asked, ended) == EVERY - {ARM} | {IMDS}


@pytest.mark.parametrize("pulls", [True, False], ids=["pull", "no-pull"])
def test_dockers_own_pull_goes_where_the_plan_says(
    new_machine: New, stack: ExitStack, pulls: bool
) -> None:
    watched = Watched(new_machine(*addresses()))
    stack.enter_context(closing(Dockerd(watched.machine.vm)))
    options = ("--runtime", "docker", *(() if pulls else ("--no-pull",)))

    sent, asked, ended = watched.run("run", IMAGE, *options, "--timeout", "40")

    assert judged(watched.plan(*options), sent, asked, ended) == EVERY | {IMDS}
    assert any(not one.is_own for one in asked) is pulls


@pytest.mark.skipif(bool(containerd.why_not()), reason=containerd.why_not())
@pytest.mark.parametrize("pulls", [True, False], ids=["pull", "no-pull"])
def test_a_nodes_plug_in_and_pull_go_where_the_plan_says(
    new_machine: New, stack: ExitStack, pulls: bool
) -> None:
    machine = new_machine(*addresses())
    told = {"useManagedIdentityExtension": True, "userAssignedIdentityID": CLIENT_ID}
    containerd.dress(machine, json.dumps(told))
    watched = Watched(machine)
    stack.enter_context(closing(Containerd(machine)))
    options = () if pulls else ("--no-pull",)

    sent, asked, ended = watched.run("run", IMAGE, *options, "--timeout", "40")

    assert judged(watched.plan(*options), sent, asked, ended) == EVERY | {IMDS}
    agents = {one.agent.partition("/")[0] for one in asked if not one.is_own}
    assert ("containerd" in agents) is pulls
    assert "Python-urllib" in agents, "the stand-in for the kubelet's plug-in asks for itself"


# Each of these has to be found: a test that sees nothing proves nothing.
BESIDES = {
    "an address": "s.create_connection(('20.1.1.1', 443), 0.5)",
    "another port": f"s.create_connection(('{PLATFORM}', 80), 0.5)",
    "a name": "s.gethostbyname('evil.example')",
    "another server for names": (
        "x = s.socket(s.AF_INET, s.SOCK_DGRAM); x.connect(('20.1.1.1', 53)); x.send("
        "bytes(2) + b'\\1\\0\\0\\1' + bytes(6) + b'\\7contoso\\7azurecr\\2io\\0\\0\\1\\0\\1')"
    ),
    "another TLS name": (
        "import ssl; c = ssl._create_unverified_context();"
        f"c.wrap_socket(s.create_connection((s.gethostbyname('{LOGIN}'), 443), 2),"
        " server_hostname='evil.example')"
    ),
    "the metadata service": (
        f"x = s.create_connection(('{IMDS}', 80), 2);"
        "x.send(b'GET /metadata/attested/document HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); x.recv(9)"
    ),
    "what is no HTTP": f"x = s.create_connection(('{IMDS}', 80), 2); x.send(b'hello')",
    "UDP": "x = s.socket(s.AF_INET, s.SOCK_DGRAM); x.sendto(b'x', ('20.1.1.1', 514))",
    "ping": "x = s.socket(s.AF_INET, s.SOCK_RAW, 1); x.sendto(bytes(8), ('20.1.1.1', 0))",
    "this machine": "x = s.socket(s.AF_INET, s.SOCK_DGRAM); x.sendto(b'x', ('127.0.0.1', 514))",
    "IPv6": "x = s.socket(s.AF_INET6, s.SOCK_DGRAM); x.sendto(b'x', ('ff02::1%eth0', 9))",
}


def test_whatever_is_sent_besides_is_found(new_machine: New) -> None:
    watched = Watched(new_machine(*addresses()))
    plan = watched.plan(*NONE)
    for what, source in BESIDES.items():

        def work(source: str = source) -> None:
            watched.machine.vm.python(f"import socket as s\n{source}")

        sent, _, _ = watched.during(work)

        assert plan.unexplained(sent), what


def test_what_is_sent_late_is_found(new_machine: New) -> None:
    watched = Watched(new_machine(*addresses()))
    late = f"import socket, time; time.sleep(0.7); socket.gethostbyname('{LOGIN}')"

    def work() -> None:
        watched.machine.vm.popen([sys.executable, "-c", late])

    sent, _, ended = watched.during(work)

    assert sent.after(ended)


UNPLANNED = (
    ("PUT", "/v2/app/manifests/v1"),
    ("POST", "/v2/app/blobs/uploads/"),
    ("DELETE", "/v2/app/manifests/v1"),
    ("GET", "/acr/v1/_catalog"),
)


def test_a_request_that_no_row_names_is_found_in_the_servers_log(new_machine: New) -> None:
    watched = Watched(new_machine(*addresses()))
    source = (
        "import http.client, ssl\n"
        f"for method, path in {UNPLANNED}:\n"
        f"  c = http.client.HTTPSConnection({LOGIN!r}, context=ssl._create_unverified_context())\n"
        "  c.request(method, path, headers={'User-Agent': 'acr-diagnose'})\n"
        "  c.getresponse()\n"
    )

    _, asked, _ = watched.during(lambda: watched.machine.vm.python(source) and None)

    assert len(watched.plan(*NONE).unplanned(asked)) == len(UNPLANNED) == len(asked)
    assert [planned.only_reads(one) for one in asked] == [False, False, False, True]
