"""Goes through every text of a recorded value and puts another in its place, by its sensitivity.

The same walk is taken three times: when a reply is recorded (credentials and queries leave the
URLs, unknown fields leave the bodies), when it is redacted, and when a replayed check asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle import bodies, shapes
from diagnose.bundle.questions import Method
from diagnose.bundle.recording import Answer
from diagnose.bundle.shapes import Choice, Many, Record, Row, Table, Text

Alias = Callable[[Sensitivity, str], str]
Walk = Callable[[Any, Alias, Answer], Any]


def bare(sensitivity: Sensitivity, text: str) -> str:
    """The alias that changes no name: a URL loses its credentials, its query and its fragment."""
    if sensitivity is not Sensitivity.URL or "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return "[no URL]"


def arguments(method: Method, given: Mapping[str, Any], alias: Alias) -> dict[str, Any]:
    """Give a question's arguments with ``alias`` in every text."""
    return {
        name: _walk(shapes.of(hint))(given[name], alias, _NOBODY)
        for name, hint in method.arguments.items()
    }


def answer(method: Method, given: Answer, alias: Alias) -> Answer:
    """Give a question and its reply with ``alias`` in every text."""
    return replace(
        given,
        arguments=arguments(method, given.arguments, alias),
        reply=_walk(shapes.of(method.reply))(given.reply, alias, given),
    )


_NOBODY = Answer(check="", port="", method="", arguments={}, reply=None)


@cache
def _walk(shape: shapes.Shape) -> Walk:
    if isinstance(shape, Text):
        return _text_walk(shape)
    if isinstance(shape, Many):
        item = _walk(shape.item)
        return lambda value, alias, at: tuple(item(one, alias, at) for one in value)
    if isinstance(shape, Row):
        items = tuple(map(_walk, shape.items))
        return lambda value, alias, at: tuple(
            item(one, alias, at) for item, one in zip(items, value, strict=True)
        )
    if isinstance(shape, Table):
        key, inner = _walk(shape.key), _walk(shape.value)
        return lambda value, alias, at: {
            key(name, alias, at): inner(one, alias, at) for name, one in value.items()
        }
    if isinstance(shape, Record):
        return _reply_walk(shape) if shape.kind is HttpReply else _record_walk(shape)
    if isinstance(shape, Choice):
        return _choice_walk(shape)
    return lambda value, _alias, _at: value


def _text_walk(shape: Text) -> Walk:
    sensitivity = shape.sensitivity
    if sensitivity is None:
        raise TypeError("a text without a sensitivity cannot be recorded")
    return lambda value, alias, _at: alias(sensitivity, value) if value else value


def _record_walk(shape: Record, *apart: str) -> Walk:
    fields = {name: _walk(inner) for name, inner in shape.fields.items() if name not in apart}

    def walk(value: Any, alias: Alias, at: Answer) -> Any:
        told = {name: inner(getattr(value, name), alias, at) for name, inner in fields.items()}
        return replace(value, **told)

    return walk


def _reply_walk(shape: Record) -> Walk:
    rest = _record_walk(shape, "headers", "body")

    def walk(value: HttpReply, alias: Alias, at: Answer) -> Any:
        kept = bodies.kept(at.port, at.method, at.arguments, value, alias)
        return rest(kept, alias, at)

    return walk


def _choice_walk(shape: Choice) -> Walk:
    records = {name: _walk(record) for name, record in shape.records.items()}
    others = tuple((shapes.accepted(other), _walk(other)) for other in shape.others)

    def walk(value: Any, alias: Alias, at: Answer) -> Any:
        name = type(value).__name__
        if name in records:
            return records[name](value, alias, at)
        return next(inner for kinds, inner in others if isinstance(value, kinds))(value, alias, at)

    return walk
