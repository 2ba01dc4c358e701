"""The agent under test: the installed program on the VM, and its Azure, which changes under it.

It is asked by SIGHUP alone (its own pauses are longer), so that it is known which state a run saw:
none is under way while the state changes.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.machine import Machine
from tests.e2e.namespace import child_of
from tests.soak import states

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
LISTEN = "127.0.0.1:9846"
LIMIT = 90.0  # seconds: two runs at their deadlines, and as much again for a busy machine
PREFIX = "acr_diagnose_"

Series = dict[tuple[str, ...], float]  # name and the values of its labels, sorted by label


class Azure:
    """The services in the azure namespace; the VM trusts their authority from then on."""

    def __init__(self, machine: Machine) -> None:
        words = [sys.executable, "-m", "tests.soak.serving"]
        self.log = machine.azure.folder / "azure.log"
        with self.log.open("w") as log:
            self.process = machine.azure.popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        machine.trust(Path(self._ready()))

    def becomes(self, name: str) -> None:
        """Be in the state of the story from now on."""
        told(self.process, name)
        self._ready()

    def _ready(self) -> str:
        line = self.process.stdout.readline() if self.process.stdout else ""
        word, _, rest = line.strip().partition(" ")
        if word != "READY":
            raise OSError(f"the simulated Azure said {line!r}\n{self.log.read_text()}")
        return rest


class Agent:
    """The agent's process and what can be seen of it from outside."""

    def __init__(self, machine: Machine) -> None:
        self.log = machine.vm.folder / "agent.log"
        self.textfiles = machine.vm.folder / "textfiles"
        self.textfiles.mkdir()
        words = [PROGRAM, "agent", states.IMAGE, "--interval", "30s", "--listen", LISTEN]
        words += ["--runtime", "none"]  # docker is installed here and does not run, which is true
        with self.log.open("w") as log:
            self.process = machine.vm.popen(
                [*words, "--textfile", str(self.textfiles)], stdout=subprocess.PIPE, stderr=log
            )
        scraping = [sys.executable, "-m", "tests.soak.scraping", LISTEN]
        self.scraper = machine.vm.popen(scraping, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._within(lambda: self.get("/readyz")[0] == 200)
        self.pid = child_of(self.process.pid)  # its parent is what entered the namespace
        self.runs = self._count()

    def get(self, path: str) -> tuple[int, str]:
        told(self.scraper, path)
        line = self.scraper.stdout.readline() if self.scraper.stdout else ""
        status, text = json.loads(line)
        return int(status), str(text)

    def asked(self) -> None:
        """Have it ask now, and wait until that run is over."""
        os.kill(self.pid, signal.SIGHUP)
        self._within(lambda: self._count() > self.runs)
        self.runs = self._count()

    def series(self) -> Series:
        """Give what it tells Prometheus."""
        return read(self.get("/metrics")[1])

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def uses(self) -> dict[str, float]:
        """Give memory in KiB, how many threads, descriptors and sockets it has, and CPU seconds."""
        folder = Path("/proc", str(self.pid))
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        open_ = [os.readlink(one) for one in (folder / "fd").iterdir()]
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
        return {
            "rss": float(status["VmRSS"].split()[0]),
            "own": float(status["RssAnon"].split()[0]),
            "threads": float(status["Threads"]),
            "descriptors": float(len(open_)),
            "sockets": float(sum(name.startswith("socket:") for name in open_)),
            "cpu": sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"),
        }

    def ended(self) -> tuple[float, int]:
        """End it by SIGTERM; give after how many seconds it was gone, and its exit code."""
        begun = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        code = self.process.wait(20)
        return time.monotonic() - begun, code

    def _count(self) -> int:
        return sum(int(value) for name, value in self.series().items() if name[0] == "runs_total")

    def _within(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not ready():
            if time.monotonic() > end or self.process.poll() is not None:
                raise OSError(f"the agent does not answer\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)


def read(text: str) -> Series:
    """Read metrics as Prometheus does, without the prefix that all of them have."""
    return {
        (one.name.removeprefix(PREFIX), *(one.labels[key] for key in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def told(process: "subprocess.Popen[str]", line: str) -> None:
    if process.stdin is None:
        raise OSError("it takes no orders")
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
