"""Typed values to JSON and back; what comes back has the type that was asked for, or is refused.

Octets are text in which a byte that is no UTF-8 is an escape (PEP 383). A union's records carry
their name under ``is``. A key that is not known is dropped: a later version may have added it.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from checks.replies import Json
from diagnose.bundle import shapes
from diagnose.bundle.shapes import Choice, Many, Member, Octets, Plain, Record, Row, Table, Text

_NAME = "is"


class CodecError(Exception):
    """A value of another type than its place has; the text names the place and what was there."""

    def __init__(self, expected: str, got: object) -> None:
        self.place: list[str] = []
        self._what = f"expected {expected}, got {type(got).__name__}"
        super().__init__()

    def __str__(self) -> str:
        return f"{'.'.join(reversed(self.place)) or 'value'}: {self._what}"


def encoded(value: Any, hint: Any) -> Json:
    """Give ``value`` as JSON; it is trusted to be what ``hint`` says."""
    told: Json = _encoder(shapes.of(hint))(value)
    return told


def decoded(value: Any, hint: Any) -> Any:
    """Give JSON as a value of ``hint``, or raise `CodecError`."""
    return _decoder(shapes.of(hint))(value)


@cache
def _encoder(shape: shapes.Shape) -> Callable[[Any], Any]:
    if isinstance(shape, Octets):
        return lambda value: value.decode("utf-8", "surrogateescape")
    if isinstance(shape, Member):
        return lambda value: value.value
    if isinstance(shape, Many):
        item = _encoder(shape.item)
        return lambda value: [item(one) for one in value]
    if isinstance(shape, Row):
        items = tuple(map(_encoder, shape.items))
        return lambda value: [item(one) for item, one in zip(items, value, strict=True)]
    if isinstance(shape, Table):
        inner = _encoder(shape.value)
        return lambda value: {key: inner(value[key]) for key in sorted(value)}
    if isinstance(shape, Record):
        fields = tuple((name, _encoder(inner)) for name, inner in shape.fields.items())
        return lambda value: {name: inner(getattr(value, name)) for name, inner in fields}
    if isinstance(shape, Choice):
        return _choice_encoder(shape)
    return lambda value: value


def _choice_encoder(shape: Choice) -> Callable[[Any], Any]:
    records = {name: _encoder(record) for name, record in shape.records.items()}
    others = tuple((shapes.accepted(other), _encoder(other)) for other in shape.others)

    def encode(value: Any) -> Any:
        name = type(value).__name__
        if name in records:
            return {_NAME: name, **records[name](value)}
        return next(inner(value) for kinds, inner in others if isinstance(value, kinds))

    return encode


@cache
def _decoder(shape: shapes.Shape) -> Callable[[Any], Any]:
    if isinstance(shape, Plain):
        return _plain_decoder(shape.kind)
    if isinstance(shape, Text):
        return _text
    if isinstance(shape, Octets):
        return _octets
    if isinstance(shape, Member):
        return _member_decoder(shape)
    if isinstance(shape, Many):
        return _many_decoder(shape)
    if isinstance(shape, Row):
        return _row_decoder(shape)
    if isinstance(shape, Table):
        return _table_decoder(shape)
    if isinstance(shape, Record):
        return _record_decoder(shape)
    return _choice_decoder(shape)


def _plain_decoder(kind: type) -> Callable[[Any], Any]:
    words = {bool: "true or false", int: "a whole number", float: "a number"}

    def decode(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise CodecError(words.get(kind, "null"), value)

    return decode


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise CodecError("a text", value)


def _octets(value: Any) -> bytes:
    try:
        return _text(value).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise CodecError("text of octets", value) from None


def _member_decoder(shape: Member) -> Callable[[Any], Any]:
    members = {member.value: member for member in shape.kind}

    def decode(value: Any) -> Any:
        if isinstance(value, (str, int)) and value in members:
            return members[value]
        raise CodecError(f"a word of {shape.kind.__name__}", value)

    return decode


def _many_decoder(shape: Many) -> Callable[[Any], Any]:
    item = _decoder(shape.item)
    return lambda value: tuple(_within(str(i), item, one) for i, one in enumerate(_list(value)))


def _row_decoder(shape: Row) -> Callable[[Any], Any]:
    items = tuple(map(_decoder, shape.items))

    def decode(value: Any) -> Any:
        if len(_list(value)) != len(items):
            raise CodecError(f"{len(items)} values", value)
        return tuple(
            _within(str(i), item, one)
            for i, (item, one) in enumerate(zip(items, value, strict=True))
        )

    return decode


def _table_decoder(shape: Table) -> Callable[[Any], Any]:
    inner = _decoder(shape.value)
    return lambda value: {key: _within(key, inner, one) for key, one in _object(value).items()}


def _record_decoder(shape: Record) -> Callable[[Any], Any]:
    rows = tuple((name, _decoder(inner)) for name, inner in shape.fields.items())

    def decode(value: Any) -> Any:
        given = _object(value)
        found: dict[str, Any] = {}
        name = ""
        try:  # one for all fields: a call for each would take a third of the time
            for name, inner in rows:
                if name in given:
                    found[name] = inner(given[name])
        except CodecError as error:
            raise _placed(error, name) from None
        for name in shape.needed:
            if name not in found:
                raise _placed(CodecError("a value", None), name)
        return shape.kind(**found)

    return decode


def _choice_decoder(shape: Choice) -> Callable[[Any], Any]:
    records = {name: _decoder(record) for name, record in shape.records.items()}
    others = tuple((shapes.written(other), _decoder(other)) for other in shape.others)
    lone = next(iter(records), "") if len(records) == 1 else ""

    def decode(value: Any) -> Any:
        if isinstance(value, dict) and records:
            name = value.get(_NAME, lone)
            if isinstance(name, str) and name in records:
                return records[name](value)
        for kinds, inner in others:
            if isinstance(value, kinds):
                return inner(value)
        raise CodecError(f"one of {len(records) + len(others)} kinds of value", value)

    return decode


def _within(place: str, inner: Callable[[Any], Any], value: Any) -> Any:
    try:
        return inner(value)
    except CodecError as error:
        raise _placed(error, place) from None


def _placed(error: CodecError, place: str) -> CodecError:
    error.place.append(place)
    return error


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise CodecError("a list", value)


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise CodecError("an object", value)
