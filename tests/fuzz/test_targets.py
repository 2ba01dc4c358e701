"""A few seconds of every target, always the same; ``python -m tests.fuzz`` goes on for longer."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz import loop, targets
from tests.fuzz.mutation import Random
from tests.fuzz.target import Target, mutant
from tests.fuzz.targets import cri, fleet, options, parses, secrets, texts, wire

SEED = 20_261_123
MODULES = [module for module in targets.MODULES if module is not parses]
ALWAYS = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def _kept(target: Target, inputs: int) -> dict[str, str]:
    found = loop.Found()
    for number in range(inputs):
        loop.one(target, SEED, number, found, grows=False)
    return found.first


def test_every_parse_gives_a_fact_whatever_came() -> None:
    """All in one test: the stories, whose answers are changed, are run once."""
    assert {one.name: first for one in parses.TARGETS if (first := _kept(one, 12))} == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda one: one.__name__.rpartition(".")[2])
def test_what_is_read_is_refused_or_understood(module) -> None:
    assert {one.name: first for one in module.TARGETS if (first := _kept(one, 12))} == {}


def test_each_seed_is_read_for_what_it_is() -> None:
    """Else every change would be refused for the wrong reason."""
    assert options.image(b"contoso.azurecr.io/app:v1") != options.image(b"contoso..azurecr.io")
    assert parses.use("challenge", parses.seeds("challenge")[0]) is not None
    assert secrets.jwt(secrets.TARGETS[0].seeds()[3])[0].audience
    assert wire.resolver(wire.dns_seeds()[0])[0][1] == ("10.0.0.4",)
    assert cri.frames(cri.grpc_seeds()[0])[0] == cri.cri_seeds()[0]
    assert wire.pull(wire.TARGETS[2].seeds()[0]) == ("", "sha256:12")
    assert fleet.collected(fleet.lines()[0])[0] == 1
    assert fleet.archive(fleet.archives()[2])[0] == 1


def test_a_number_makes_the_same_input_again() -> None:
    for name, target in targets.ALL.items():
        assert loop.input_of(target, 1, 3) == loop.input_of(target, 1, 3), name


def test_a_failure_is_told_with_the_number_that_makes_it_again() -> None:
    def broken(data: bytes) -> object:
        raise KeyError(data)

    found = loop.Found()
    loop.one(Target(name="x", seeds=lambda: (b"x",), use=broken), SEED, 7, found)

    assert [told.partition(":")[0] for told in found.first.values()] == ["--only 7"]


def test_what_changes_from_one_use_to_the_next_is_found() -> None:
    uses: list[bytes] = []

    def counts(data: bytes) -> object:
        uses.append(data)
        return len(uses)

    assert list(_kept(Target(name="x", seeds=lambda: (b"x",), use=counts), 1)) == ["another result"]


def test_a_time_that_grows_with_the_square_is_found() -> None:
    def square(data: bytes) -> object:
        return sum(1 for at in range(0, len(data), 40) if data[at:].count(b"q" * 3) > len(data))

    found = loop.Found()
    loop.one(Target(name="x", seeds=lambda: (b"abc",), use=square), SEED, 24, found)

    assert set(found.kinds) <= {"grows"}


@ALWAYS
@given(st.text())
@example("\ud800\U000e0041\x9b2J")
def test_no_word_gets_past_the_reports(text: str) -> None:
    texts.shown(text.encode("utf-8", "surrogatepass"))


@ALWAYS
@given(st.binary(max_size=300))
def test_any_bytes_are_a_refusal_or_a_target(data: bytes) -> None:
    options.image(data)
    options.resolve(data)
    options.duration(data)


@ALWAYS
@given(st.binary(max_size=600))
def test_any_bytes_on_the_wire_are_read_or_refused(data: bytes) -> None:
    wire.resolver(data)
    cri.cri(data)
    cri.frames(data)
    wire.inflated(data)


@ALWAYS
@given(st.integers(min_value=0), st.sampled_from(["settings", "_ANSWERS"]))
def test_a_secret_that_is_taken_out_stays_out(number: int, which: str) -> None:
    seeds = secrets._ANSWERS if which == "_ANSWERS" else [s.encode() for s in secrets._SETTINGS]
    secrets.tidied(mutant(Random(number), seeds))
