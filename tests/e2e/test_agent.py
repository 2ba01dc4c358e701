"""The agent and the detector's plug-in on the VM: what they tell, how soon, and how they end."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.namespace import child_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
IMAGE = "contoso.azurecr.io/app:v1"
LISTEN = "127.0.0.1:9846"
SCRAPE = (
    f"import urllib.request as u; print(u.urlopen('http://{LISTEN}/%s').read().decode(), end='')"
)
LOOKUP = "import socket; print(socket.gethostbyname('contoso.azurecr.io'))"


def scraped(machine: Machine, path: str, holding: str = "") -> str:
    """Ask the agent on the VM until its answer holds something."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        done = machine.vm.python(SCRAPE % path)
        if done.returncode == 0 and holding in done.stdout:
            return done.stdout
        time.sleep(0.5)
    raise AssertionError(f"{path}: {done.stdout}{done.stderr}")


def complaints(text: str) -> str:
    """Give what promtool has to say against metrics; nothing where it is not installed."""
    if shutil.which("promtool") is None:
        return ""
    words = ["promtool", "check", "metrics"]
    done = subprocess.run(
        words, input=text, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr


def test_what_the_agent_serves_is_what_prometheus_wants(
    new_machine: Callable[..., Machine],
) -> None:
    machine = new_machine(*addresses())
    Azure(machine, "subnet-not-allowed")
    words = [PROGRAM, "agent", IMAGE, "--interval", "30s", "--runtime", "none", "--listen", LISTEN]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    agent = machine.vm.popen(words, **pipes)
    text = scraped(machine, "metrics", "verdict_info{")
    ready = scraped(machine, "readyz")
    begun = time.monotonic()
    os.kill(child_of(agent.pid), signal.SIGTERM)  # its parent is what entered the namespace
    out, err = agent.communicate(timeout=10)
    took = time.monotonic() - begun
    events = [json.loads(line) for line in err.splitlines()]

    assert 'code="subnet-not-allowed",registry="contoso.azurecr.io"} 1.0' in text
    assert ready == "ok\n"
    assert complaints(text) == ""
    assert [event["event"] for event in events] == ["start", "verdict", "stop"]
    assert (agent.returncode, out, events[1]["confidence"]) == (0, "", "proven")
    assert took < 3.0  # a second, on a machine that runs nothing else


@pytest.mark.parametrize(
    ("case", "dropped", "code", "begins"),
    [
        ("healthy", False, 0, "healthy: "),
        ("subnet-not-allowed", False, 1, "subnet-not-allowed"),
        ("healthy", True, 1, "egress-blocked-registry"),
    ],
    ids=["works", "refused", "dropped"],
)
def test_the_detectors_line_comes_in_its_time(
    new_machine: Callable[..., Machine], case: str, dropped: bool, code: int, begins: str
) -> None:
    """Three tries for the time: a machine that runs other tests may be busy itself."""
    machine = new_machine(*addresses())
    Azure(machine, case)
    if dropped:
        machine.azure.drop(machine.vm.python(LOOKUP).stdout.strip())
    words = [PROGRAM, "run", IMAGE, "--output", "npd"]
    for _ in range(3):
        begun = time.monotonic()
        done = machine.vm.run([*words, "--runtime", "none"], timeout=20)
        took = time.monotonic() - begun
        if took < 4.0:
            break

    assert took < 4.0
    assert done.stdout.startswith(begins)
    assert (done.returncode, done.stderr) == (code, "")
    assert (done.stdout.count("\n"), len(done.stdout.encode()) <= 80) == (1, True)
