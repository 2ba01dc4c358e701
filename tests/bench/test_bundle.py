"""What a bundle adds to a run: redaction, another judgement, the reports, the scan, the archive."""

from typing import Any

import pytest

from diagnose.bundle import archive, judging, making, secrets
from diagnose.bundle.names_file import opened
from tests.bench import page
from tests.matrix import runs
from tests.scenarios.recorded import recorded, told

LARGEST = "a_hundred_other_subnets_have_a_rule"


rows: list[tuple[str, str]] = []


def tell(what: str, seconds: float) -> None:
    rows.append((what, f"{1e3 * seconds:.1f} ms"))
    page.section("bundle", page.table(("what", "median"), rows))


@pytest.mark.parametrize("name", ["everything_is_right", LARGEST])
def test_a_bundle_adds_less_than_0_3_seconds(benchmark: Any, name: str) -> None:
    live = told(name)

    def bundle() -> bytes:
        files = making.made(live.recording, live.result, lambda _: (), opened(None).pseudonyms)
        secrets.refuse(files, live.secrets)
        return archive.pack(files)

    blob = benchmark.pedantic(bundle, rounds=10, warmup_rounds=1)

    assert len(blob) < 1_000_000
    tell(f"making one, {name.replace('_', ' ')}", benchmark.stats.stats.median)
    assert benchmark.stats.stats.median < 0.3


def test_a_recording_is_judged_in_milliseconds(benchmark: Any) -> None:
    recording = told("everything_is_right").recording
    result = benchmark(judging.judged, recording)

    assert result.verdict.status == "healthy"
    tell("judging one", benchmark.stats.stats.median)
    assert benchmark.stats.stats.median < 0.02


def test_being_recorded_costs_a_run_little(benchmark: Any) -> None:
    cloud = runs.cloud_of(runs.BY_NAME["everything_is_right"])
    result = benchmark(lambda: recorded(cloud, runs.USUAL).result)

    assert result.verdict.status == "healthy"
    tell("a run that is recorded, in a world without waiting", benchmark.stats.stats.median)
