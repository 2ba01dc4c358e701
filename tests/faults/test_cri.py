"""A run on a node whose runtime is broken at its CRI socket, in an Azure where all is well."""

import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from checks.target import Asked
from diagnose import front
from diagnose.lab import provider
from diagnose.lab.cloud import Cloud
from diagnose.lab.cri_state import Containerd
from diagnose.lab.healthy import healthy_cloud
from diagnose.runs import demonstration
from diagnose.session import Result
from tests.faults import grpc, judging, local, memory
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says

SECONDS = 3.0

DOWN = Says(may=("runtime-down",), proven=("runtime-down",))
ENDS = Says(may=("runtime-down", HEALTHY, INCONCLUSIVE))
# What the runtime's own pull would come to cannot be told; the registry's side of it works.
UNASKED = Says(may=(HEALTHY, INCONCLUSIVE))
WORKS = Says(may=(HEALTHY,))

PLACES = {
    "refuse": DOWN,
    "no-socket": DOWN,
    "full": DOWN,
    "silent": DOWN,
    "end": ENDS,
    "reset": ENDS,
    "noise": UNASKED,
    "flood": UNASKED,
}
SAID = {
    **dict.fromkeys(grpc.USELESS, UNASKED),
    **dict.fromkeys(grpc.ENDS, ENDS),
    **dict.fromkeys(grpc.WAITS, DOWN + UNASKED),
    "window-beyond": ENDS,  # the client's own library ends such a stream
}
PULL = dict.fromkeys(("silent", "pings", "endless", *grpc.ENDS, *grpc.USELESS), UNASKED)


@pytest.fixture
def folder():
    """Give a folder with a short name: a Unix socket's path has about a hundred characters."""
    with tempfile.TemporaryDirectory(prefix="cri-") as found:
        yield Path(found)


def machine() -> Cloud:
    cloud = healthy_cloud()
    cloud.machine.containerd = Containerd()
    return cloud


def on(cloud: Cloud, path: Path, server: AbstractContextManager[None]) -> Result:
    runtime, cloud.machine.containerd = cloud.machine.containerd, None  # the lab serves none
    with demonstration.laboratory(cloud) as options, server, memory.bounded():
        cloud.machine.containerd = runtime
        there = replace(
            options,
            timeout=SECONDS,
            runtime="containerd",
            cri_socket=str(path),
            plugin=partial(provider.run, cloud),
        )
        return front.result_of(Asked(text=demonstration.IMAGE), there, quiet=True)


def judged(result: Result, says: Says) -> None:
    judging.hold(judging.seen(result, deadline=SECONDS), says)


def test_without_a_fault_it_works(folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, grpc.served(cloud, grpc.ENDS["end"], "Nothing"))
    judged(on(cloud, path, served), WORKS)


@pytest.mark.parametrize("name", PLACES)
def test_a_runtime_whose_socket_is_broken(name: str, folder: Path) -> None:
    path = folder / "s"
    if name in local.CONNECTIONS:
        server = local.listening(path, local.CONNECTIONS[name])
    else:
        server = local.placed(path, name)
    judged(on(machine(), path, server), PLACES[name])


@pytest.mark.parametrize("fault", SAID)
def test_a_runtime_that_says_nothing_of_use(fault: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, grpc.served(cloud, grpc.ANSWERS[fault]))
    judged(on(cloud, path, served), SAID[fault])


@pytest.mark.parametrize("fault", PULL)
def test_a_runtime_whose_pull_says_nothing_of_use(fault: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    served = local.listening(path, grpc.served(cloud, grpc.ANSWERS[fault], "PullImage"))
    judged(on(cloud, path, served), PULL[fault])


@pytest.mark.parametrize("name", grpc.LARGE)
def test_a_runtime_that_says_too_much(name: str, folder: Path) -> None:
    cloud, path = machine(), folder / "s"
    method, act = grpc.LARGE[name]
    result = on(cloud, path, local.listening(path, grpc.served(cloud, act, method)))
    judged(result, WORKS + UNASKED)

    assert max(map(len, judging.seen(result, deadline=SECONDS).printed.values())) < 200_000
