"""Whatever is wrong, whoever looks and whatever the names: the verdict is the same in a bundle."""

import copy

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from diagnose import causes
from diagnose.bundle import judging, lines, outline, redact
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.judging import verdict
from diagnose.lab.cloud import Cloud
from tests.matrix import runs
from tests.scenarios.recorded import recorded
from tests.scenarios.stories import Story
from tests.world import Rights
from tests.world.rights import combinations, take_away

RIGHTS = tuple(combinations())
STORIES = tuple(runs.BY_NAME.values())


def told(stories: list[Story], rights: Rights) -> Cloud | None:
    """Give a cloud in which these things happened, None where they exclude each other."""
    try:
        cloud = copy.deepcopy(runs.cloud_of(*stories))
        take_away(cloud, rights)
    except (
        AssertionError,
        AttributeError,
        IndexError,
        KeyError,
        LookupError,
        StopIteration,
        ValueError,
    ):
        return None
    return cloud


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    stories=st.lists(st.sampled_from(STORIES), max_size=3, unique_by=lambda story: story.name),
    rights=st.sampled_from(RIGHTS),
    salt=st.binary(min_size=32, max_size=32),
)
def test_a_verdict_holds_in_a_bundle(stories: list[Story], rights: Rights, salt: bytes) -> None:
    cloud = told(stories, rights)
    assume(cloud is not None and len({story.image for story in stories}) < 2)
    assert cloud is not None
    live = recorded(cloud, stories[0].image if stories else runs.USUAL, rights)
    true = outline.of(live.result.verdict)
    replayed = judging.judged(live.recording)
    facts = lines.facts(lines.facts_of(live.result.facts))
    redacted = judging.judged(redact.redacted(live.recording, Pseudonyms(salt).of))

    assert replayed.verdict == live.result.verdict
    assert verdict.decide(causes.ALL, facts) == live.result.verdict
    assert outline.of(redacted.verdict) == true
