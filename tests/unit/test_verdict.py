"""How one verdict is chosen from several findings."""

import itertools
from collections.abc import Callable

from checks.target import Target, parse
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Rejected,
    Stage,
)
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Status

FACTS = Facts([parse("contoso.azurecr.io/app:v1")])


def finder(answer: Finding | Rejected | None) -> Callable[[Target], Finding | Rejected | None]:
    def find(target: Target) -> Finding | Rejected | None:
        assert target.repository
        return answer

    return find


def cause(
    name: str,
    stage: Stage = Stage.TCP,
    confidence: Confidence = Confidence.PROVEN,
    *,
    beats: tuple[str, ...] = (),
    before: tuple[str, ...] = (),
    hides: tuple[str, ...] = (),
    answer: Finding | Rejected | None = None,
) -> Cause:
    finding = Finding(
        confidence=confidence,
        evidence=(Evidence(check="x", saw=name),),
        fix=(),
        settle="" if confidence is Confidence.PROVEN else "look",
    )
    return Cause(
        id=name,
        title=name,
        stage=stage,
        owner=Owner.NETWORK,
        find=finder(answer or finding),
        beats=beats,
        before=before,
        hides=hides,
    )


def test_the_earliest_stage_is_the_primary_and_the_later_one_stands_under_also() -> None:
    judged = verdict.decide([cause("late", Stage.LAYER), cause("early", Stage.DNS)], FACTS)

    assert judged.primary is not None
    assert judged.primary.cause.id == "early"
    assert [found.cause.id for found in judged.also] == ["late"]


def test_a_beaten_cause_becomes_a_rival_that_says_by_what() -> None:
    judged = verdict.decide([cause("weak"), cause("strong", beats=("weak",))], FACTS)

    assert judged.primary is not None
    assert judged.primary.cause.id == "strong"
    assert [(r.cause.id, r.rejected) for r in judged.rivals] == [("weak", True)]
    assert not judged.also


def test_a_possible_cause_explains_nothing_away() -> None:
    guess = cause("guess", confidence=Confidence.POSSIBLE, beats=("sure",))
    judged = verdict.decide([guess, cause("sure")], FACTS)

    assert judged.primary is not None
    assert judged.primary.cause.id == "sure"


def test_before_orders_what_is_true_at_once() -> None:
    judged = verdict.decide([cause("a-rule"), cause("endpoint", before=("a-rule",))], FACTS)

    assert judged.primary is not None
    assert judged.primary.cause.id == "endpoint"
    assert [found.cause.id for found in judged.also] == ["a-rule"]
    assert not verdict.ties(judged)


def test_two_unproven_causes_that_nothing_separates_are_inconclusive_and_both_named() -> None:
    pair = [cause("one", confidence=Confidence.LIKELY), cause("two", confidence=Confidence.LIKELY)]
    judged = verdict.decide(pair, FACTS)

    assert judged.status is Status.INCONCLUSIVE
    assert {rival.cause.id for rival in judged.rivals} == {"one", "two"}
    assert all(rival.settle for rival in judged.rivals)


def test_a_tie_of_proven_causes_is_visible() -> None:
    judged = verdict.decide([cause("one"), cause("two")], FACTS)

    assert [found.cause.id for found in verdict.ties(judged)] == ["two"]


def test_the_order_of_the_list_decides_nothing() -> None:
    rows = [
        cause("a", Stage.LAYER),
        cause("b", Stage.TCP, Confidence.LIKELY),
        cause("c", Stage.TCP, beats=("d",)),
        cause("d", Stage.TCP),
    ]
    verdicts = {
        (v.primary.cause.id if v.primary else "", v.also, v.rivals)
        for v in (verdict.decide(order, FACTS) for order in itertools.permutations(rows))
    }

    assert len(verdicts) == 1


def test_nothing_found_and_nothing_pulled_is_inconclusive() -> None:
    assert verdict.decide([], FACTS).status is Status.INCONCLUSIVE


def test_what_the_primary_hides_is_not_ruled_out_but_not_yet_visible() -> None:
    silent = cause("silent-server", Stage.DNS, hides=("no-such-name",))
    name = cause("no-such-name", Stage.DNS, answer=Rejected(because="no other name resolves"))
    other = cause("another", Stage.DNS, answer=Rejected(because="seen not to be"))

    judged = verdict.decide([silent, name, other], FACTS)

    assert [one.id for one in judged.hidden] == ["no-such-name"]
    assert [rival.cause.id for rival in judged.rivals] == ["another"]


def test_what_is_found_is_not_hidden() -> None:
    silent = cause("silent-server", Stage.DNS, hides=("also-seen",))

    judged = verdict.decide([silent, cause("also-seen", Stage.TLS)], FACTS)

    assert judged.hidden == ()
    assert [found.cause.id for found in judged.also] == ["also-seen"]
