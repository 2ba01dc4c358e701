"""The metrics by the official parser, the text file, and the log: what each holds, and no more."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families

import checks
from checks.contract import Health
from checks.target import Asked
from diagnose import causes
from diagnose.agent import metrics, seen
from diagnose.agent.board import Board
from diagnose.agent.front import Agent
from diagnose.agent.log import Log
from diagnose.agent.settings import FILE, Settings
from diagnose.engine import Outcome, Step
from diagnose.live.options import Options
from tests.matrix import runs
from tests.unit import reporting
from tests.unit.agents import HEALTHY, REFUSED

Sample = tuple[str, tuple[tuple[str, str], ...]]
ONE = "contoso.azurecr.io"


def shown(board: Board) -> dict[Sample, float]:
    """Give every sample of the text form, as Prometheus' own parser for Python reads it."""
    families = text_string_to_metric_families(generate_latest(metrics.of(board)).decode())
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


def sample(name: str, **labels: str) -> Sample:
    return f"acr_diagnose_{name}", tuple(sorted(labels.items()))


def test_each_part_of_a_run_is_a_sample() -> None:
    board = Board([ONE])
    board.put(ONE, REFUSED)
    found = shown(board)

    assert found[sample("probe_success", registry=ONE, check="firewall")] == 0
    assert found[sample("probe_duration_seconds", registry=ONE, check="firewall")] == 0.125
    assert found[sample("verdict_info", registry=ONE, code="subnet-not-allowed")] == 1
    assert found[sample("last_run_timestamp_seconds", registry=ONE)] == 1_700_000_000.5
    assert found[sample("runs_total", registry=ONE, status="cause")] == 1
    assert found[sample("runs_total", registry=ONE, status="error")] == 0
    assert len(found) == 4 + len(seen.Status)


def test_only_the_current_code_and_the_current_checks_have_a_sample() -> None:
    board = Board([ONE])
    board.put(ONE, REFUSED)
    board.put(ONE, HEALTHY)
    found = shown(board)

    assert [labels for name, labels in found if name.endswith("verdict_info")] == [
        (("code", "healthy"), ("registry", ONE))
    ]
    assert [dict(labels)["check"] for name, labels in found if "success" in name] == ["challenge"]


def test_a_check_that_could_not_look_is_neither_good_nor_bad() -> None:
    board = Board([ONE])
    board.put(ONE, HEALTHY)
    found = shown(board)

    assert sample("probe_success", registry=ONE, check="network-rules") not in found
    assert sample("probe_duration_seconds", registry=ONE, check="network-rules") in found


def test_before_the_first_run_there_is_no_verdict_but_every_counter() -> None:
    board = Board([ONE, "other.azurecr.io"])
    found = shown(board)

    assert {name for name, _ in found} == {"acr_diagnose_runs_total"}
    assert len(found) == 2 * len(seen.Status)
    assert not board.complete


def test_openmetrics_is_well_formed_too() -> None:
    board = Board([ONE])
    board.put(ONE, REFUSED)
    text = generate_openmetrics(metrics.of(board)).decode()

    assert {f.name for f in openmetrics.text_string_to_metric_families(text)} == {
        "acr_diagnose_probe_success",
        "acr_diagnose_probe_duration_seconds",
        "acr_diagnose_verdict",
        "acr_diagnose_last_run_timestamp_seconds",
        "acr_diagnose_runs",
    }


@pytest.mark.parametrize("name", sorted(runs.BY_NAME))
def test_labels_take_their_values_from_the_catalogues_whatever_a_run_met(name: str) -> None:
    one = seen.of(reporting.of(name), 1.0)
    told = {probe.check: probe.success for probe in one.probes}
    facts = {s.check.id: s.fact for s in reporting.of(name).steps if s.fact}

    assert one.code in {"healthy", "inconclusive", *(cause.id for cause in causes.ALL)}
    assert set(told) <= {check.id for check in checks.ALL}
    assert {id_ for id_, good in told.items() if good} == {
        id_ for id_, fact in facts.items() if fact.health is Health.OK
    }
    assert one.throttled == (one.code == "throttled")
    assert one.title in {"", *(cause.title for cause in causes.ALL)}


def test_a_check_that_did_not_end_has_no_sample_and_a_bug_is_named() -> None:
    result = reporting.of("everything_is_right")
    check = checks.ALL[0]
    ends = [Step(check=check, outcome=outcome, why="KeyError") for outcome in Outcome]
    kept = seen.of(replace(result, steps=tuple(ends[1:])), 1.0)

    assert kept.probes == ()
    assert kept.crashed == (check.id,)


def agent(folder: Path, *answers: seen.Seen, once: bool = True) -> tuple[Agent, io.StringIO]:
    told, log = iter(answers), io.StringIO()
    settings = Settings(
        asked={ONE: Asked(text=ONE)},
        interval=300.0,
        listen=None,
        textfile=folder / FILE,
        once=once,
    )
    return Agent(settings, Options(), log=Log(log), ask=lambda _: next(told)), log


def events(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_once_writes_the_file_and_ends(tmp_path: Path) -> None:
    made, log = agent(tmp_path, REFUSED)
    code = made.run()
    text = (tmp_path / FILE).read_text()

    assert code == 0
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert text.endswith("\n")
    assert 'acr_diagnose_verdict_info{code="subnet-not-allowed",registry="contoso' in text
    assert all(len(line.split()) == 2 for line in text.splitlines() if line[0] != "#")
    assert [event["event"] for event in events(log)] == ["start", "verdict", "stop"]


def test_a_reader_of_the_file_never_sees_half_of_it(tmp_path: Path) -> None:
    """It is renamed into its place: who has the old file open keeps all of it."""
    (tmp_path / FILE).write_text("old\n")
    with (tmp_path / FILE).open() as old:
        agent(tmp_path, HEALTHY)[0].run()

        assert old.read() == "old\n"


def test_a_file_that_cannot_be_written_is_told_and_is_the_exit_code_of_once(
    tmp_path: Path,
) -> None:
    made, log = agent(tmp_path, HEALTHY)
    (tmp_path / FILE).mkdir()
    code = made.run()

    assert code == 5
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "no temporary file is left"
    assert [(e["event"], e["level"]) for e in events(log)][-2:] == [
        ("textfile", "error"),
        ("stop", "error"),
    ]


def test_a_full_disk_is_told_once_and_the_file_is_written_when_there_is_room(
    tmp_path: Path,
) -> None:
    made, log = agent(tmp_path, HEALTHY)
    (tmp_path / FILE).mkdir()
    for _ in range(3):
        made._tell(ONE, HEALTHY, HEALTHY)
    (tmp_path / FILE).rmdir()
    made._tell(ONE, HEALTHY, HEALTHY)

    assert [event["event"] for event in events(log)] == ["textfile"]
    assert (tmp_path / FILE).is_file()
    assert 'status="healthy"} 4.0' in (tmp_path / FILE).read_text()


def test_a_verdict_is_logged_when_it_changes_and_not_before() -> None:
    stream = io.StringIO()
    log = Log(stream, clock=lambda: 1_700_000_000.25)
    before = None
    for one in (HEALTHY, HEALTHY, REFUSED, replace(REFUSED, at=2.0), HEALTHY):
        log.verdict(ONE, one, before)
        before = one

    assert [(e["code"], e.get("was")) for e in events(stream)] == [
        ("healthy", None),
        ("subnet-not-allowed", "healthy"),
        ("healthy", "subnet-not-allowed"),
    ]
    assert events(stream)[1] == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "warning",
        "event": "verdict",
        "registry": ONE,
        "code": "subnet-not-allowed",
        "was": "healthy",
        "confidence": "proven",
        "title": REFUSED.title,
        "owner": "registry",
        "reached": "token",
    }


def test_another_error_than_before_is_news_and_so_is_a_bug() -> None:
    stream = io.StringIO()
    log = Log(stream)
    first, second = (seen.broken(why, 1.0) for why in ("KeyError at a.py:1", "OSError at b.py:2"))
    log.verdict(ONE, second, first)
    log.verdict(ONE, second, second)
    log.verdict(ONE, replace(HEALTHY, crashed=("dns",)), HEALTHY)
    log.verdict(ONE, replace(HEALTHY, crashed=("dns",)), replace(HEALTHY, crashed=("dns",)))

    assert [(e["event"], e["level"]) for e in events(stream)] == [
        ("verdict", "error"),
        ("bug", "error"),
    ]
