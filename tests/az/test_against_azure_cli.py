"""The `az` of these tests asks ARM for what a real az 2.91.0 asked for, line by line.

recorded.json was written by record.py, which runs a real az against the simulated Azure.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from diagnose.lab.healthy import REGISTRY_SUBSCRIPTION, healthy_cloud
from tests.az import acr, contents, elsewhere, machines, network, zones
from tests.az.arm import Arm
from tests.az.forms import Az
from tests.az.lines import LINES, STARTS
from tests.az.query import search
from tests.az.shell import shell

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())
# az makes one up each time.
NAMES_OF_ASSIGNMENTS = re.compile(r"(/roleAssignments/)[0-9a-f-]{36}$")


def plain(request: list[Any]) -> list[Any]:
    method, path, version, body = request
    return [method, NAMES_OF_ASSIGNMENTS.sub(r"\1GUID", path), version, body]


@pytest.mark.parametrize("start", [start for start, _ in LINES])
def test_the_requests_are_those_of_a_real_az(start: str) -> None:
    cloud = healthy_cloud()
    STARTS[start](cloud)
    az = Az(Arm(cloud, REGISTRY_SUBSCRIPTION))
    rows = [row for row in RECORDED["lines"] if row["start"] == start]
    with shell(az) as running:
        for row in rows:
            az.arm.sent.clear()
            reply = running.run(row["line"])
            assert not az.failures, az.failures
            assert reply.code == row["code"], (row["line"], reply.err)
            sent = [plain(list(request)) for request in az.arm.sent]
            assert sent == [plain(request) for request in row["requests"]], row["line"]
            if row["out"]:
                assert reply.out == row["out"], row["line"]


def test_every_line_was_recorded() -> None:
    assert {acr, contents, elsewhere, machines, network, zones}  # each registers its forms
    assert RECORDED["azure-cli"] == "2.91.0"
    told = [(start, line) for start, lines in LINES for line in lines]
    assert [(row["start"], row["line"]) for row in RECORDED["lines"]] == told


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("id", {"id": "x"}, "x"),
        ("a.b", {"a": None}, None),
        ("a[0].b.id", {"a": [{"b": {"id": "x"}}]}, "x"),
        ("[].loginServer", [{"loginServer": "x"}, {}], ["x"]),
        ("a[?b=='c']", {"a": [{"b": "c"}, {"b": "d"}]}, [{"b": "c"}]),
        ("[?b=='c'].[b, d]", [{"b": "c", "d": 1}], [["c", 1]]),
        ("length(a)", {"a": [1, 2]}, 2),
        ("length(a || `[]`)", {"a": [1, 2]}, 2),
        ("length(a || `[]`)", {"a": None}, 0),
    ],
)
def test_the_queries_that_fixes_print(text: str, value: Any, found: Any) -> None:
    assert search(text, value) == found


@pytest.mark.parametrize("text", ["[?b==c]", "a[", "a | b", "length(a", ""])
def test_any_other_query_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="query"):
        search(text, {})
