"""A run on a machine whose docker engine is broken, in an Azure where all is well."""

import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from checks.target import Asked
from diagnose import front
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_state import Engine
from diagnose.lab.healthy import healthy_cloud
from diagnose.live.options import Options
from diagnose.runs import demonstration
from diagnose.session import Result
from tests.faults import http, judging, local, memory
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says

SECONDS = 3.0

# Docker keeps no login on this machine: that is true, and stands beside any verdict.
BESIDE = Says(may=(), proven=("credentials-missing",))
DOWN = Says(may=("runtime-down",), proven=("runtime-down",))
# It hangs up: nothing says whether it runs.
ENDS = Says(may=("runtime-down", HEALTHY, INCONCLUSIVE))
# The pull itself works, and nobody can tell what docker's own would come to.
UNASKED = Says(may=(HEALTHY, INCONCLUSIVE))
WORKS = Says(may=(HEALTHY,))

PLACES = {
    "refuse": DOWN,
    "missing": DOWN,
    "no-socket": DOWN,
    "full": DOWN,
    "silent": DOWN,
    "end": ENDS,
    "reset": ENDS,
    "noise": UNASKED,
    "flood": UNASKED,
}
# What is said to each question; to those that wait, an answer never comes.
SAID = {
    **dict.fromkeys(http.USELESS, ENDS),
    **dict.fromkeys(http.WAITS, ENDS + DOWN),
    "wrong-type": WORKS,
    "early-hints": WORKS + UNASKED,  # its pull comes in one piece, which docker's SDK cannot read
}
# Said of the settings alone, an answer that is no answer to that may still be one to go on with.
SETTINGS = ("drip", "endless", "leaves", "nulls", "listed", "flat", "object", "array", "surrogates")
PULL = {
    **dict.fromkeys(
        ("drip-head", "drip-chunks", "held", "end", "reset-midway", "endless"), UNASKED
    ),
    **dict.fromkeys(("endless-chunk", "empty", "object", "leaves", "surrogates", "html"), UNASKED),
    **dict.fromkeys(("redirect-elsewhere", "redirect-metadata", "long-header", "bomb"), UNASKED),
    "wrong-type": WORKS,
}


@pytest.fixture
def folder():
    """Give a folder with a short name: a Unix socket's path has about a hundred characters."""
    with tempfile.TemporaryDirectory(prefix="engine-") as found:
        yield Path(found)


def on(cloud: Cloud, path: Path, server: AbstractContextManager[None]) -> Result:
    cloud.machine.engine = None  # the lab serves none
    with demonstration.laboratory(cloud) as options, server, memory.bounded():
        return front.result_of(Asked(text=demonstration.IMAGE), _options(options, path), quiet=True)


def _options(options: Options, path: Path) -> Options:
    return replace(options, timeout=SECONDS, runtime="docker", docker_host=f"unix://{path}")


def machine() -> Cloud:
    cloud = healthy_cloud()
    cloud.machine.engine = Engine()
    return cloud


def judged(result: Result, says: Says) -> None:
    judging.hold(judging.seen(result, deadline=SECONDS), says + BESIDE)


def test_without_a_fault_it_works(folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, local.docker(cloud, "wrong-type", "/nothing"))
    judged(on(cloud, path, served), WORKS)


@pytest.mark.parametrize("name", PLACES)
def test_an_engine_whose_socket_is_broken(name: str, folder: Path) -> None:
    path = folder / "s"
    if name in local.CONNECTIONS:
        server = local.listening(path, local.CONNECTIONS[name])
    else:
        server = local.placed(path, name)
    judged(on(machine(), path, server), PLACES[name])


@pytest.mark.parametrize("fault", SAID)
def test_an_engine_that_says_nothing_of_use(fault: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, local.docker(cloud, fault))
    judged(on(cloud, path, served), SAID[fault])


@pytest.mark.parametrize("fault", SETTINGS)
def test_an_engine_whose_settings_are_of_no_use(fault: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, local.docker(cloud, fault, "/info"))
    judged(on(cloud, path, served), SAID[fault] + WORKS)


@pytest.mark.parametrize("fault", PULL)
def test_an_engine_whose_pull_says_nothing_of_use(fault: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    runtime = cloud.machine.engine
    served = local.listening(path, local.docker(cloud, fault, "/images/create"))
    judged(on(cloud, path, served), PULL[fault])

    assert runtime
    assert not runtime.images, "what it brought is still there"
