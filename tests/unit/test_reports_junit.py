"""JUnit's XML, read back: one case a check, one for the verdict, and nothing that XML forbids."""

import dataclasses
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.judging.verdict import Status, Verdict
from diagnose.reports import junit
from diagnose.session import Result
from tests.unit import reporting


def suite_of(result: Result) -> ET.Element:
    root = ET.fromstring(junit.render(result))  # noqa: S314 written a line above, by ourselves
    (suite,) = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    return suite


def ends(suite: ET.Element) -> dict[str, str]:
    """Give each case's name with how it ended."""
    return {
        case.attrib["name"]: case[0].tag if len(case) else "passed"
        for case in suite.iter("testcase")
    }


def test_a_cause_is_a_failure_with_its_fix() -> None:
    suite = suite_of(reporting.of("a_sibling_subnet_is_allowed"))
    failure = suite.find("testcase[@name='verdict']/failure")

    assert failure is not None
    assert failure.attrib["type"] == "subnet-not-allowed"
    assert "az acr network-rule add --name contoso" in (failure.text or "")
    assert ends(suite)["firewall"] == "failure"
    assert ends(suite)["layer"] == ends(suite)["manifest"] == "skipped"
    assert ends(suite)["dns"] == "passed"


def test_a_healthy_verdict_passes() -> None:
    suite = suite_of(reporting.of("everything_is_right"))

    assert ends(suite)["verdict"] == "passed"
    assert (suite.attrib["failures"], suite.attrib["errors"]) == ("0", "0")


def test_an_inconclusive_verdict_is_an_error_that_names_the_rivals() -> None:
    story = "only_tokens_for_arm_are_to_be_had_and_they_are_refused"
    suite = suite_of(reporting.of(story, blind=True))
    error = suite.find("testcase[@name='verdict']/error")

    assert error is not None
    assert "could also be wrong-tenant" in (error.text or "")


def test_each_end_of_a_check_has_its_word_and_the_counts_agree() -> None:
    result = reporting.foreign("word")
    suite = suite_of(result)

    assert ends(suite) == {
        "verdict": "failure",
        "ok": "passed",
        "fail": "failure",
        "unknown": "skipped",
        "skip": "skipped",
        "crash": "error",
        "late": "skipped",
    }
    counted = {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "7", "failures": "2", "errors": "1", "skipped": "3"}


def test_a_checks_time_is_its_own() -> None:
    result = reporting.foreign("word")
    first = dataclasses.replace(result.steps[0], began=2.0, took=1.25)
    suite = suite_of(dataclasses.replace(result, steps=(first, *result.steps[1:])))
    case = suite.find("testcase[@name='ok']")

    assert case is not None
    assert case.attrib["time"] == "1.250"


@given(st.text() | st.text(alphabet="\0\x01\x0b\x1b\x85\ufffe\uffff\ud800<>&\"']]>"))
def test_whatever_others_wrote_it_can_be_read_back(text: str) -> None:
    suite = suite_of(reporting.foreign(text))

    assert len(ends(suite)) == 7


@pytest.mark.parametrize("text", ["\0", "a\x1b[31mb", "\x9b31m", "\x7f", "\r", "\ufffe", "\ud800"])
def test_what_xml_forbids_or_a_terminal_obeys_is_left_out(text: str) -> None:
    assert text not in junit.render(reporting.foreign(text))


def test_a_verdict_without_anything_is_an_error_all_the_same() -> None:
    result = reporting.foreign("word")
    nothing = Verdict(status=Status.INCONCLUSIVE, reached=result.verdict.reached)

    assert ends(suite_of(dataclasses.replace(result, verdict=nothing)))["verdict"] == "error"
