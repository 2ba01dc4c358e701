"""Reads type annotations, once, into the few shapes that a recorded value can have.

`codec` turns a value of a shape into JSON and back; `changing` goes through its texts. Both stand
on this one reading, so that what one of them knows the other knows as well. An annotation that is
none of these shapes raises `TypeError`: such a field could be neither stored nor redacted.
"""

import dataclasses
import types
import typing
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union

from checks.privacy import Sensitivity


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """A number, a truth value or nothing."""

    kind: type


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """``sensitivity`` is None in a fact, which is made from what was redacted before."""

    sensitivity: Sensitivity | None


@dataclass(frozen=True, slots=True, eq=False)
class Octets:
    sensitivity: Sensitivity | None


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One of an enumeration's."""

    kind: type[Enum]


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    item: "Shape"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A tuple of a fixed length."""

    items: tuple["Shape", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A mapping; ``sensitivity`` is set where its keys decide how each value is treated."""

    key: "Shape"
    value: "Shape"
    sensitivity: Sensitivity | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A dataclass. ``needed`` are the fields without a default."""

    kind: type[Any]
    fields: dict[str, "Shape"]
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A union: at most one of each, and records told apart by their name."""

    records: dict[str, Record]
    others: tuple["Shape", ...]


Shape = Plain | Text | Octets | Member | Many | Row | Table | Record | Choice


@cache
def of(hint: Any) -> Shape:
    """Give the shape of an annotation; raise `TypeError` on one that has none."""
    sensitivity = None
    if typing.get_origin(hint) is Annotated:
        hint, sensitivity = typing.get_args(hint)
    hint = getattr(hint, "__supertype__", hint)  # a NewType is what it is made of
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _choice(inner)
    if origin is tuple:
        many = len(inner) == 2 and inner[1] is Ellipsis
        return Many(of(inner[0])) if many else Row(tuple(map(of, inner)))
    if origin is dict:
        return Table(of(inner[0]), of(inner[1]), sensitivity)
    if not isinstance(hint, type):
        raise TypeError(f"{hint!r} is no type of a recorded value")
    return _simple(hint, sensitivity) or record(hint)


def _simple(hint: type[Any], sensitivity: Sensitivity | None) -> Shape | None:
    """Give the shape of what has no parts; None for anything else."""
    if issubclass(hint, Enum):
        return Member(hint)
    if hint is str:
        return Text(sensitivity)
    if hint is bytes:
        return Octets(sensitivity)
    if hint in (bool, int, float, types.NoneType):
        return Plain(hint)
    return None


@cache
def record(kind: type[Any]) -> Record:
    """Give a dataclass's shape."""
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is no type of a recorded value")
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = dataclasses.fields(kind)
    return Record(
        kind=kind,
        fields={field.name: of(hints[field.name]) for field in fields},
        needed=tuple(
            field.name
            for field in fields
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ),
    )


def _choice(hints: tuple[Any, ...]) -> Choice:
    shapes = [of(hint) for hint in hints]
    records = {shape.kind.__name__: shape for shape in shapes if isinstance(shape, Record)}
    return Choice(records, tuple(shape for shape in shapes if not isinstance(shape, Record)))


def accepted(shape: Shape) -> type:
    """Give the Python type of a shape that is no record and no union."""
    if isinstance(shape, (Plain, Member)):
        return shape.kind
    return {Text: str, Octets: bytes, Many: tuple, Row: tuple, Table: dict}[type(shape)]


def written(shape: Shape) -> type:
    """Give the type that such a value has in JSON."""
    if isinstance(shape, Plain):
        return shape.kind
    return {Many: list, Row: list, Table: dict}.get(type(shape), str)
