"""5,000 nodes with a truth of their own: the groups are right, and the failing subnet is named."""

import gc
import json
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from diagnose.commands.fleet import fleet
from diagnose.fleet import front, roster
from diagnose.fleet.fleet import Fleet
from diagnose.fleet.lines import read
from diagnose.grouping.digest import Digest
from tests.scenarios import fleets
from tests.scenarios.fleets import AGED, OLD, POOLS, SILENT, STRAY, Member
from tests.scenarios.test_many_bundles import FAILING, HEALTHY, bundle, machine

MANY = 5000
GOAL = 10.0  # seconds


@pytest.fixture(name="truth", scope="module")
def _truth() -> list[Member]:
    return fleets.members(MANY)


@pytest.fixture(name="sources", scope="module")
def _sources(truth: list[Member], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give what `kubectl get nodes` and `get pods` print of them."""
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "nodes.json").write_text(fleets.listed([fleets.node(one) for one in truth]))
    (folder / "pods.json").write_text(fleets.listed([fleets.pod(one) for one in truth]))
    return [str(folder / "nodes.json"), str(folder / "pods.json")]


@pytest.fixture(name="document", scope="module")
def _document(sources: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(front.rendered(front.summed(sources), "json"))
    return found


def text(found: Fleet) -> str:
    """Give the report for a person, as one line."""
    return " ".join(front.rendered(found, "text").split())


def test_every_node_is_in_the_group_that_is_true_of_it(
    truth: list[Member], document: dict[str, Any]
) -> None:
    (section,) = document["registries"]
    given = {one["name"]: one for one in section["nodes"]}

    assert len(given) == MANY
    for member in truth:
        node = given[member.name]
        healthy = "silent" if member.truth == SILENT else "healthy"
        assert node["status"] == ("cause" if member.truth not in ("", SILENT) else healthy)
        assert (node["cause"] or "") == (member.truth if member.truth != SILENT else "")
        assert node["pool"] == member.pool
        assert node["cluster"]["node image"] == member.image


def test_the_sums_are_those_of_the_truth(truth: list[Member], document: dict[str, Any]) -> None:
    true = Counter(member.truth for member in truth)
    (section,) = document["registries"]
    groups = {one["cause"] or "": one["count"] for one in section["groups"]}

    assert groups == {cause: times for cause, times in true.items() if cause != SILENT}
    assert document["nodes"]["silent"] == true[SILENT]
    assert document["nodes"]["total"] == MANY


def test_what_the_failing_ones_share_is_named_and_nothing_else(document: dict[str, Any]) -> None:
    (section,) = document["registries"]
    differs = {
        one["cause"]: {row["feature"]: row["here"]["value"] for row in one["differs"]}
        for one in section["groups"]
        if one["cause"]
    }
    first = {cause: next(iter(rows), "") for cause, rows in differs.items()}

    assert differs["subnet-not-allowed"]["subnet"].endswith("/subnets/build")
    assert differs["subnet-not-allowed"]["node pool"] == "build"
    assert "node image" not in differs["subnet-not-allowed"]
    assert differs["custom-dns-not-forwarding"]["resolvers"] == "10.1.0.53"
    assert first[AGED] == "node image"
    assert differs[AGED]["node image"] == OLD
    assert not {"subnet", "node pool", "node image", "zone"} & set(differs[STRAY])


def test_places_count_what_fails_in_each_pool(
    truth: list[Member], document: dict[str, Any]
) -> None:
    (section,) = document["registries"]
    for place in section["places"]:
        members = [one for one in truth if one.pool == place["pool"]]
        failing = [one for one in members if one.truth not in ("", SILENT)]

        assert place["subnet"].endswith(f"/{POOLS[place['pool']][0]}")
        assert (place["count"], place["failing"]) == (len(members), len(failing))
    assert section["places"][0]["pool"] in ("build", "spot")


def test_the_text_names_the_subnet_that_fails(sources: list[str], truth: list[Member]) -> None:
    true = Counter(member.truth for member in truth)
    told = text(front.summed(sources))
    refused, fine = true["subnet-not-allowed"], true[""]

    assert f"All {refused} are in aks-vnet/build; the {fine} healthy are in " in told
    assert f"Fix (the same for all {refused} in aks-vnet/build)" in told
    assert told.count("az acr network-rule add ") == 1
    assert f"CreateContainerError: no space left on device: {'aks-apps'}" in told


def test_the_order_in_which_nodes_come_makes_no_difference(truth: list[Member]) -> None:
    some = truth[:300]
    shuffled = [*some]
    random.Random(7).shuffle(shuffled)  # noqa: S311 no secret
    fleets_of = [roster.collected(read(fleets.lines(one), "stdin")) for one in (some, shuffled)]

    for form in ("text", "json", "short", "markdown", "html"):
        first, second = (front.rendered(one, form) for one in fleets_of)
        assert first == second


def test_5000_nodes_take_a_few_seconds(sources: list[str]) -> None:
    begun = time.monotonic()
    found = front.summed(sources)
    for form in ("text", "json", "short", "markdown", "html"):
        assert front.rendered(found, form)

    assert time.monotonic() - begun < GOAL


def peak(count: int) -> int:
    """Give the most bytes that so many nodes took, each of which came three times over."""

    def each() -> Iterator[str]:
        for _ in range(3):
            yield from fleets.lines(members)

    members = fleets.members(count)
    gc.collect()
    tracemalloc.start()
    try:
        found = roster.collected(read(each(), "stdin"))
        assert len(found.sections[0].nodes) == sum(one.truth != SILENT for one in members)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_nodes_by_little_and_not_with_what_they_send() -> None:
    peak(20)  # what is loaded and kept for once
    few, more = peak(100), peak(500)

    assert (more - few) / 400 < 4000  # bytes for a node


def test_bundles_of_a_folder_are_put_to_the_nodes_of_their_name(tmp_path: Path) -> None:
    for number in (0, 1, 6, 7, 8):
        bundle(tmp_path / f"node-{number}.tar.gz", machine(number))
    members = [
        Member(
            name=f"node-{n}", pool="apps" if n < HEALTHY else "ci", subnet="", image="", truth=""
        )
        for n in (0, 1, 6, 7, 8, 9)
    ]
    (tmp_path / "nodes.json").write_text(fleets.listed([fleets.node(one) for one in members]))
    found = front.summed([str(tmp_path)], workers=0)
    told = text(found)

    assert FAILING > HEALTHY
    assert found.code == 1
    assert "All 3 are in app-vnet/build; the 2 healthy are in app-vnet/apps." in told
    assert "node pool ci in 3 of 3; apps in 2 of 2 healthy" in told
    assert "1: nothing came of it: node-9" in told


def test_the_command_prints_one_report_and_gives_the_code(
    sources: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert front.run(sources, "short") == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) <= 12
    assert "aks-vnet/build" in told.out
    assert told.err == ""
    assert front.run(["/nowhere"], "json") == 2
    assert json.loads(capsys.readouterr().out)["unreadable"][0]["name"] == "/nowhere"
    assert front.run(sources, "text", quiet=True) == 1
    assert capsys.readouterr().out == ""


def test_the_command_line_takes_what_is_piped_in(truth: list[Member]) -> None:
    app = typer.Typer()
    app.command()(fleet)
    given = "".join(fleets.lines(truth[:50]))
    told = CliRunner().invoke(app, ["-", "-o", "json"], input=given)
    document = json.loads(told.stdout)

    assert told.exit_code == 1
    assert document["nodes"]["total"] == sum(one.truth != SILENT for one in truth[:50])
    assert CliRunner().invoke(app, []).exit_code == 2
    assert CliRunner().invoke(app, ["-", "-o", "junit"], input=given).exit_code == 2


def test_a_verdict_of_the_generator_is_one_of_the_program() -> None:
    for cause in fleets.STORIES:
        assert isinstance(fleets.verdict(cause), Digest)
        assert fleets.verdict(cause).cause == cause
