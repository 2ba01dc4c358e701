"""The simulated Azure of `serve`, which also writes down who asked it what.

``python -m tests.e2e.witness CASE``: each request is one line of JSON in the file that the variable
REQUESTS names, without its query, which may hold secrets.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diagnose.lab import site
from diagnose.lab.http import Request
from tests.e2e.azure import Azure
from tests.e2e.machine import Machine

VARIABLE = "REQUESTS"
OWN = "acr-diagnose"  # the program's User-Agent


@dataclass(frozen=True)
class Asked:
    method: str
    host: str
    path: str
    agent: str

    @property
    def is_own(self) -> bool:
        return self.agent.startswith(OWN)


class Witnessed(Azure):
    """An `Azure` that tells what it was asked."""

    module = "tests.e2e.witness"

    def __init__(self, machine: Machine, case: str = "healthy") -> None:
        self._file = machine.azure.folder / "requests.jsonl"
        machine.azure.environ[VARIABLE] = str(self._file)
        super().__init__(machine, case)

    def asked(self) -> list[Asked]:
        """Give every request since the last time."""
        text = self._file.read_text()
        self._file.write_text("")
        return [Asked(**json.loads(line)) for line in text.splitlines()]


def main(case: str) -> None:
    file = Path(os.environ[VARIABLE])
    file.touch()
    read_request = site.read_request

    def heard(*told: Any, **more: Any) -> Request | None:
        request = read_request(*told, **more)
        if request:
            agent = request.headers.get("user-agent", "")
            line = {"method": request.method, "host": request.host, "path": request.path}
            with file.open("a") as out:
                out.write(json.dumps(line | {"agent": agent}) + "\n")
        return request

    site.read_request = heard
    from tests.e2e import serve

    serve.main(case)


if __name__ == "__main__":
    main(sys.argv[1])
