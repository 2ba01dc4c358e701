"""The judgement of a cell can fail: each thing that it holds, broken once."""

from dataclasses import replace

import pytest

from tests.faults import judging
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says, Seen

GOOD = Seen(
    named="subnet-not-allowed",
    proven=("subnet-not-allowed",),
    crashes=(),
    printed={"text": "a report\n", "json": '{"a": ["b"]}', "verbose": ""},
    deadline=3.0,
    seconds=2.0,
    spent=2.5,
)
SAYS = Says(may=("subnet-not-allowed", INCONCLUSIVE), proven=("subnet-not-allowed",))


def test_a_run_that_keeps_to_it() -> None:
    judging.hold(GOOD, SAYS)
    judging.hold(replace(GOOD, named=INCONCLUSIVE, proven=()), SAYS)


@pytest.mark.parametrize(
    "change",
    [
        {"named": "no-outbound"},
        {"named": HEALTHY},
        {"proven": ("subnet-not-allowed", "no-outbound")},
        {"crashes": ("Traceback",)},
        {"seconds": 5.1},
        {"spent": 30.0},
        {"printed": {"text": "\x1b[31mred"}},
        {"printed": {"json": '{"a": ["\\u001b[31mred"]}'}},
        {"printed": {"json": '{"a\\u0007": 1}'}},
        {"printed": {"verbose": "Traceback (most recent call last):\n"}},
    ],
    ids=str,
)
def test_a_run_that_does_not(change: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        judging.hold(replace(GOOD, **change), SAYS)
