"""No expression of the program can be made slow, but for those that never see a long text."""

import random
import re

import pytest

from tests.fuzz import regexes
from tests.fuzz.regexes import Expression

SEED = 20_261_123
TRIES = 12  # for each; `python -m tests.fuzz.regexes` does more

# What takes the square of a text's length, and never gets a long one.
BOUNDED = {
    "diagnose.bundle.bodies.texts:_UNFINISHED": "looks from the last 256 characters on",
    "diagnose.fleet.aks_replies:_MOUNT": "lines of at most 8192 characters",
    "diagnose.fleet.listing:_ENTRY": "lines of at most 4096 characters",
    "diagnose.live.containerd:_QUERY": "words that `tidy` cut to 2000 characters",
}
EVERY = {id(one.pattern): one for one in regexes.expressions()}.values()


def test_expressions_are_found_wherever_they_stand() -> None:
    places = {one.place for one in EVERY}

    assert {"checks.challenge:_REALM", "diagnose.live.wording:_RULES"} <= places
    assert set(BOUNDED) <= places
    assert len(EVERY) > 150


def test_none_can_be_made_slow() -> None:
    slow = [
        told
        for one in EVERY
        if one.place not in BOUNDED and (told := regexes.slow(one, random.Random(SEED), TRIES))  # noqa: S311 no secret
    ]

    assert slow == []


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"Bearer\b.*?\brealm=x", "search"),
        (r"\w+://x", "search"),
        (r"token=\s*\[?\s*x", "search"),
        (r".*[\d._-].*", "fullmatch"),
        (r"^\s*\[", "search"),
        (rb"eyJ[\w-]{5,}\.", "search"),
    ],
)
def test_one_that_is_slow_is_found(pattern: str, method: str) -> None:
    flags = re.MULTILINE if isinstance(pattern, str) else 0
    one = Expression(place="x", pattern=re.compile(pattern, flags), method=method)

    assert regexes.slow(one, random.Random(SEED), 300)  # noqa: S311 no secret
