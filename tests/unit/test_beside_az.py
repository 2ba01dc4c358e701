"""What the page beside az counts, on az's own words."""

import pytest

from tests.bench.beside_az import section, words
from tests.bench.beside_az.section import Measured
from tests.bench.beside_az.sides import Round, Took
from tests.bench.beside_az.stories import STORIES
from tests.bench.beside_az.words import Said

REFUSED = """\
WARNING: Docker daemon status: available
WARNING: DNS lookup to contoso.azurecr.io at IP 20.62.128.10 : OK
WARNING: Challenge endpoint https://contoso.azurecr.io/v2/ : OK
ERROR: 2026-11-23 22:47:58.832094 An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR
Access to registry 'contoso.azurecr.io' was denied. Response code: 403. Please try

Please refer to https://aka.ms/acr/errors#connectivity_refresh_token_error for more information.
"""
NO_LOGIN = "ERROR: Failed to resolve 'management.azure.com' | name resolution\n"


def took(seconds: float = 1.0, *, err: str = "", code: int = 0) -> Took:
    return Took(seconds=seconds, cpu=0.5, peak_mb=80, code=code, out="", err=err)


def test_az_looked_at_what_has_a_result_and_named_its_error() -> None:
    said = words.of_az(took(), took(err=REFUSED, code=1))

    assert said.looks == 4
    assert said.why.startswith("CONNECTIVITY_REFRESH_TOKEN_ERROR Access to registry")


def test_a_failed_login_counts_and_breaks_no_table() -> None:
    said = words.of_az(took(err=NO_LOGIN, code=1), took(err=REFUSED, code=1))

    assert said.why.startswith("Failed to resolve 'management.azure.com' / name")
    assert "; then CONNECTIVITY_REFRESH" in said.why


def test_who_was_killed_is_said_to_be() -> None:
    assert words.of_az(took(code=-9), took()).why == "(killed)"


@pytest.mark.parametrize(("ours", "met"), [(0.2, True), (0.3, False)])
def test_the_goal_is_of_both_commands_of_az_together(ours: float, met: bool) -> None:
    one = Round(login=took(1.0), check=took(1.0), ours=took(ours))
    nothing = Said(looks=0, why="")
    row = Measured(story=STORIES[0], rounds=[one], az=nothing, ours=nothing, named=True)

    text = section.text([row], 1)

    assert ("login and check together: met" in text) is met
    assert "1/4 of the memory: **missed**" in text
