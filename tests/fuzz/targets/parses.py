"""Every pure ``parse`` of the checks: what the ports of all stories said, changed, must be a fact.

An input is JSON: which call it is like, and the arguments that came from outside. What the program
made itself (a target, another check's fact) stays as it was.
"""

import importlib
import inspect
import json
import pkgutil
import types
import typing
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import checks
from checks.contract import Fact
from checks.replies import HttpReply
from diagnose.bundle import codec, shapes
from diagnose.bundle.codec import CodecError
from tests.fuzz import properties
from tests.fuzz.target import Target
from tests.matrix import runs

RECORDED = Path(__file__).parents[2] / "recorded"
_MOST = 40  # calls of each parse that are kept, with different texts
# What a person typed is in `tests.fuzz.targets.options`; a pool's probes hold no foreign text.
_NOT_HERE = ("target", "agent_pool")
_PAIRED = {"tcp_path": ("addresses", "replies"), "rule_subnets": ("subnet_ids", "replies")}

Arguments = dict[str, Any]


@cache
def parses() -> dict[str, Callable[..., Any]]:
    """Give each check's ``parse`` by the check module's name."""
    found = {}
    for one in pkgutil.iter_modules(checks.__path__):
        module = importlib.import_module(f"checks.{one.name}")
        parse = vars(module).get("parse")
        own = isinstance(parse, types.FunctionType) and parse.__module__ == module.__name__
        if own and one.name not in _NOT_HERE:
            found[one.name] = parse
    return found


@cache
def kinds(name: str) -> dict[str, Any]:
    """Give the annotation of each argument that comes from outside, by its name."""
    hints = typing.get_type_hints(parses()[name])
    hints.pop("return")
    return {key: hint for key, hint in hints.items() if _is_foreign(hint)}


def _is_foreign(hint: Any) -> bool:
    members = typing.get_args(hint) or (hint,)
    if hint in (float, str):  # our own clock, and words of our own
        return False
    if any(isinstance(one, type) and issubclass(one, Fact) for one in members):
        return False
    try:
        shapes.of(_storable(hint))
    except TypeError:
        return False
    return True


def _storable(hint: Any) -> Any:
    """A list is kept as a tuple; a body that was decoded already is kept as it is."""
    if typing.get_origin(hint) is list:
        return tuple[typing.get_args(hint)[0], ...]  # type: ignore[misc]
    return str if _is_document(hint) else hint


def _is_document(hint: Any) -> bool:
    return typing.get_origin(hint) is dict and typing.get_args(hint)[1] is not str


def _told(value: Any, hint: Any) -> Any:
    return value if _is_document(hint) else codec.encoded(value, _storable(hint))


def _heard(value: Any, hint: Any) -> Any:
    if _is_document(hint):
        if not isinstance(value, dict):
            raise CodecError("an object", value)
        return value
    found = codec.decoded(value, _storable(hint))
    return list(found) if typing.get_origin(hint) is list else found


@cache
def calls() -> dict[str, list[Arguments]]:
    """Run every story and give the arguments of each parse, those that differ in their size."""
    kept: dict[str, dict[Any, Arguments]] = {name: {} for name in parses()}

    def watched(name: str, parse: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(parse)

        def call(*given: Any, **named: Any) -> Any:
            bound = signature.bind(*given, **named)
            bound.apply_defaults()
            if len(kept[name]) < _MOST:
                kept[name].setdefault(len(repr(bound.arguments)), dict(bound.arguments))
            return parse(*given, **named)

        return call

    modules = {name: importlib.import_module(f"checks.{name}") for name in parses()}
    for name, module in modules.items():
        vars(module)["parse"] = watched(name, parses()[name])
    try:
        for story in runs.BY_NAME:
            runs.told.__wrapped__(story)
    finally:
        for name, module in modules.items():
            vars(module)["parse"] = parses()[name]
    return {name: list(found.values()) for name, found in kept.items()}


@cache
def recorded() -> tuple[Any, ...]:
    """Give the bodies that Azure really sent."""
    paths = sorted(RECORDED.rglob("*.json"))
    return tuple(json.loads(path.read_text()) for path in paths)


@cache
def seeds(name: str) -> Sequence[bytes]:
    hints = kinds(name)
    found = [
        {"like": i, "given": {key: _told(call[key], hint) for key, hint in hints.items()}}
        for i, call in enumerate(calls()[name])
    ]
    first = found[0] if found else None
    for key, hint in hints.items() if first else ():
        for body in recorded():
            if _is_document(hint):
                found.append({"like": 0, "given": {**first["given"], key: body}})
            elif HttpReply in (hint, *typing.get_args(hint)):
                reply = {"is": "HttpReply", "status": 200, "body": json.dumps(body)}
                found.append({"like": 0, "given": {**first["given"], key: reply}})
    return tuple(json.dumps(one).encode() for one in found)


def use(name: str, data: bytes) -> object:
    """Parse, and look at what came of it as a report and a bundle do."""
    try:
        told = json.loads(data)
        like, given = int(told["like"]), told["given"]
        heard = {key: _heard(given[key], hint) for key, hint in kinds(name).items()}
    except (ValueError, TypeError, KeyError, CodecError, RecursionError, OverflowError):
        return None
    for row in _PAIRED.get(name, ()):  # two lists of our own making, as long as each other
        heard[row] = heard[row][: min(len(heard[one]) for one in _PAIRED[name])]
    if any(not heard[row] for row in _PAIRED.get(name, ())):
        return None  # who has nothing to ask about does not ask
    rows = calls()[name]
    fact = parses()[name](**{**rows[like % len(rows)], **heard})
    if isinstance(fact, Fact):
        stored = json.loads(json.dumps(codec.encoded(fact, type(fact))))
        properties.same(codec.decoded(stored, type(fact)), fact, "a stored fact")
        return fact, fact.summary, fact.limit, str(fact.health)
    return fact


TARGETS = tuple(
    Target(
        name=f"parse-{name.replace('_', '-')}", seeds=partial(seeds, name), use=partial(use, name)
    )
    for name in parses()
)
