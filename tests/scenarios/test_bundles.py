"""The same verdict live, replayed, from the facts alone, redacted, and through a file."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.contract import Fact
from diagnose import causes
from diagnose.bundle import archive, judging, lines, making, outline, reading, redact
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.facts import Facts
from diagnose.judging import verdict
from diagnose.judging.verdict import Verdict
from diagnose.lab.cloud import Cloud
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.image import build_image
from tests.matrix import runs
from tests.scenarios.originals import originals
from tests.scenarios.recorded import Recorded, recorded, told
from tests.scenarios.stories import blind

SIGHTS = {"sees-azure": True, "blind": False}
EVERY = pytest.mark.parametrize("name", runs.BY_NAME)
BOTH = pytest.mark.parametrize("sight", SIGHTS)
SALT = bytes(range(32))


def run_of(name: str, sight: str) -> Recorded:
    return told(name, sees_azure=SIGHTS[sight])


def by_type(facts: Facts) -> dict[str, Fact]:
    return {type(fact).__name__: fact for fact in facts}


@EVERY
@BOTH
def test_a_replayed_run_gives_the_same_facts_and_the_same_verdict(name: str, sight: str) -> None:
    live = run_of(name, sight)
    again = judging.judged(live.recording)

    assert by_type(again.facts) == by_type(live.result.facts)
    assert again.verdict == live.result.verdict
    assert again.limits == live.result.limits


@EVERY
@BOTH
def test_the_facts_alone_give_the_same_verdict(name: str, sight: str) -> None:
    live = run_of(name, sight)
    facts = lines.facts(lines.facts_of(live.result.facts))

    assert verdict.decide(causes.ALL, facts) == live.result.verdict


@EVERY
@BOTH
def test_a_redacted_run_gives_the_same_verdict_in_other_names(name: str, sight: str) -> None:
    live, names = run_of(name, sight), Pseudonyms(SALT)
    again = judging.judged(redact.redacted(live.recording, names.of))

    assert {type(fact) for fact in again.facts} == {type(fact) for fact in live.result.facts}
    assert outline.of(again.verdict) == outline.of(live.result.verdict)
    assert restored(words(again.verdict), names) == restored(words(live.result.verdict), names)


@EVERY
@BOTH
def test_a_bundle_that_is_read_again_gives_what_went_into_it(
    name: str, sight: str, tmp_path: Path
) -> None:
    live, names = run_of(name, sight), Pseudonyms(SALT)
    members = making.made(live.recording, live.result, lambda _: (), names)
    (tmp_path / "bundle.tar.gz").write_bytes(archive.pack(members))
    bundle = reading.read(tmp_path / "bundle.tar.gz")
    again = judging.judged(bundle.recording)

    assert bundle.manifest["verdict"]["holds"] is True
    assert by_type(again.facts) == by_type(bundle.facts)
    assert outline.of(again.verdict) == outline.of(live.result.verdict)


def healthy(_cloud: Cloud) -> None:
    """Leave everything as it is."""


def abac(cloud: Cloud) -> None:
    cloud.registry.abac = True


def forbid(cloud: Cloud) -> None:
    cloud.registry.vnet_rules = []


@EVERY
def test_a_redacted_bundle_holds_no_name_no_id_and_no_address(name: str) -> None:
    live = told(name)
    members = making.made(live.recording, live.result, lambda _: (), Pseudonyms(SALT))

    assert left(members, originals(runs.cloud_of(runs.BY_NAME[name]))) == []


@pytest.mark.parametrize("change", [healthy, blind, abac, forbid], ids=lambda c: c.__name__)
def test_names_that_are_no_words_of_ours_leave_the_bundle_too(
    change: Callable[[Cloud], None],
) -> None:
    cloud = healthy_cloud()
    cloud.registry.repositories = {"payroll/web": {"r47": build_image()}}
    change(cloud)
    live = recorded(cloud, "contoso.azurecr.io/payroll/web:r47")
    members = making.made(live.recording, live.result, lambda _: (), Pseudonyms(SALT))
    found = {"payroll", "web", "r47"}

    assert left(making.made(live.recording, live.result, lambda _: (), None), found)
    assert left(members, found | originals(cloud)) == []


def left(members: dict[str, bytes], names: set[str]) -> list[tuple[str, str]]:
    """Give the members that hold one of ``names`` as a word, in any case, with what is there."""
    words = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    whole = re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", re.IGNORECASE)
    texts = {name: data.decode("utf-8", "surrogateescape") for name, data in members.items()}
    return [
        (name, text[max(0, hit.start() - 40) : hit.end() + 40])
        for name, text in texts.items()
        for hit in whole.finditer(text)
    ]


def words(judged: Verdict) -> list[str]:
    """Give every sentence that a verdict says."""
    primary = judged.primary
    found = [*judged.also, *([primary] if primary else [])]
    return [
        *(one.saw for one in judged.evidence),
        *(one.saw for each in found for one in each.finding.evidence),
        *(step.command for each in found for step in each.finding.fix),
        *(rival.because for rival in judged.rivals),
    ]


def restored(sentences: list[str], names: Pseudonyms) -> list[list[str]]:
    """Give the words of each sentence with the true name for each pseudonym, in any order.

    The order is left out: what a check lists by name stands in another order under other names.
    """
    known = names.known()
    known |= {a[:19]: name[:19] for a, name in known.items() if a.startswith("sha256:")}
    alias = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))) or "(?!)")
    return [
        sorted(alias.sub(lambda m: known[m[0]], one).lower().replace(",", " ").split())
        for one in sentences
    ]


@pytest.mark.parametrize("name", ["the_subnet_lost_its_endpoint", "everything_is_right"])
def test_the_same_recording_and_salt_give_the_same_bytes(name: str) -> None:
    live = told(name)
    twice = [
        archive.pack(making.made(live.recording, live.result, lambda _: (), Pseudonyms(SALT)))
        for _ in range(2)
    ]

    assert twice[0] == twice[1]
    assert len(twice[0]) < 1_000_000
    other = Pseudonyms(os.urandom(32))
    assert archive.pack(making.made(live.recording, live.result, lambda _: (), other)) != twice[0]
