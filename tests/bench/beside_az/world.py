"""The simulated Azure that both are asked in: a VM with docker, and Microsoft's sample image."""

import subprocess
import sys
from contextlib import ExitStack, closing

from tests.bench.beside_az.stories import EVERY, Story
from tests.e2e.azure import Azure
from tests.e2e.dockerd import Dockerd
from tests.e2e.machine import Machine
from tests.e2e.namespace import ROOT


class Distant(Machine):
    """Each packet between the VM and Azure takes a while (`tests.bench.distance`)."""

    def __init__(self, each_way: float) -> None:
        self._each_way = each_way  # seconds
        super().__init__(list(EVERY))

    def _join(self) -> None:
        pids = (str(self.azure.pid), str(self.vm.pid))
        self._carrier = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.distance", *pids],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._told("")
        self._told(f"{self._each_way}\n")

    def _told(self, line: str) -> None:
        if self._carrier.stdin is None or self._carrier.stdout is None:
            raise OSError("the cable takes no orders")
        self._carrier.stdin.write(line)
        self._carrier.stdin.flush()
        if self._carrier.stdout.readline() != "READY\n":
            raise OSError("there is no cable")

    def close(self) -> None:
        super().close()
        self._carrier.communicate(timeout=20)  # the end of its stdin is its end


def machine(story: Story, stack: ExitStack) -> Machine:
    """Make the VM of a story; it goes with the stack."""
    made = Distant(story.each_way) if story.each_way else Machine(list(EVERY))
    stack.enter_context(closing(made))
    Azure(made, story.case).becomes("public-image")
    stack.enter_context(closing(Dockerd(made.vm)))
    return made
