"""The confusion matrix: with rights in Azure nothing stands beside the diagonal."""

from pathlib import Path

import pytest

from tests.matrix import page
from tests.matrix.runs import told, told_blind
from tests.scenarios.stories import STORIES, Story

MATRIX = Path(__file__).with_name("MATRIX.md")
EVERY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@EVERY
def test_with_rights_the_verdict_is_the_truth(story: Story) -> None:
    run = told(story.name)

    assert (run.cause, run.sure) == (story.with_arm, story.sure if story.with_arm else "")


@EVERY
def test_without_rights_the_verdict_is_as_told_and_keeps_the_truth_in_view(story: Story) -> None:
    run = told_blind(story.name)

    assert run.cause == story.without
    where, look = page.place(story, run)
    assert where != "nowhere"
    if run.cause != "" and run.sure != "proven":
        assert look, f"{story.with_arm} stands as {where}, with no look that would settle it"


def test_the_page_shows_what_is_judged_today(update_golden: bool) -> None:
    text = page.page()
    if update_golden:
        MATRIX.write_text(text, encoding="utf-8")

    assert MATRIX.read_text(encoding="utf-8") == text, "pytest tests/matrix --update-golden"
