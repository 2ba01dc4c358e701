"""The simulated Azure at a distance: two namespaces, a cable with a length, and one run in them."""

import json
import os
import subprocess
import sys
from typing import Any

from typing_extensions import Self

from diagnose.lab.detours import endpoints
from tests.bench.visit import OUTSIDE
from tests.e2e.machine import GATEWAY, IMDS, VM, Machine
from tests.matrix import runs


class Far:
    """`tests.bench.serve` behind `tests.bench.distance`; a context manager; needs root on Linux."""

    def __init__(self, *stories: str) -> None:
        self.machine = Machine(addresses(stories))
        self.started: list[subprocess.Popen[str]] = []
        try:
            self.cable = self._cable()
            words = [sys.executable, "-m", "tests.bench.serve"]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.servers = self.machine.azure.popen(words, **pipes)
        except BaseException:
            self.close()
            raise

    def _cable(self) -> subprocess.Popen[str]:
        """Put the cable with a length in the place of the one that `Machine` has laid."""
        azure, vm = self.machine.azure, self.machine.vm
        azure.ip("link", "delete", "eth0")
        words = [sys.executable, "-m", "tests.bench.distance", str(azure.pid), str(vm.pid)]
        cable = subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.started.append(cable)
        _ready(cable)
        for here, address, hardware in (
            (azure, GATEWAY, "02:00:00:00:00:01"),
            (vm, VM, "02:00:00:00:00:04"),
        ):
            here.ip("link", "set", "eth0", "address", hardware)
            here.ip("address", "add", f"{address}/24", "dev", "eth0")
            here.ip("link", "set", "eth0", "up")
        # The way to the next hop is no distance: nobody asks where it is.
        azure.ip("neighbour", "add", VM, "lladdr", "02:00:00:00:00:04", "dev", "eth0")
        vm.ip("neighbour", "add", GATEWAY, "lladdr", "02:00:00:00:00:01", "dev", "eth0")
        vm.ip("route", "add", "default", "via", GATEWAY)
        return cable

    def distance(self, each_way: float) -> None:
        """Set how long a packet is under way, in seconds."""
        _told(self.cable, str(each_way))

    def becomes(self, story: str) -> dict[str, str]:
        """Serve a story; give where its machine's files and sockets stand."""
        return dict(json.loads(_told(self.servers, story)))

    def run(self, story: str) -> dict[str, Any]:
        """Run once, in a process of its own; give what `tests.bench.visit` says of it."""
        places = json.dumps(self.becomes(story))
        outside = {OUTSIDE: os.readlink("/proc/self/ns/net")}
        words = [sys.executable, "-m", "tests.bench.visit", places]
        done = self.machine.vm.run(words, environ=outside)
        if done.returncode:
            raise OSError(f"{story}: {done.stderr[-2000:]}")
        return dict(json.loads(done.stdout))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.machine.close()
        for process in self.started:
            process.kill()
            process.wait(20)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def addresses(stories: tuple[str, ...]) -> list[str]:
    """Give every address that is served in one of the stories."""
    clouds = [runs.cloud_of(), *(runs.cloud_of(runs.BY_NAME[name]) for name in stories)]
    return sorted({address for cloud in clouds for address, _ in endpoints(cloud)} - {IMDS})


def _told(process: subprocess.Popen[str], line: str) -> str:
    if process.stdin is None:
        raise OSError("it takes no orders")
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return _ready(process)


def _ready(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    word, _, rest = line.strip().partition(" ")
    if word != "READY":
        raise OSError(f"instead of READY: {line!r}")
    return rest
