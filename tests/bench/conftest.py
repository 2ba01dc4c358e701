"""Keeps the benchmarks out of every run that does not ask for them with --benchmark-only."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Say yes for all that lies here; None leaves the decision to others."""
    asked = config.getoption("--benchmark-only", default=False)
    here = collection_path.is_relative_to(Path(__file__).parent)
    return True if here and not asked else None
