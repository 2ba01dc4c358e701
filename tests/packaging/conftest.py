"""Keeps the tests of the artefacts out of every run that does not name a folder of them.

``ACR_DIAGNOSE_DIST`` is that folder; `make test-packaging` sets it. Two machines are shared by all
tests, one whose subnet the registry has no rule for and a healthy one; root file systems are not.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.conftest import why_not as why_no_machine
from tests.e2e.machine import Machine
from tests.packaging.bases import why_not as why_no_root
from tests.packaging.rootfs import Root

DIST = os.environ.get("ACR_DIAGNOSE_DIST", "")
collect_ignore_glob = [] if DIST else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_no_machine() or why_no_root()
    for item in items:
        if reason and item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(name="dist", scope="session")
def _dist() -> Path:
    """Give the folder of the artefacts."""
    return Path(DIST).resolve()


@pytest.fixture(name="refused", scope="session")
def _refused() -> Iterator[Machine]:
    """A VM whose subnet the registry has no rule for."""
    with closing(Machine(addresses())) as machine:
        Azure(machine, "subnet-not-allowed")
        yield machine


@pytest.fixture(name="healthy", scope="session")
def _healthy() -> Iterator[Machine]:
    with closing(Machine(addresses())) as machine:
        Azure(machine, "healthy")
        yield machine


@pytest.fixture(name="lonely", scope="session")
def _lonely() -> Iterator[Machine]:
    """A machine that has nothing but its loopback."""
    with closing(Machine([])) as machine:
        machine.vm.ip("link", "delete", "eth0")
        yield machine


@pytest.fixture(name="new_root")
def _new_root() -> Iterator[Callable[[str, Machine], Root]]:
    """Make root file systems that are gone after the test."""
    with ExitStack() as stack:
        yield lambda release, machine: stack.enter_context(closing(Root(release, machine)))
