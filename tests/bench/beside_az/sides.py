"""The two that are compared, each as a person would type it on the VM, and what it took."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.beside_az import measuring
from tests.e2e.az import AZ
from tests.e2e.namespace import Namespace

IMAGE = "contoso.azurecr.io/app:v1"
PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
LIMIT = 180.0  # seconds for one command; az alone goes on for longer
LOGIN = (str(AZ), "login", "--identity", "--output", "none")
CHECK = (str(AZ), "acr", "check-health", "--name", "contoso", "--yes")


@dataclass(frozen=True, kw_only=True)
class Took:
    """What one command took; the fields are those of `measuring`."""

    seconds: float
    cpu: float
    peak_mb: float
    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """Signed in and asked by az, and asked by acr-diagnose."""

    login: Took
    check: Took
    ours: Took

    @property
    def az_seconds(self) -> float:
        return self.login.seconds + self.check.seconds

    @property
    def az_cpu(self) -> float:
        return self.login.cpu + self.check.cpu

    @property
    def az_peak_mb(self) -> float:
        return max(self.login.peak_mb, self.check.peak_mb)


def took(vm: Namespace, words: tuple[str, ...], environ: dict[str, str] | None = None) -> Took:
    inside = [sys.executable, "-I", measuring.__file__, str(LIMIT), *words]
    done = vm.run(inside, timeout=LIMIT + 60, environ=environ, check=True)
    return Took(**json.loads(done.stdout))


def az(vm: Namespace, *more: str) -> tuple[Took, Took]:
    """Sign in by the VM's identity and check: az has never been used on this machine before."""
    folder = vm.folder / "azure"
    shutil.rmtree(folder, ignore_errors=True)
    environ = {
        "AZURE_CONFIG_DIR": str(folder),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "REQUESTS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
    }
    return took(vm, LOGIN, environ), took(vm, (*CHECK, *more), environ)


def ours(vm: Namespace) -> Took:
    return took(vm, (PROGRAM, "run", IMAGE))


def report(vm: Namespace) -> dict[str, Any]:
    """Give the same run's report as a document, so that what it says can be counted."""
    done = vm.run([PROGRAM, "run", IMAGE, "-o", "json"], timeout=LIMIT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def one_round(vm: Namespace, number: int) -> Round:
    """Ask both, the other one first in every second round."""
    if number % 2:
        mine = ours(vm)
        login, check = az(vm)
    else:
        login, check = az(vm)
        mine = ours(vm)
    return Round(login=login, check=check, ours=mine)
