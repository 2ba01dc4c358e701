"""A recording and its facts as JSON, and back; what is neither is refused by member and field."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import checks
from checks.contract import Fact
from checks.target import Asked
from diagnose.bundle import codec, questions
from diagnose.bundle.codec import CodecError
from diagnose.bundle.errors import BundleError
from diagnose.bundle.recording import Answer, Ended, Recording
from diagnose.facts import Facts

RUN, REPLIES, FACTS = "run.json", "replies.jsonl", "facts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What run.json holds."""

    asked: Asked
    steps: tuple[Ended, ...]
    seconds: float


def run_of(recording: Recording) -> Any:
    """Give run.json."""
    run = _Run(asked=recording.asked, steps=recording.steps, seconds=recording.seconds)
    return codec.encoded(run, _Run)


def line_of(answer: Answer) -> str:
    """Give one line of replies.jsonl."""
    method = questions.methods()[answer.port, answer.method]
    told = {
        "check": answer.check,
        "port": answer.port,
        "method": answer.method,
        "arguments": {
            name: codec.encoded(answer.arguments[name], hint)
            for name, hint in method.arguments.items()
        },
        "reply": codec.encoded(answer.reply, method.reply),
    }
    return json.dumps(told, separators=(",", ":"))


def facts_of(facts: Iterable[Fact]) -> dict[str, Any]:
    """Give facts.json: each fact under the name of its type."""
    return {type(fact).__name__: codec.encoded(fact, type(fact)) for fact in facts}


def recording(run: object, replies: Iterable[object]) -> Recording:
    """Give the recording of run.json and of the lines of replies.jsonl."""
    head = _decoded(RUN, run, _Run)
    found = (_answer(f"{REPLIES} line {n}", one) for n, one in enumerate(replies, 1))
    answers = tuple(one for one in found if one is not None)
    return Recording(asked=head.asked, answers=answers, steps=head.steps, seconds=head.seconds)


def facts(document: object) -> Facts:
    """Give the facts of facts.json; a type that no check gives any more is left out."""
    if not isinstance(document, dict):
        raise BundleError(f"{FACTS}: expected an object")
    known = _fact_types()
    return Facts(
        _decoded(f"{FACTS}: {name}", value, known[name])
        for name, value in document.items()
        if name in known
    )


@cache
def _fact_types() -> Mapping[str, type[Fact]]:
    known: list[type[Fact]] = [Asked]
    for check in checks.ALL:
        known += check.needs.gives
    return {kind.__name__: kind for kind in known}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What every line of replies.jsonl holds, whatever was asked."""

    check: str
    port: str
    method: str


def _answer(place: str, line: object) -> Answer | None:
    """Give one answer; None where no check can put that question any more."""
    head = _decoded(place, line, _Head)
    method = questions.methods().get((head.port, head.method))
    if method is None or not isinstance(line, dict):
        return None
    given = line.get("arguments")
    if not isinstance(given, dict):
        raise BundleError(f"{place}: arguments: expected an object")
    arguments = {
        name: _decoded(f"{place}: arguments.{name}", given[name], hint)
        for name, hint in method.arguments.items()
        if name in given
    }
    try:
        arguments = method.bound((), arguments)
    except TypeError:  # a parameter that this question did not have then
        return None
    reply = _decoded(f"{place}: reply", line.get("reply"), method.reply)
    return Answer(
        check=head.check, port=head.port, method=head.method, arguments=arguments, reply=reply
    )


def _decoded(place: str, value: object, hint: Any) -> Any:
    try:
        return codec.decoded(value, hint)
    except CodecError as error:
        raise BundleError(f"{place}: {error}") from None
