"""Keeps the tests on a real Kubernetes out of every run that does not name one that was built."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster

BUILT = os.environ.get("ACR_DIAGNOSE_KUBERNETES", "")  # build.sh's folder; set by the Makefile
collect_ignore_glob = [] if BUILT else ["test_*.py"]


@pytest.fixture(name="refused", scope="session")
def _refused() -> Iterator[Cluster]:
    """A cluster whose subnet the registry has no rule for."""
    with closing(Cluster(Path(BUILT), "subnet-not-allowed")) as cluster:
        yield cluster


@pytest.fixture(name="healthy", scope="session")
def _healthy() -> Iterator[Cluster]:
    with closing(Cluster(Path(BUILT), "healthy")) as cluster:
        yield cluster
