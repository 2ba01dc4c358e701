"""The simulated Azure, started in the azure namespace of a machine, with a real registry in it."""

import subprocess
import sys
from pathlib import Path

from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.servers import endpoints
from tests.e2e.machine import Machine
from tests.e2e.registry import Registry


def addresses() -> list[str]:
    """Every address of the healthy cloud; mutations of `serve` add none."""
    return [address for address, _ in endpoints(healthy_cloud())]


class Azure:
    """Ready when made; the VM trusts its authority from then on."""

    module = "tests.e2e.serve"  # what runs as its process

    def __init__(self, machine: Machine, case: str = "healthy") -> None:
        self.registry = Registry(machine.azure)
        self.log = machine.azure.folder / "azure.log"
        words = [sys.executable, "-m", self.module, case]
        with self.log.open("w") as log:
            self.process = machine.azure.popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        machine.trust(Path(self._ready()))

    def _ready(self) -> str:
        line = self.process.stdout.readline() if self.process.stdout else ""
        word, _, rest = line.strip().partition(" ")
        if word != "READY":
            raise OSError(f"the simulated Azure said {line!r}\n{self.log.read_text()}")
        return rest

    def becomes(self, case: str) -> None:
        """Apply another mutation to the running cloud."""
        if self.process.stdin is None:
            raise OSError("the simulated Azure takes no orders")
        self.process.stdin.write(case + "\n")
        self.process.stdin.flush()
        self._ready()
