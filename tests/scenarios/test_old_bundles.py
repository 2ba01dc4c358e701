"""Bundles of every form that there has been, and bundles of which a part is gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from diagnose.bundle import judging, outline, reading
from diagnose.bundle.reading import Bundle
from diagnose.facts import NOTHING
from diagnose.judging.verdict import Status, Verdict
from tests.matrix import runs
from tests.scenarios.recorded import told

STORED = Path(__file__).parents[1] / "recorded" / "bundles"
CAUSES = {
    "schema-1-redacted.tar.gz": "service-endpoint-missing",
    "schema-1-whole.tar.gz": "subnet-not-allowed",
}
SOME = sorted({*sorted(runs.BY_NAME)[::3], "containerd_is_sent_to_a_mirror_that_is_gone"})


def test_every_stored_bundle_has_its_cause_stated_here() -> None:
    assert {path.name for path in STORED.glob("*.tar.gz")} == set(CAUSES)


@pytest.mark.parametrize("name", CAUSES)
def test_a_bundle_of_an_older_form_gives_its_verdict(name: str) -> None:
    bundle = reading.read(STORED / name)
    verdict = judging.judged(bundle.recording, bundle.facts).verdict

    assert verdict.primary is not None
    assert verdict.primary.cause.id == CAUSES[name]
    assert verdict.primary.finding.confidence.word == "proven"


@pytest.mark.parametrize("name", CAUSES)
def test_the_facts_of_then_stand_in_for_answers_that_are_gone(name: str) -> None:
    whole = reading.read(STORED / name)
    judged = judging.judged(replace(whole.recording, answers=()), whole.facts)

    assert outline.of(judged.verdict) == outline.of(verdict_of(whole))


@pytest.mark.parametrize("port", ["arm", "imds", "http", "tokens", "dns", "docker", "host"])
@pytest.mark.parametrize("name", SOME)
def test_what_is_in_no_recording_is_unknown_and_makes_no_verdict_wrong(
    name: str, port: str
) -> None:
    live = told(name)
    left = tuple(one for one in live.recording.answers if one.port != port)
    judged = judging.judged(replace(live.recording, answers=left), NOTHING)
    primary, true = judged.verdict.primary, runs.BY_NAME[name].with_arm

    assert not judged.crashed
    if primary is None:
        # Where nothing of docker was seen, what pulls is this program, and that may work.
        blind = port == "docker"
        assert judged.verdict.status is Status.INCONCLUSIVE or not true or blind
    elif primary.finding.confidence.word == "proven":
        assert primary.cause.id == true
    elif primary.finding.confidence.word == "likely":
        rivals = {rival.cause.id for rival in judged.verdict.rivals if not rival.rejected}
        assert true in {primary.cause.id, *rivals}


def verdict_of(bundle: Bundle) -> Verdict:
    return judging.judged(bundle.recording, bundle.facts).verdict
