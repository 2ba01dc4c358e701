"""Each right in Azure taken away alone: a verdict may lose its certainty, never its truth."""

import pytest

from tests.matrix.runs import cloud_of
from tests.matrix.test_rights import offence
from tests.scenarios.stories import STORIES, Story
from tests.world import Judged, Rights, Wire, judged
from tests.world.actions import granting


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_one_look_less_makes_no_verdict_wrong(story: Story) -> None:
    wrong = {}
    with granting(lambda _: True) as asked:
        run(story)
    for action in sorted(asked):
        with granting(lambda one, gone=action: one != gone):
            found = run(story)
        if why := offence(story, Rights(), found):
            wrong[action] = f"{why}: {found.cause} {found.sure}, open: {found.open}"

    assert not wrong


def run(story: Story) -> Judged:
    """Judge anew: what was kept of an earlier run had other rights."""
    return judged(Wire(cloud_of(story)), story.image)
