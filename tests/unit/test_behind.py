"""What is not to be judged yet: causes behind the primary's stop, and none that were looked at."""

from dataclasses import replace

import pytest

from diagnose import causes
from diagnose.causes.contract import Stage
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.reports.json import verdict_of
from diagnose.reports.text import render
from diagnose.session import Result
from tests.matrix.runs import CAUSES, cloud_of, told
from tests.scenarios.stories import Story
from tests.world import Judged, Wire, judged


def hidden(run: Judged) -> set[str]:
    return {cause.id for cause in run.verdict.hidden}


def test_behind_a_refusal_of_the_network_lie_the_role_the_tag_and_the_layers() -> None:
    behind = hidden(told("a_sibling_subnet_is_allowed"))

    assert {"pull-role-missing", "tag-not-found", "egress-blocked-data"} <= behind


@pytest.mark.parametrize(
    ("story", "seen"),
    [
        # The metadata service gave a token, so neither of these is what comes next.
        ("a_sibling_subnet_is_allowed", {"imds-unreachable", "no-managed-identity"}),
        # What a pull has come through is no longer in question.
        ("the_tag_is_not_there", {"registry-name-not-found", "subnet-not-allowed"}),
        # Nothing is left of the registry's path; the engine's own faults were looked for.
        ("dockers_disk_is_full", {"tag-not-found", "egress-blocked-data", "runtime-down"}),
    ],
)
def test_what_was_seen_to_be_absent_is_not_among_them(story: str, seen: set[str]) -> None:
    assert not seen & hidden(told(story))


def test_what_is_found_or_ruled_out_is_not_among_them() -> None:
    for name in ("neither_endpoint_nor_rule", "the_resolver_is_silent", "the_layers_are_dropped"):
        run = told(name).verdict
        judged_ones = {found.cause.id for found in run.also} | {r.cause.id for r in run.rivals}

        assert run.primary
        assert not {run.primary.cause.id, *judged_ones} & {cause.id for cause in run.hidden}


@pytest.mark.parametrize("story", ["everything_is_right", "only_the_registry_is_named"])
def test_where_the_pull_works_nothing_is_hidden(story: str) -> None:
    assert not told(story).verdict.hidden


def test_they_come_in_the_order_of_a_pull_and_none_comes_before_the_stop() -> None:
    run = told("the_resolver_is_silent").verdict
    stages = [cause.stage for cause in run.hidden]

    assert stages == sorted(stages)
    assert {Stage.TCP, Stage.TOKEN, Stage.LAYER} <= set(stages)


def test_without_an_image_nothing_behind_the_token_is_asked_for() -> None:
    def refuse(cloud) -> None:
        cloud.registry.vnet_rules = []

    story = Story(name="refused", change=refuse, with_arm="", without="", image="contoso")
    behind = judged(Wire(cloud_of(story)), story.image).verdict.hidden

    assert behind
    assert max(cause.stage for cause in behind) is Stage.TOKEN


def test_a_denied_look_is_a_limit_and_hides_nothing() -> None:
    """One thing changed: what ARM would show is taken out of the facts of a proven verdict."""
    run = told("the_tag_is_not_there")
    blind = Facts(f for f in run.facts if type(f).__name__ not in ("Registry", "NetworkRules"))

    ids = {cause.id for cause in verdict.decide(causes.ALL, blind).hidden}
    assert not ids & {"registry-not-premium", "rule-quota-reached", "subnet-not-allowed"}


def test_the_reports_count_them_by_stage_and_list_their_ids() -> None:
    run = told("a_sibling_subnet_is_allowed")
    target = next(f for f in run.facts if type(f).__name__ == "Target")
    result = Result(
        target=target,
        facts=run.facts,
        steps=run.steps,
        verdict=run.verdict,
        limits=run.limits,
        seconds=0.0,
    )
    document, text = verdict_of(run.verdict), render(result)

    assert document["hidden"] == [cause.id for cause in run.verdict.hidden]
    assert set(document["hidden"]) <= set(CAUSES)
    assert "Not yet visible (behind the fault above)" in text
    nothing = replace(result, verdict=replace(run.verdict, hidden=()))
    assert "Not yet visible" not in render(nothing)
