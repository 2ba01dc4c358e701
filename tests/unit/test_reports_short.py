"""The short report: twelve lines and 4 KB whatever the story, and no command cut."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.judging.verdict import Rival, Status
from diagnose.reports import short
from diagnose.session import Result
from tests.matrix.runs import BY_NAME
from tests.unit import reporting


def commands_shown(report: str) -> list[str]:
    return [line.partition(": ")[2] for line in report.splitlines() if line.startswith("fix ")]


def fits(report: str) -> bool:
    return report.count("\n") <= 12 and len(report.encode()) < 4096 and report.endswith("\n")


def count(result: Result) -> int:
    """Give how many steps of the fix the report shows; each is the whole command, in order."""
    primary = result.verdict.primary
    steps = primary.finding.fix if primary else ()
    shown = commands_shown(short.render(result))
    for step, words in zip(steps, shown, strict=False):
        assert words == step.command or (not step.command and step.why.startswith(words[:100]))
    return len(shown)


@pytest.mark.parametrize("blind", [False, True], ids=["told", "blind"])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_story_fits_and_shows_a_whole_step(name: str, blind: bool) -> None:
    result = reporting.of(name, blind=blind)
    report = short.render(result)
    primary = result.verdict.primary

    assert fits(report)
    assert report.startswith(("ROOT CAUSE: ", "HEALTHY: ", "INCONCLUSIVE: "))
    assert count(result) >= min(1, len(primary.finding.fix) if primary else 0)


@given(st.text(max_size=1500), st.integers(min_value=0, max_value=5))
def test_whatever_others_wrote_it_fits(text: str, number: int) -> None:
    result = reporting.foreign(text, number=number)
    report = short.render(result)

    assert fits(report)
    assert report.isprintable() or set(filter(lambda c: not c.isprintable(), report)) == {"\n"}


@given(st.text(max_size=1500), st.integers(min_value=0, max_value=9))
def test_an_inconclusive_one_fits_too(text: str, number: int) -> None:
    result = reporting.foreign(text)
    rival = Rival(cause=reporting.cause("x" * 40), because=text, settle=text)
    verdict = dataclasses.replace(
        result.verdict, status=Status.INCONCLUSIVE, primary=None, rivals=(rival,) * number
    )

    assert fits(short.render(dataclasses.replace(result, verdict=verdict)))


@pytest.mark.parametrize(("length", "shown"), [(20, 2), (3990, 0), (2000, 1)])
def test_a_command_that_does_not_fit_is_counted(length: int, shown: int) -> None:
    result = reporting.foreign("word")
    primary = result.verdict.primary
    assert primary
    fix = (dataclasses.replace(primary.finding.fix[0], command="x" * length),) * 4
    finding = dataclasses.replace(primary.finding, fix=fix)
    verdict = dataclasses.replace(
        result.verdict, primary=dataclasses.replace(primary, finding=finding)
    )
    result = dataclasses.replace(result, verdict=verdict)

    assert count(result) == shown
    assert f"fix: {4 - shown} more step(s), see -o text" in short.render(result)
    assert fits(short.render(result))


def test_a_look_that_does_not_fit_is_not_cut() -> None:
    report = short.render(reporting.foreign("az " + "y" * 1300))

    assert "to be sure: a look too long for here, see -o text" in report
    assert "to be sure: az y" in short.render(reporting.foreign("az " + "y" * 300))
