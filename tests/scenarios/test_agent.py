"""The agent against the simulated Azure: what it tells while things change, and how it ends."""

import contextlib
import http.client
import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from checks.target import Asked
from diagnose.agent import settings
from diagnose.agent.front import Agent
from diagnose.agent.log import Log
from diagnose.agent.loop import Again, Stop
from diagnose.lab.cases import CASES
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration

ROOT = Path(__file__).resolve().parents[2]
ONE = "contoso.azurecr.io"
Samples = dict[tuple[str, str], float]


def within(seconds: float, ready: Callable[[], Any]) -> Any:
    """Wait until ``ready`` gives something, and give that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if found := ready():
                return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()


def scraped(port: int) -> Samples:
    """Give each sample by its name and its other label but the registry."""
    found = {}
    for family in text_string_to_metric_families(get(port, "/metrics")[1]):
        for one in family.samples:
            assert one.labels["registry"] == ONE
            others = "".join(value for name, value in one.labels.items() if name != "registry")
            found[one.name.removeprefix("acr_diagnose_"), others] = one.value
    return found


class Staying:
    """An agent that stays up in this process while its cloud is changed."""

    def __init__(self, cloud: Cloud, options: Any) -> None:
        chosen = settings.Settings(
            asked=settings.by_registry([Asked(text=demonstration.IMAGE)]),
            interval=300.0,
            listen=("127.0.0.1", 0),
        )
        self.cloud, self.log, self.code = cloud, io.StringIO(), -1
        self.agent = Agent(chosen, options, log=Log(self.log))
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.port = int(within(5, self.events)[0]["listen"].rpartition(":")[2])

    def _run(self) -> None:
        self.code = self.agent.run()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def asked_again(self) -> Samples:
        """Have everybody asked now, and give what is told after that run."""
        before = self._runs()
        self.agent.loop.inbox.put(Again())
        within(50, lambda: self._runs() > before)
        return scraped(self.port)

    def _runs(self) -> float:
        return sum(value for name, value in scraped(self.port).items() if name[0] == "runs_total")


@pytest.fixture
def staying() -> Iterator[Staying]:
    cloud = healthy_cloud()
    with demonstration.laboratory(cloud) as options:
        made = Staying(cloud, options)
        yield made
        made.agent.loop.inbox.put(Stop("test"))
        made.thread.join(5)
        assert not made.thread.is_alive()


def test_what_changes_is_in_the_metrics_at_once_and_in_the_log_once(staying: Staying) -> None:
    not_yet = get(staying.port, "/readyz")[0]
    good = staying.asked_again()
    staying.asked_again()
    CASES["subnet-not-allowed"](staying.cloud)
    bad = staying.asked_again()
    staying.asked_again()
    verdicts = [event for event in staying.events() if event["event"] == "verdict"]

    assert (not_yet, get(staying.port, "/readyz")[0], get(staying.port, "/healthz")[0]) == (
        503,
        200,
        200,
    )
    assert good["verdict_info", "healthy"] == bad["verdict_info", "subnet-not-allowed"] == 1
    assert ("verdict_info", "healthy") not in bad
    assert (good["probe_success", "manifest"], good["probe_success", "layer"]) == (1, 1)
    assert bad["probe_success", "firewall"] == 0
    assert ("probe_success", "layer") not in bad, "it was not come to"
    assert 0 < bad["probe_duration_seconds", "challenge"] < 5
    assert abs(bad["last_run_timestamp_seconds", ""] - time.time()) < 60
    assert [(event["code"], event.get("was")) for event in verdicts] == [
        ("healthy", None),
        ("subnet-not-allowed", "healthy"),
    ]
    assert verdicts[1]["confidence"] == "proven", "Azure was asked why"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    """Start an agent in a process of its own, which ends with the test."""
    with contextlib.ExitStack() as stack:

        def started(story: str) -> "subprocess.Popen[str]":
            words = [sys.executable, "-m", "tests.scenarios.agent_process", story]
            process = subprocess.Popen(
                [*words, "127.0.0.1:0", str(tmp_path)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield started


def first_line(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stderr
    event: dict[str, Any] = json.loads(process.stderr.readline())
    assert event["event"] == "start"
    return event


def ended(
    process: "subprocess.Popen[str]", with_: signal.Signals
) -> tuple[float, list[dict[str, Any]]]:
    """End the process by a signal; give after how long, and what it logged after its start.

    Its last line is what counts: the simulated Azure in the same process ends after it.
    """
    assert process.stderr
    begun, took, events = time.monotonic(), 0.0, []
    process.send_signal(with_)
    for line in process.stderr:
        events.append(json.loads(line))
        took = time.monotonic() - begun
    out, _ = process.communicate(timeout=20)

    assert (process.returncode, out) == (0, "")
    return took, events


@pytest.mark.parametrize("with_", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_a_second_in_the_middle_of_a_run(
    start: Callable[[str], "subprocess.Popen[str]"], with_: signal.Signals
) -> None:
    """Three tries, as a machine that runs other tests may be busy for a second itself."""
    for _ in range(3):
        process = start("the_subnet_has_no_way_out")
        port = int(first_line(process)["listen"].rpartition(":")[2])
        process.send_signal(signal.SIGHUP)
        time.sleep(1.0)  # the run waits for a path that swallows everything
        assert get(port, "/readyz")[0] == 503
        took, events = ended(process, with_)
        assert [event["event"] for event in events] == ["stop"]
        if took < 1.0:
            return
    raise AssertionError(f"it took {took:.1f} s")


def test_a_hangup_asks_now_and_the_file_is_as_the_metrics_are(
    start: Callable[[str], "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    process = start("the_tag_is_not_there")
    port = int(first_line(process)["listen"].rpartition(":")[2])
    for number in (1.0, 2.0):
        process.send_signal(signal.SIGHUP)
        within(50, lambda: scraped(port)["runs_total", "cause"] >= number)  # noqa: B023 it is called at once
    text = (tmp_path / settings.FILE).read_text()
    served = get(port, "/metrics")[1]
    _, events = ended(process, signal.SIGTERM)

    assert text == served
    assert 'code="tag-not-found"' in text
    assert [event["event"] for event in events] == ["verdict", "stop"]
