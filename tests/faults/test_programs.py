"""A run beside a broken credential program: the kubelet's plug-in, and docker's helper."""

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from checks.target import Asked
from diagnose import front
from diagnose.lab.healthy import healthy_cloud
from diagnose.live import programs, provider_plugin
from diagnose.live.vault import Vault
from diagnose.runs import demonstration
from diagnose.session import Result
from tests.faults import judging, memory
from tests.faults import programs as rows
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says
from tests.scenarios.stories.nodes import node

SECONDS = 4.0
LIMIT = 1.5  # seconds for a program

# The registry gives a token to the machine's identity, the program gives none, and the kubelet goes
# on without one.
FAILS = Says(may=("credential-provider-failing",), proven=("credential-provider-failing",))
SLOW = Says(may=("credential-provider-failing",))  # the kubelet has more patience
# What it would have given was not to be seen.
UNKNOWN = Says(may=(HEALTHY, INCONCLUSIVE))

PLUGIN = {
    **dict.fromkeys(rows.WAITS, SLOW),
    **dict.fromkeys(rows.USELESS, FAILS),
    **dict.fromkeys(rows.ANSWERS, FAILS),
    **dict.fromkeys(("endless", "endless-error", "many-names", "many-hosts"), UNKNOWN),
}
HELPER = (*rows.WAITS, *rows.USELESS, "no-auth", "surrogates", "many-hosts")


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="program-") as found:
        yield Path(found)


def judged(result: Result, says: Says) -> None:
    seen = judging.seen(result, deadline=SECONDS)
    judging.hold(seen, says)

    assert max(map(len, seen.printed.values())) < 200_000, "nobody reads that much"


@pytest.mark.parametrize("name", PLUGIN)
def test_a_plugin_that_is_broken(name: str, folder: Path) -> None:
    place = rows.put(folder, name)

    def plugin(args: tuple[str, ...], told: bytes) -> tuple[int, bytes, bytes]:
        done = programs.run([str(place), *args], told, os.environ, LIMIT, provider_plugin.MOST)
        return done.code, done.out, done.err

    cloud = healthy_cloud()
    node(cloud)
    with demonstration.laboratory(cloud) as given, memory.bounded():
        there = replace(given, timeout=SECONDS, plugin=plugin)
        result = front.result_of(Asked(text=demonstration.IMAGE), there, quiet=True)
    judged(result, PLUGIN[name])


@pytest.mark.parametrize("name", HELPER)
def test_a_helper_that_is_broken(name: str, folder: Path) -> None:
    """The identity may pull, so that a login that docker cannot get is beside the point."""
    cloud = healthy_cloud()
    cloud.machine.environ = {"HOME": "/root", "PATH": "/bin"}
    cloud.machine.files["/root/.docker/config.json"] = json.dumps({"credsStore": "broken"})
    program = rows.put(folder, name)
    with demonstration.laboratory(cloud) as given, memory.bounded():
        if program.exists():
            place = Path(given.root) / "bin/docker-credential-broken"
            place.parent.mkdir()
            place.symlink_to(program)
        there = replace(given, timeout=SECONDS)
        result = front.result_of(Asked(text=demonstration.IMAGE), there, quiet=True)
    judged(result, Says(may=(HEALTHY,)))


def test_thousands_of_secrets_are_found_and_hold_nobody_up() -> None:
    """A file of settings may hold as many; each text is looked through for all of them."""
    vault = Vault()
    vault.remember(f"made-up~{number:06d}" for number in range(3000))
    vault.clean("")  # their forms are made once
    began = time.monotonic()
    for _ in range(50):
        said = vault.clean("x" * 2000 + "bWFkZS11cH4wMDI5OTk=" + "made-up~000007" + "made-up~9")

    assert said == "x" * 2000 + "[redacted]k=" + "[redacted]" + "made-up~9"
    assert time.monotonic() - began < 10
