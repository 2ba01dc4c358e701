"""What an end-to-end test can ask for: a VM with its Azure, a docker engine, a registry."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.e2e.machine import Machine
from tests.e2e.namespace import NEEDED


def why_not() -> str:
    """Say why these tests cannot run here, or nothing."""
    if not sys.platform.startswith("linux"):
        return "network namespaces need Linux"
    if os.geteuid() != 0:
        return "network namespaces need root"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in NEEDED if shutil.which(name, path=path) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_not()
    for item in items:
        if reason and item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(name="stack")
def _stack() -> Iterator[ExitStack]:
    """Close what a test opened, in reverse order."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(name="new_machine")
def _new_machine(stack: ExitStack) -> Callable[..., Machine]:
    """Make machines that are taken down after the test."""

    def make(*addresses: str, **options: str) -> Machine:
        return stack.enter_context(closing(Machine(list(addresses), **options)))

    return make
