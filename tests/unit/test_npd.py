"""``-o npd``: one line of at most 80 bytes that begins with the cause, and three exit codes."""

import dataclasses
import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from checks.target import parse
from diagnose import causes, front
from diagnose.causes.contract import Confidence, Stage
from diagnose.cli import app
from diagnose.commands import quick
from diagnose.judging.verdict import Found, Status
from diagnose.live.deadline import Limits
from diagnose.reports import npd
from diagnose.session import Result
from tests.matrix.runs import BY_NAME
from tests.unit import reporting


def fits(line: str) -> bool:
    return len(line.encode()) <= 80 and line.endswith("\n") and line.count("\n") == 1


@pytest.mark.parametrize("blind", [False, True], ids=["told", "blind"])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_story_fits_and_its_cause_comes_first(name: str, blind: bool) -> None:
    result = reporting.of(name, blind=blind)
    line = npd.render(result)
    primary = result.verdict.primary

    assert fits(line)
    assert line.split(" ")[0].rstrip(":\n") == (
        primary.cause.id if primary else result.verdict.status
    )


def test_what_has_room_is_said() -> None:
    assert npd.render(reporting.of("a_sibling_subnet_is_allowed")) == (
        "subnet-not-allowed (proven): contoso.azurecr.io stops at token\n"
    )
    assert npd.render(reporting.of("everything_is_right")) == (
        "healthy: contoso.azurecr.io/app:v1 can be pulled\n"
    )


def renamed(result: Result, login_server: str) -> Result:
    return dataclasses.replace(result, target=parse(f"{login_server}/{'a' * 60}:v1"))


def result_of(cause: Any, registry: str, stage: Stage) -> Result:
    result = reporting.of("a_sibling_subnet_is_allowed")
    assert result.verdict.primary
    finding = dataclasses.replace(
        result.verdict.primary.finding, confidence=Confidence.POSSIBLE, stage=stage
    )
    found = Found(cause=cause, finding=finding)
    verdict = dataclasses.replace(result.verdict, primary=found, reached=stage)
    return renamed(dataclasses.replace(result, verdict=verdict), f"{registry}.azurecr.io")


@pytest.mark.parametrize("cause", causes.ALL, ids=lambda cause: cause.id)
@given(registry=st.integers(1, 50).map("r".__mul__), stage=st.sampled_from(list(Stage)))
def test_no_word_is_cut_however_long_the_registrys_name_is(
    cause: Any, registry: str, stage: Stage
) -> None:
    line = npd.render(result_of(cause, registry, stage))
    words = {cause.id, f"{cause.id}:", "(possible):", "stops", "at", stage.word}

    assert fits(line)
    assert line.startswith(cause.id)
    assert line.endswith(f"stops at {stage.word}\n")
    assert set(line.split()) <= words | {registry, f"{registry}.azurecr.io"}


def test_the_name_goes_before_the_stage_does() -> None:
    subnet = next(cause for cause in causes.ALL if cause.id == "subnet-not-allowed")
    lines = [npd.render(result_of(subnet, "r" * size, Stage.TOKEN)) for size in (20, 30, 40, 50)]

    assert [line.split(": ")[1].split()[0] for line in lines] == [
        "r" * 20 + ".azurecr.io",
        "r" * 30,
        "r" * 40,
        "stops",
    ]
    assert "(possible)" in lines[1]
    assert "(possible)" not in lines[2]


def test_a_healthy_registry_of_a_long_name_is_healthy() -> None:
    healthy = reporting.of("everything_is_right")

    assert npd.render(renamed(healthy, f"{'r' * 50}.azurecr.io")) == (
        f"healthy: {'r' * 50}.azurecr.io\n"
    )
    assert npd.render(renamed(healthy, f"{'r' * 62}.eastus2.geo.azurecr.io")) == "healthy\n"


@given(st.text(max_size=200))
def test_a_failure_is_cut_between_words(why: str) -> None:
    line = npd.failure(why)

    assert fits(line)
    assert line.split()[0].rstrip(":") == "unknown"
    assert line[:-1].isprintable()


@pytest.mark.parametrize(("usual", "expected"), [(0, 0), (1, 1), (2, 2), (3, 2), (5, 2), (9, 2)])
def test_exit_codes_are_those_of_a_plugin(usual: int, expected: int) -> None:
    assert npd.code(usual) == expected


@pytest.mark.parametrize(
    ("status", "usual", "plugins"),
    [(Status.HEALTHY, 0, 0), (Status.CAUSE, 1, 1), (Status.INCONCLUSIVE, 3, 2)],
)
def test_a_status_is_one_code_or_the_other(status: Status, usual: int, plugins: int) -> None:
    result = reporting.of("a_sibling_subnet_is_allowed")
    result = dataclasses.replace(result, verdict=dataclasses.replace(result.verdict, status=status))

    assert front.told(result, "npd")[1] == plugins
    assert front.told(result, "short")[1] == usual


@pytest.mark.parametrize(("spent", "left"), [(0.0, 3.0), (0.5, 2.9), (1.4, 2.0), (30.0, 1.5)])
def test_a_slow_start_is_taken_from_the_run(spent: float, left: float) -> None:
    assert quick.left(spent) == pytest.approx(left)


def test_the_age_of_a_process_is_the_time_since_its_start() -> None:
    source = "import time; time.sleep(0.3); from diagnose.commands import quick; print(quick.age())"
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    took = time.monotonic() - begun

    assert 0.3 <= float(done.stdout) <= took + 0.02  # the kernel counts in hundredths


def called(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[Any, list[Any]]:
    """Call ``run`` as far as to the options that it would run with."""
    asked: list[Any] = []

    def result(_asked: object, options: object, **_words: object) -> Result:
        asked.append(options)
        return reporting.of("everything_is_right")

    monkeypatch.setattr(front, "result_of", result)
    return CliRunner().invoke(app, ["run", "contoso", *words]), asked


def test_it_is_a_quick_look_unless_it_is_told_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    _, [short] = called(monkeypatch, "-o", "npd")
    _, [told] = called(monkeypatch, "-o", "npd", "--timeout", "20")
    _, [whole] = called(monkeypatch)

    assert 1.5 <= short.timeout <= 3.0
    assert (short.arm, short.pull) == (False, False)
    assert (told.timeout, whole.timeout) == (20.0, 20.0)
    assert whole.arm
    assert whole.pull


def test_stdout_is_the_line_and_stderr_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = called(monkeypatch, "-o", "npd")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "healthy: contoso.azurecr.io/app:v1 can be pulled\n"


def test_a_bug_of_ours_is_unknown_and_so_is_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(front, "result_of", broken)
    bug = CliRunner().invoke(app, ["run", "contoso", "-o", "npd"])
    slip = CliRunner().invoke(app, ["run", "contoso.azurecr.io/App", "-o", "npd"])

    assert (bug.exit_code, bug.stdout) == (2, "unknown: acr-diagnose itself failed\n")
    assert slip.exit_code == 2
    assert slip.stdout.startswith("unknown: TARGET 'contoso.azurecr.io/App' has no valid")
    assert fits(slip.stdout)


def test_json_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = called(monkeypatch, "-o", "json")

    assert json.loads(result.stdout)["verdict"]["status"] == "healthy"


@pytest.mark.parametrize(("seconds", "part"), [(20.0, 1.0), (12.0, 1.0), (3.0, 0.25)])
def test_in_a_short_run_no_call_may_use_all_of_its_time(seconds: float, part: float) -> None:
    limits, usual = Limits.within(seconds), Limits()

    assert limits.connect == usual.connect * part
    assert limits.lookup == usual.lookup * part
    assert limits.dns_tries == usual.dns_tries
    assert limits.body == usual.body
    assert limits.lookup + limits.connect < seconds
