"""How often the recorded texts are read right; the figures stand on a page that is checked in."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnose.texts import scan
from tests.texts.recorded import Score, Text, score, texts

PAGE = Path(__file__).with_name("SCORES.md")
FIRST, THIRD = 0.85, 0.95  # the goals


def test_the_goals_are_met() -> None:
    scores = [score(text) for text in texts()]
    fitting = [one for one in scores if one.text.causes]

    assert sum(one.first for one in scores) / len(scores) >= FIRST
    assert sum(one.third for one in fitting) / len(fitting) >= THIRD


def test_where_no_cause_fits_nothing_is_said_for_sure() -> None:
    sure = [one.text.id for one in map(score, texts()) if not one.text.causes and one.sure]

    assert not sure


def test_the_page_of_scores_is_up_to_date(
    update_golden: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = [score(text) for text in texts()]
    page = "\n".join(_page(scores, _without_own_words(monkeypatch))) + "\n"
    if update_golden:
        PAGE.write_text(page)

    assert PAGE.read_text() == page, "pytest tests/texts --update-golden, and read the diff"


def _without_own_words(monkeypatch: pytest.MonkeyPatch) -> list[Score]:
    """Score each text without the wordings that match no other recorded text."""
    rows = scan._ROWS
    heard = {row.template.text: {text.id for text in texts() if _holds(row, text)} for row in rows}
    scores = []
    for text in texts():
        left = tuple(row for row in rows if heard[row.template.text] != {text.id})
        monkeypatch.setattr(scan, "_ROWS", left)
        scores.append(score(text))
    monkeypatch.undo()
    return scores


def _holds(row: scan._Row, text: Text) -> bool:
    line = " ".join(text.error.lower().split())
    return row.template.may_match(line) and row.template.find(line) is not None


def _page(scores: list[Score], alone: list[Score]) -> Iterator[str]:
    fitting = [one for one in scores if one.text.causes]
    none = [one for one in scores if not one.text.causes]
    yield "# How `explain --text` reads the recorded texts"
    yield ""
    yield "Made by `pytest tests/texts/test_score.py --update-golden`; the texts are in"
    yield "`tests/recorded/texts.jsonl`. Top-1: the first candidate is right, or plausible from the"
    yield "text alone. Top-3: one of the first three is right. Where no cause fits, an answer is"
    yield "right when it claims nothing as likely."
    yield ""
    yield "| texts | number | top-1 | top-3 |"
    yield "|---|---|---|---|"
    for name, some in (("all", scores), ("with a cause", fitting), ("no cause fits", none)):
        yield f"| {name} | {len(some)} | {_share(some, 'first')} | {_share(some, 'third')} |"
    some = [one for one in alone if one.text.causes]
    first, third = _share(some, "first"), _share(some, "third")
    yield f"| with a cause, left out | {len(some)} | {first} | {third} |"
    yield ""
    yield "Left out: each text read without the wordings that match no other recorded text. Most"
    yield "wordings come from the clients' sources and match no recorded text at all, so this is"
    yield "what would be left if each client's words were known from other people's texts alone."
    yield ""
    yield "## By the causes that are right"
    yield ""
    yield "| causes | number | top-1 | top-3 |"
    yield "|---|---|---|---|"
    groups = defaultdict(list)
    for one in scores:
        groups[", ".join(sorted(one.text.causes)) or "none fits"].append(one)
    for name, some in sorted(groups.items()):
        yield f"| {name} | {len(some)} | {_count(some, 'first')} | {_count(some, 'third')} |"
    yield ""
    yield "## Missed"
    yield ""
    yield "| text | missed | right | first three candidates |"
    yield "|---|---|---|---|"
    for one in scores:
        missed = [name for name, hit in (("top-1", one.first), ("top-3", one.third)) if not hit]
        if missed:
            right = ", ".join(one.text.causes) or "none fits"
            yield f"| {one.text.id} | {', '.join(missed)} | {right} | {', '.join(one.causes[:3])} |"


def _count(scores: list[Score], name: str) -> int:
    return sum(getattr(one, name) for one in scores)


def _share(scores: list[Score], name: str) -> str:
    return f"{_count(scores, name)} ({100 * _count(scores, name) / len(scores):.1f} %)"
