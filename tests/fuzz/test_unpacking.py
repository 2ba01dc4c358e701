"""A few seconds of the fuzzing, always the same; `tests.fuzz.unpacking` goes on for longer."""

import pytest

from diagnose.bundle import archive, reading, unpack
from diagnose.bundle.errors import BundleError
from tests.fuzz import unpacking

SEED = 20_261_123


def test_each_bundle_is_judged_before_anything_is_changed() -> None:
    """Else every change would be refused for the wrong reason."""
    for members in unpacking.bundles():
        assert unpacking.used(unpacking.sealed(members)) == "judged"


def test_a_changed_bundle_is_refused_or_judged() -> None:
    found = unpacking.Found()
    for number in range(600):
        unpacking.one(SEED, number, found)

    assert not found.first
    assert found.ended["of_values judged"] > 20
    assert found.ended["of_values refused"] > 20
    assert found.ended["of_text refused"] > 20


def test_a_failure_is_told_with_the_number_that_makes_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: bytes) -> str:
        raise KeyError("x")

    monkeypatch.setattr(unpacking, "used", broken)
    found = unpacking.Found()
    unpacking.one(SEED, 7, found)

    assert [told.partition(":")[0] for told in found.first.values()] == ["--only 7"]


@pytest.mark.parametrize("way", unpacking.WAYS, ids=lambda way: way.__name__)
def test_a_number_makes_the_same_bundle_again(way) -> None:
    assert way(unpacking.Random("1:2")) == way(unpacking.Random("1:2"))


def test_mended_sums_lead_behind_the_manifest() -> None:
    members = unpack.members(unpacking.sealed(unpacking.bundles()[0]))
    members["run.json"] = b"{}"

    with pytest.raises(BundleError, match=r"run\.json has 2 bytes, and .* it changed"):
        reading.bundle(unpack.members(archive.pack(members)))
    with pytest.raises(BundleError, match=r"run\.json: .*expected a value"):
        reading.bundle(unpack.members(unpacking.sealed(members)))
