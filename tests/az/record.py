"""Runs the lines of `lines.py` with a real az against the simulated Azure, and keeps its requests.

    unshare --net --mount python -m tests.az.record /path/to/azure-cli/bin

Root on Linux, in a network namespace of its own, where loopback has Azure's addresses: nothing can
leave it. The log-in is that of a service principal, at the simulated sign-in host.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from diagnose.lab import router
from diagnose.lab.administrator import CLIENT_ID, SECRET, add_administrator
from diagnose.lab.cloud import Cloud
from diagnose.lab.detours import endpoints
from diagnose.lab.healthy import REGISTRY_SUBSCRIPTION, TENANT, healthy_cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.names import public_names
from diagnose.lab.places import names
from diagnose.lab.servers import Lab
from tests.az.lines import LINES, STARTS
from tests.az.shell import keeping, kept_in

RECORDED = Path(__file__).with_name("recorded.json")
_answer = router.answer
_asked: list[list[Any]] = []


def _noting(cloud: Cloud, request: Request) -> Response:
    if request.host == names(cloud).arm:
        body = json.loads(request.body) if request.body else None
        _asked.append([request.method, request.path, request.query.get("api-version"), body])
    return _answer(cloud, request)


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def _own_network(folder: Path) -> None:
    """Give loopback the lab's addresses, and its names to this process's children."""
    _run("ip", "link", "set", "lo", "up")
    every = set()
    for start in STARTS.values():
        cloud = healthy_cloud()
        start(cloud)
        every |= {address for address, _ in endpoints(cloud)}
    for address in sorted(every):
        _run("ip", "address", "add", f"{address}/32", "dev", "lo")
    zone, hosts = public_names(cloud), ["127.0.0.1 localhost"]
    hosts += [f"{zone[h][0].value} {h}" for h in (names(cloud).arm, names(cloud).entra)]
    (folder / "hosts").write_text("\n".join(hosts) + "\n")
    _run("mount", "--bind", str(folder / "hosts"), "/etc/hosts")


def _az(environment: dict[str, str], line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line], env=environment, capture_output=True, text=True, check=False
    )


def main(programs: str) -> None:
    """Write recorded.json anew."""
    router.answer = _noting
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _own_network(folder)
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "AZURE_CONFIG_DIR": str(folder / "config"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
        }
        recorded = []
        for start, lines in LINES:
            cloud = healthy_cloud()
            cloud.key = b"the same for all: az keeps its tokens"
            STARTS[start](cloud)
            add_administrator(cloud)
            with Lab.on_addresses(cloud) as lab:
                time.sleep(0.2)
                environment["REQUESTS_CA_BUNDLE"] = str(lab.ca_file)
                login = f"az login --service-principal -u {CLIENT_ID} -p {SECRET} -t {TENANT}"
                signed_in = _az(
                    environment, f"{login} && az account set -s {REGISTRY_SUBSCRIPTION}"
                )
                assert signed_in.returncode == 0, signed_in.stderr
                recorded += [_line(environment, start, line) for line in lines]
        version = json.loads(_az(environment, "az version").stdout)["azure-cli"]
    RECORDED.write_text(json.dumps({"azure-cli": version, "lines": recorded}, indent=1) + "\n")


def _line(environment: dict[str, str], start: str, line: str) -> dict[str, Any]:
    _asked.clear()
    kept = Path(environment["AZURE_CONFIG_DIR"]).with_name("kept")
    kept.unlink(missing_ok=True)
    done = _az(environment, f"{line}\ncode=$?\n{keeping(line, str(kept))}exit $code")
    environment |= kept_in(kept)
    shown = done.stdout if done.stdout.count("\n") == 1 else ""  # a value, not a whole resource
    return {
        "start": start,
        "line": line,
        "code": done.returncode,
        "out": shown,
        "requests": list(_asked),
    }


if __name__ == "__main__":
    main(sys.argv[1])
