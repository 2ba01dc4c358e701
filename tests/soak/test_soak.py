"""The agent over half an hour and longer, while its cloud breaks in every way and heals again.

One soak, and what has to hold of it. Its figures are in ``.build/soak``: a line for each look, and
a page with the curve.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

import checks
from diagnose import causes
from diagnose.agent.seen import Status
from tests.e2e.machine import Machine
from tests.soak import curve, page, record, states
from tests.soak.conftest import MINUTES
from tests.soak.record import Record
from tests.soak.subject import Agent, Azure, read

# The fixture is part of the first test
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(60 * (MINUTES + 10))]

SEED = int(os.environ.get("ACR_DIAGNOSE_SOAK_SEED", "1"))
INTO = Path(__file__).resolve().parents[2] / ".build" / "soak"
# KiB for each run. Over half an hour it is 0.05; one run's world and facts are hundreds.
CREEP = 2.0
LINE = 600  # bytes of the log, at most, for one change


@pytest.fixture(name="soak", scope="module")
def _soak() -> Iterator[Record]:
    INTO.mkdir(parents=True, exist_ok=True)
    places = states.addresses(states.coming_and_going())
    with closing(Machine(places)) as machine:
        azure = Azure(machine)
        agent = Agent(machine)
        made = record.made(agent, azure, seconds=60 * MINUTES, seed=SEED, into=INTO / "looks.jsonl")
        (INTO / "page.md").write_text(page.of(made))
        yield made


def test_every_look_was_right(soak: Record) -> None:
    """In the warm-up too: each state is named by its own cause, and by no other at the time."""
    wrong = [(look.state, look.code) for look in soak.looks if look.code != (look.expected,)]

    assert not wrong
    assert {(look.healthz, look.readyz) for look in soak.looks} == {(200, 200)}


def test_every_change_is_told_once_and_none_is_invented(soak: Record) -> None:
    verdicts = [event for event in soak.events if event["event"] == "verdict"]
    told = [(str(event.get("was", "")), str(event["code"])) for event in verdicts]
    codes = ["", "healthy", *(look.expected for look in soak.looks)]
    changes = [(was, code) for was, code in pairwise(codes) if was != code]

    assert told == changes
    assert [event["event"] for event in soak.events if event not in verdicts] == ["start", "stop"]


def test_each_question_is_one_run(soak: Record) -> None:
    assert soak.counted == soak.runs


def test_memory_is_flat(soak: Record) -> None:
    """By what is the process's own: pages of files come and go as the kernel likes."""
    values = curve.levels([look.uses["own"] for look in soak.measured])

    assert curve.growth(values) <= CREEP * len(soak.measured), values


@pytest.mark.parametrize("what", ["threads", "descriptors", "sockets"])
def test_what_a_run_opens_is_closed(soak: Record, what: str) -> None:
    """What it falls back to after each state, to the last one: not one more at the end."""
    values = curve.lows([look.uses[what] for look in soak.measured])

    assert max(values[len(values) // 2 :]) <= max(values[: len(values) // 2]), values
    assert curve.growth(values) < 1.0, values


def test_the_metrics_are_no_more_after_a_thousand_runs(soak: Record) -> None:
    """Whatever was ever told: labels take words of ours alone, and only what is now is told."""
    ids = {check.id for check in checks.ALL}
    known = {"verdict_info": {"healthy", "inconclusive", "error"}, "runs_total": set(Status)}
    known["verdict_info"] |= {cause.id for cause in causes.ALL}
    known |= {"probe_success": ids, "probe_duration_seconds": ids}
    others = {
        (name, value)
        for name, *values in soak.seen
        for value in set(values) - {"contoso.azurecr.io"}
        if value not in known.get(name, ())
    }

    assert not others
    assert max(look.series for look in soak.looks) <= 2 * len(ids) + len(Status) + 2


def test_the_log_grows_by_changes_alone(soak: Record) -> None:
    for before, after in pairwise(soak.looks):
        grown = after.log - before.log
        assert grown == 0 if after.expected == before.expected else 0 < grown < LINE, after


def test_the_file_for_node_exporter_is_what_was_served(soak: Record) -> None:
    assert read(soak.textfile) == read(soak.served)


def test_it_ends_within_a_second(soak: Record) -> None:
    took, code = soak.ended

    assert code == 0
    assert took < 1.0
