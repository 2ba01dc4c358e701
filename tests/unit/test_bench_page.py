"""The page of figures, and how the round trips of a run are counted."""

import pytest

from tests.bench import page, test_run


def test_sections_come_in_their_order_and_a_missing_one_is_named() -> None:
    told = page.made({"engine": "fast\n", "runs": "slow"}, "a head")

    assert told.startswith("# Figures\n\na head\n\n## A run, over latency\n\nslow\n\n")
    assert "\n## The engine\n\nfast\n" in told
    assert told.count("Not measured") == len(page.ORDER) - 2


def test_a_section_that_the_page_would_leave_out_is_refused() -> None:
    with pytest.raises(ValueError, match="no section"):
        page.section("worts", "a slip")


def test_a_goal_says_why_it_was_missed() -> None:
    assert page.goal("under 1 s", met=True) == "- Goal, under 1 s: met."
    assert page.goal("under 1 s", met=False) == "- Goal, under 1 s: **missed**."
    assert page.goal("under 1 s", met=False, else_="Why.").endswith("**missed**. Why.")


def test_a_table_is_markdown() -> None:
    assert page.table(("a", "b"), [(1, "x")]) == "| a | b |\n| --- | --- |\n| 1 | x |"


@pytest.mark.parametrize(
    ("spans", "count"),
    [
        ([], 0),
        ([(0, 1), (1, 2), (2, 3)], 3),
        ([(0, 1), (0, 1), (1.1, 2)], 2),  # two at once
        ([(0, 5), (1, 2), (3, 4)], 2),  # a long one beside two short ones
    ],
)
def test_round_trips_count_once_where_they_were_waited_for_together(spans, count) -> None:
    assert test_run.after_each_other([(ended, began) for began, ended in spans]) == count


def test_the_longest_way_goes_along_what_waits_for_what() -> None:
    assert test_run.longest({}) == 0
    # A layer needs the manifest; a subnet does not.
    assert test_run.longest({"manifest": 2.0, "layer": 3.0, "subnet": 4.0}) == 5.0
    assert test_run.longest({"manifest": 2.0, "layer": 3.0, "subnet": 6.0}) == 6.0
