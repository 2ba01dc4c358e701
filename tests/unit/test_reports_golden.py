"""A few stories in every form, byte for byte; ``--update-golden`` writes them: read the diff."""

from pathlib import Path

import pytest

from diagnose import reports
from diagnose.commands.options import Report
from diagnose.reports.style import Style
from tests.unit import reporting

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STORIES = {
    "subnet-not-allowed": ("a_sibling_subnet_is_allowed", False),
    "service-endpoint-missing-blind": ("the_subnet_lost_its_endpoint", True),
    "healthy": ("everything_is_right", False),
    "inconclusive": ("only_tokens_for_arm_are_to_be_had_and_they_are_refused", True),
    "egress-blocked-data": ("the_layers_are_dropped", False),
}
ENDINGS = {
    "text": "txt",
    "short": "short.txt",
    "json": "json",
    "markdown": "md",
    "junit": "xml",
    "terminal": "terminal.txt",
}


def shown(name: str, form: str) -> str:
    story, blind = STORIES[name]
    result = reporting.of(story, blind=blind)
    if form == "terminal":
        return reports.rendered(result, "text", Style(unicode=True, colour=True, width=72))
    return reports.rendered(result, form)


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("name", STORIES)
def test_a_report_is_as_it_was_read(name: str, form: str, update_golden: bool) -> None:
    file = GOLDEN / f"{name}.{ENDINGS[form]}"
    report = shown(name, form)
    if update_golden:
        file.write_text(report, encoding="utf-8")

    assert file.read_text(encoding="utf-8") == report, "pytest tests/unit --update-golden"


def test_the_folder_holds_nothing_else() -> None:
    known = {f"{name}.{ending}" for name in STORIES for ending in ENDINGS.values()}

    assert {path.name for path in GOLDEN.iterdir() if path.suffix != ".html"} == known


def test_each_form_of_the_command_line_is_rendered() -> None:
    assert [one.value for one in Report] == list(reports.FORMATS)


@pytest.mark.parametrize("form", [form for form in reports.FORMATS if form != "text"])
def test_no_form_but_the_text_carries_colour(form: str) -> None:
    bright = Style(unicode=True, colour=True, width=72)
    result = reporting.of("a_sibling_subnet_is_allowed")

    assert reports.rendered(result, form, bright) == reports.rendered(result, form)
    assert "\x1b" not in reports.rendered(result, form)
