"""Keeps the soak out of every run that does not say how many minutes it is to take.

``ACR_DIAGNOSE_SOAK`` is that number; `make soak` sets it. Like the tests in `e2e/` it needs root on
Linux, for the agent and its Azure live in network namespaces of their own.
"""

import os

import pytest

from tests.e2e.conftest import why_not

MINUTES = float(os.environ.get("ACR_DIAGNOSE_SOAK", "0"))
collect_ignore_glob = [] if MINUTES else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_not()
    for item in items:
        if reason and item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.skip(reason=reason))
