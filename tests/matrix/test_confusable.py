"""The pairs that are easily taken for each other, each member judged as what it is."""

import pytest

from tests.matrix.confusable import ALIKE, PAIRS, Confusable, apart
from tests.matrix.runs import BY_NAME, told
from tests.scenarios.stories import STORIES

WRITTEN = [pair for pair in PAIRS if pair.one in BY_NAME and pair.other in BY_NAME]
WORKING = [story.name for story in STORIES if not story.with_arm]
EACH = pytest.mark.parametrize("pair", WRITTEN, ids=lambda pair: pair.what)


@EACH
def test_both_are_judged_as_what_they_are(pair: Confusable) -> None:
    for name in (pair.one, pair.other):
        assert told(name).cause == BY_NAME[name].with_arm


@EACH
def test_they_do_not_look_the_same(pair: Confusable) -> None:
    """Two stories of one cause must still be told apart, by their evidence."""
    one, other = (told(name).verdict for name in (pair.one, pair.other))

    differ = (one.primary, one.evidence) != (other.primary, other.evidence)
    assert differ == (pair.what not in ALIKE)


@EACH
def test_they_are_one_thing_apart(pair: Confusable) -> None:
    """From each other, or each from a set-up that works."""
    direct = len(apart(pair.one, pair.other)) == 1
    each = all(
        any(len(apart(name, works)) <= 1 for works in WORKING) for name in (pair.one, pair.other)
    )

    assert (direct or each) != bool(pair.more), apart(pair.one, pair.other)


def test_every_story_that_a_pair_names_is_there() -> None:
    missing = {n for pair in PAIRS for n in (pair.one, pair.other) if n not in BY_NAME}

    assert not missing, f"stories that nobody wrote yet: {sorted(missing)}"
