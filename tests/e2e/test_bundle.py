"""A bundle made on the VM, judged by somebody else: another user, without any network."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose.lab.healthy import SUBNET_ID
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import VM, Machine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

PROGRAM = str(Path(sys.executable).with_name("acr-diagnose"))
NO_ENGINE = ["--runtime", "none"]
IMAGE = "contoso.azurecr.io/app:v1"
NOBODY = "65534"

New = Callable[..., Machine]


@pytest.fixture(name="elsewhere")
def _elsewhere(tmp_path: Path) -> Path:
    """A folder that every user may enter, below folders that every user may."""
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.owner() == "root" and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


def as_another_user() -> list[str]:
    """Give the words before a command that make it another user's, without any network.

    Where the interpreter lies in root's own home, nobody cannot run it: there a user namespace
    takes every right of root's but that of reading root's files.
    """
    other = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    tried = subprocess.run(
        [*other, sys.executable, "-c", "pass"], capture_output=True, timeout=20, check=False
    )
    return ["unshare", "--net", *other] if not tried.returncode else ["unshare", "--net", "--user"]


def test_the_verdict_is_the_same_for_another_user_without_a_network(
    new_machine: New, elsewhere: Path
) -> None:
    machine = new_machine(*addresses())
    Azure(machine, "subnet-not-allowed")
    made = elsewhere / "bundle.tar.gz"

    done = machine.vm.run([PROGRAM, "bundle", IMAGE, *NO_ENGINE, "-o", str(made)], timeout=60)
    live = machine.vm.run([PROGRAM, "run", IMAGE, *NO_ENGINE, "-o", "json"], timeout=60)

    assert done.returncode == 1, done.stderr
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.stat().st_size < 1_000_000
    assert "ROOT CAUSE: subnet-not-allowed (proven)" in done.stdout
    copy = elsewhere / "sent.tar.gz"
    shutil.copy(made, copy)
    os.chown(copy, int(NOBODY), int(NOBODY))
    copy.chmod(0o444)
    away = subprocess.run(
        [*as_another_user(), PROGRAM, "analyze", str(copy), "-o", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    assert away.returncode == 1, away.stderr
    here, there = json.loads(live.stdout), json.loads(away.stdout)
    assert shape(there["verdict"]) == shape(here["verdict"])
    assert there["verdict"]["cause"] == "subnet-not-allowed"
    for name in ("contoso", "app-vm", VM, SUBNET_ID):
        assert name in live.stdout
        assert name not in away.stdout


def shape(verdict: dict) -> dict:
    """Give a verdict's parts that hold no name."""
    return {
        "cause": verdict["cause"],
        "confidence": verdict["confidence"],
        "reached": verdict["reached"],
        "evidence": [one["check"] for one in verdict["evidence"]],
        "also": [one["cause"] for one in verdict["also"]],
        "rivals": [(one["cause"], one["rejected"]) for one in verdict["rivals"]],
        "hidden": verdict["hidden"],
        "fix": [(step["risk"], step["command"].split()[:4]) for step in verdict["fix"]],
    }
