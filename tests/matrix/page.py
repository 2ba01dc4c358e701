"""The page MATRIX.md: what every story was judged as, with rights in Azure and without."""

from collections import Counter, defaultdict

from tests.matrix.runs import told, told_blind
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged

WORKS, OPEN = "(the pull works)", "(inconclusive)"
_HEAD = """# What is taken for what

Every story of `tests/scenarios/stories/` is a healthy Azure with one thing changed. Each was
judged from its state alone. Made by `pytest tests/matrix --update-golden`; read the diff.

## By an identity that may read everything in Azure

Each truth, and the verdicts that its stories got. A second name in a row is a confusion, and fails
the test.

| truth | verdicts |
|---|---|
"""
_BLIND = """
## By an identity that may pull and read nothing in Azure

Stories that are judged as surely as above are not listed. `truth stands` says where the true cause
is: the verdict itself, or an open rival; the last column is what the report says would settle it.

| story | truth | verdict | truth stands | to tell |
|---|---|---|---|---|
"""


def words(cause: str | None) -> str:
    return OPEN if cause is None else cause or WORKS


def page() -> str:
    return _HEAD + "".join(_by_truth()) + _BLIND + "".join(map(_less_sure, STORIES))


def _by_truth() -> list[str]:
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for story in STORIES:
        verdicts[story.with_arm][words(told(story.name).cause)] += 1
    return [
        f"| {words(truth)} | {', '.join(f'{v}: {n}' for v, n in sorted(found.items()))} |\n"
        for truth, found in sorted(verdicts.items())
    ]


def _less_sure(story: Story) -> str:
    run, sure = told_blind(story.name), told(story.name)
    if (run.cause, run.sure) == (sure.cause, sure.sure):
        return ""
    verdict = f"{words(run.cause)}, {run.sure}" if run.sure else words(run.cause)
    where, look = place(story, run)
    return f"| {story.name} | {words(story.with_arm)} | {verdict} | {where} | {look} |\n"


def place(story: Story, run: Judged) -> tuple[str, str]:
    """Say where the truth stands in this verdict, and the look that would settle it."""
    if run.cause == story.with_arm:
        primary = run.verdict.primary
        return "verdict", primary.finding.settle if primary else ""
    if story.with_arm in run.open:
        return "open rival", run.open[story.with_arm]
    return "nowhere", ""
