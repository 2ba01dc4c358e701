"""Every story by the real adapters against the simulated Azure, with and without ARM rights.

Each run is also held against the world in this process, which has to say the same.
"""

import json
from typing import Any

import pytest

from checks.target import Asked
from diagnose import causes, front
from diagnose.judging import verdict
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.reports.json import document
from diagnose.runs import demonstration
from diagnose.session import Result
from tests import world
from tests.scenarios import agreement
from tests.scenarios.stories import STORIES, Story, blind
from tests.world import Judged, Wire

EVERY = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


def judged(cloud: Cloud, image: str) -> Result:
    with demonstration.laboratory(cloud) as options:
        return front.result_of(Asked(text=image), options)


def named(result: Result) -> str | None:
    """Give the verdict's cause, "" where the pull works, None where it is inconclusive."""
    if result.verdict.primary:
        return result.verdict.primary.cause.id
    return "" if result.verdict.status is verdict.Status.HEALTHY else None


@EVERY
def test_with_rights_in_azure_the_true_cause_is_proven(story: Story) -> None:
    cloud = healthy_cloud()
    story.change(cloud)
    result = judged(cloud, story.image)

    assert named(result) == story.with_arm, front.reports.text.render(result)
    if result.verdict.primary:
        assert result.verdict.primary.finding.confidence.word == story.sure
    assert not verdict.ties(result.verdict)
    assert not result.crashed
    agreement.compare(cloud, result, inside(cloud, story.image))


@EVERY
def test_without_rights_the_verdict_is_less_sure_and_says_what_would_settle_it(
    story: Story,
) -> None:
    cloud = healthy_cloud()
    story.change(cloud)
    blind(cloud)
    result = judged(cloud, story.image)

    assert named(result) == story.without, front.reports.text.render(result)
    primary = result.verdict.primary
    if primary:
        assert primary.finding.confidence.word == story.unsure
        assert primary.finding.confidence.word == "proven" or primary.finding.settle
        rivals = [rival.cause.id for rival in result.verdict.rivals if not rival.rejected]
        assert primary.finding.confidence.word == "proven" or rivals
    assert not result.crashed
    agreement.compare(cloud, result, inside(cloud, story.image))


def inside(cloud: Cloud, image: str) -> Judged:
    return world.judged(Wire(cloud), image)


def test_every_field_that_may_differ_exists() -> None:
    """A renamed field would leave an exception behind that excuses nothing."""
    seen = inside(healthy_cloud(), "contoso.azurecr.io/app:v1")
    known = {(type(fact).__name__, name) for fact in seen.facts for name in agreement.names(fact)}

    assert set(agreement.MAY_DIFFER) <= known


def without_timing(result: Result) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(json.dumps(document(result), default=list))
    del whole["timing"]
    return whole


def test_two_runs_of_one_case_differ_under_timing_alone() -> None:
    story = next(s for s in STORIES if s.name == "a_sibling_subnet_is_allowed")
    documents = []
    for _ in range(2):
        cloud = healthy_cloud()
        story.change(cloud)
        documents.append(without_timing(judged(cloud, story.image)))

    assert documents[0] == documents[1]


def test_every_cause_has_a_story() -> None:
    told = {story.with_arm for story in STORIES}
    # A registry of a lower plan has no firewall, so no state of the services yields this refusal;
    # its near-misses and its finding are tested on facts (tests/unit/test_firewall_causes.py). An
    # agent pool's services are not on a pull's way: test_agentpool.py.
    elsewhere = {"registry-not-premium", "agent-pool-egress-blocked"}

    assert {cause.id for cause in causes.ALL} - told == elsewhere
