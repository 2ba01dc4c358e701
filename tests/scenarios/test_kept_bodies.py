"""What a recording keeps of the answers is enough: every story gives the same facts from it.

It fails when a check reads a field or a header that no table of `diagnose/bundle/bodies` keeps.
"""

import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from checks.privacy import Sensitivity
from checks.replies import HttpReply
from checks.target import Asked, parse
from checks.token_replies import StoredReply
from diagnose import causes
from diagnose.bundle import bodies
from diagnose.bundle.bodies import arm, headers
from diagnose.bundle.bodies.keeping import shape_of
from diagnose.facts import Facts
from diagnose.judging import verdict
from tests.matrix.runs import BY_NAME, cloud_of, told, told_blind
from tests.scenarios.agreement import rows
from tests.scenarios.stories import blind
from tests.world import InsideWorld, Judged, Wire
from tests.world.serial import gathered

ASKED = ("imds", "arm", "http", "tokens")  # the ports whose replies have bodies
Question = tuple[str, str, str]
Keep = Callable[[Question, str, str, dict[str, Any], HttpReply], HttpReply]


def same(_kind: Sensitivity, text: str) -> str:
    return text


class Port:
    """One port, whose answers go through `keep`; redirects are asked for as they were meant."""

    def __init__(self, port: Any, name: str, keep: Keep, meant: dict[str, str]) -> None:
        self._port, self._name, self._keep, self._meant = port, name, keep, meant

    def __getattr__(self, method: str) -> Any:
        ask = getattr(self._port, method)
        signature = inspect.signature(ask)

        def asked(*args: Any, **kwargs: Any) -> Any:
            given = dict(signature.bind(*args, **kwargs).arguments)
            question = (self._name, method, json.dumps(given, sort_keys=True))
            if "url" in given:
                given["url"] = self._meant.get(given["url"], given["url"])
            return self._reduced(question, method, given, ask(**given))

        return asked

    def _reduced(self, question: Question, method: str, given: dict[str, Any], reply: Any) -> Any:
        if isinstance(reply, tuple):
            return tuple(self._reduced(question, method, given, one) for one in reply)
        if isinstance(reply, StoredReply):
            answer = self._reduced(question, method, given, reply.answer)
            return replace(reply, answer=answer)
        if not isinstance(reply, HttpReply):
            return reply
        found = self._keep(question, self._name, method, given, reply)
        if location := reply.headers.get("location"):
            self._meant[found.headers["location"]] = location
        return found


class Reduced:
    """The world in this process, seen through what a recording keeps."""

    def __init__(self, world: InsideWorld, keep: Keep) -> None:
        self._world, self._keep = world, keep
        self._meant: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        port = getattr(self._world, name)
        return Port(port, name, self._keep, self._meant) if name in ASKED else port


def kept(
    _question: Question, port: str, method: str, given: dict[str, Any], reply: HttpReply
) -> HttpReply:
    return bodies.kept(port, method, given, reply, same)


def judged(name: str, *, sees: bool, keep: Keep = kept) -> Judged:
    """Judge a story by what is kept of the answers."""
    story, cloud = BY_NAME[name], cloud_of(BY_NAME[name])
    if not sees:
        blind(cloud)
    world: Any = Reduced(InsideWorld(Wire(cloud), parse(story.image).login_server), keep)
    facts, steps = gathered(world, Facts([Asked(text=story.image)]))
    return Judged(facts=facts, steps=tuple(steps), verdict=verdict.decide(causes.ALL, facts))


def told_by(name: str, *, sees: bool) -> Judged:
    return told(name) if sees else told_blind(name)


@pytest.mark.parametrize("sees", [True, False], ids=["all-rights", "blind"])
@pytest.mark.parametrize("name", BY_NAME)
def test_the_facts_are_the_same(name: str, sees: bool) -> None:
    whole, reduced = told_by(name, sees=sees), judged(name, sees=sees)

    same_facts = rows(whole.facts) == rows(reduced.facts)
    assert same_facts, missing(name, sees=sees)
    assert reduced.verdict == whole.verdict


def missing(name: str, *, sees: bool) -> str:
    """Say which answer it is of which too little is kept, and where its table stands."""
    expected = rows(told_by(name, sees=sees).facts)
    replies: dict[Question, HttpReply] = {}

    def remember(
        question: Question, port: str, method: str, given: dict[str, Any], reply: HttpReply
    ) -> HttpReply:
        del port, method, given
        replies[question] = reply
        return reply

    judged(name, sees=sees, keep=remember)
    told = [f"{name}: the facts differ once the answers are cut down to what a recording keeps."]
    for question, reply in replies.items():
        found = rows(judged(name, sees=sees, keep=only(question)).facts)
        changed = sorted(n for n in expected.keys() | found if expected.get(n) != found.get(n))
        if changed:
            told.append(f"{' '.join(question)} -> {', '.join(changed)}: {advice(question, reply)}")
    return "\n".join(told)


def only(wanted: Question) -> Keep:
    def keep(
        question: Question, port: str, method: str, given: dict[str, Any], reply: HttpReply
    ) -> HttpReply:
        return kept(question, port, method, given, reply) if question == wanted else reply

    return keep


def advice(question: Question, reply: HttpReply) -> str:
    port, method, arguments = question
    given = json.loads(arguments)
    file = {"imds": "imds.py", "http": "registry.py"}.get(port, "errors.py")
    if port == "arm":
        kind, _ = arm.type_of(given["path"])
        tables = [table.__name__ for table in arm.TABLES if kind in table.SHAPES]
        file = tables[0].rpartition(".")[2] + ".py" if tables else f"arm_*.py, as {kind}"
    left = bodies.kept(port, method, given, reply, same)
    gone = sorted(reply.headers.keys() - headers.KEPT.keys())
    return (
        f"add the field that the check reads to diagnose/bundle/bodies/{file} (or the header, one "
        f"of {gone}, to headers.py). Gone from the body: {dropped(reply.body, left.body)}"
    )


def dropped(before: bytes, after: bytes) -> list[str]:
    try:
        return sorted(keys(json.loads(before)) - keys(json.loads(after)))
    except ValueError:
        return ["a text that is no JSON"]


def keys(value: Any, place: str = "") -> set[str]:
    if isinstance(value, list):
        return {key for one in value for key in keys(one, place)}
    if not isinstance(value, dict):
        return set()
    inner = {key for name, one in value.items() for key in keys(one, f"{place}{name}.")}
    return inner | {place + name for name in value}


def test_a_field_that_no_table_keeps_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is what a person sees who has just taught a check to read a new field."""
    path = "/subscriptions/S/providers/Microsoft.Network/virtualNetworks/V/subnets/N"
    monkeypatch.delitem(shape_of("arm", "get", {"path": path})["properties"], "addressPrefix")

    said = missing("the_subnet_lost_its_endpoint", sees=True)

    assert "Subnet: add the field" in said
    assert "diagnose/bundle/bodies/arm_network.py" in said
    assert "properties.addressPrefix" in said
