"""The page MATRIX.md: what every story was judged as, with rights in Azure and without."""

from collections import Counter, defaultdict

from tests.matrix.confusable import PAIRS
from tests.matrix.runs import BY_NAME, told, told_blind
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged

WORKS, OPEN = "(the pull works)", "(inconclusive)"
_HEAD = """# What is taken for what

Every story of `tests/scenarios/stories/` is a healthy Azure with one thing changed. Each was judged
from its state alone. Made by `pytest tests/matrix --update-golden`; read the diff.

## By an identity that may read everything in Azure

Each truth, and the verdicts that its stories got. A second name in a row is a confusion, and fails
the test.

| truth | verdicts |
|---|---|
"""
_BLIND = """
## By an identity that may pull and read nothing in Azure

Stories that are judged as surely as above are not listed. The true cause is the verdict itself or
an open rival; the last column is the number of the look, below, that would settle it.

| story | truth | verdict | the truth is | look |
|---|---|---|---|---|
"""
_LOOKS = "\nThe looks, as the report prints them:\n\n"
_PAIRS = """
## Easily taken for each other

| what | judged as | judged as |
|---|---|---|
"""


def words(cause: str | None) -> str:
    return OPEN if cause is None else cause or WORKS


def page() -> str:
    looks: dict[str, int] = {}
    less_sure = [_less_sure(story, looks) for story in STORIES]
    listed = (f"{number}. `{look}`\n" for look, number in looks.items())
    return "".join([_HEAD, *_by_truth(), _BLIND, *less_sure, _LOOKS, *listed, _PAIRS, *_pairs()])


def _by_truth() -> list[str]:
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for story in STORIES:
        verdicts[story.with_arm][words(told(story.name).cause)] += 1
    return [
        f"| {words(truth)} | {', '.join(f'{v}: {n}' for v, n in sorted(found.items()))} |\n"
        for truth, found in sorted(verdicts.items())
    ]


def _less_sure(story: Story, looks: dict[str, int]) -> str:
    run, sure = told_blind(story.name), told(story.name)
    if (run.cause, run.sure) == (sure.cause, sure.sure):
        return ""
    verdict = f"{words(run.cause)}, {run.sure}" if run.sure else words(run.cause)
    where, look = place(story, run)
    number = looks.setdefault(look, len(looks) + 1) if look else ""
    return f"| {story.name} | {words(story.with_arm)} | {verdict} | {where} | {number} |\n"


def place(story: Story, run: Judged) -> tuple[str, str]:
    """Say where the truth stands in this verdict, and the look that would settle it."""
    if run.cause == story.with_arm:
        return "verdict", run.settle
    if story.with_arm in run.open:
        return "open rival", run.open[story.with_arm]
    return "nowhere", ""


def _pairs() -> list[str]:
    rows = []
    for pair in PAIRS:
        both = [
            words(told(name).cause) if name in BY_NAME else f"(no story {name} yet)"
            for name in (pair.one, pair.other)
        ]
        rows.append(f"| {pair.what} | {both[0]} | {both[1]} |\n")
    return rows
