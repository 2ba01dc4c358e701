"""What a check is: a row that names a pure question, and how its needs are read.

A check is one module with a fact class or two, a ``gather`` that asks the world, a pure ``parse``
and one ``CHECK`` row. What it needs stands in ``gather``'s annotations and nowhere else:

* ``World``: it may do I/O;
* ``T``: it needs the fact ``T`` and is skipped without it;
* ``T | None``: it wants ``T`` and runs without it once it is clear that there is none;
* the return annotation: the facts it may give, one of a union.
"""

import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

from checks.asks import Ask
from checks.ports import World
from checks.words import Word


class Health(Word):
    """How a fact stands on the report's line."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"  # could not be looked at; never means "absent"


class Fact:
    """What one check learned: a frozen dataclass with one line to say so.

    ``health`` and ``summary`` are properties or class attributes; ``limit`` is the sentence for
    the report's list of what could not be seen, empty when nothing was hidden.
    """

    __slots__ = ()

    @property
    def health(self) -> Health:
        return Health.OK

    @property
    def summary(self) -> str:
        raise NotImplementedError

    @property
    def limit(self) -> str:
        return ""


class Failed(Fact):
    """A fact that something is wrong."""

    __slots__ = ()

    @property
    def health(self) -> Health:
        return Health.FAIL


class Unseen(Fact):
    """A fact that something could not be looked at; never that it is absent."""

    __slots__ = ()

    @property
    def health(self) -> Health:
        return Health.UNKNOWN


class View:
    """Facts that several causes always read together: a dataclass whose fields are needs.

    A parameter of this type stands for its fields, each required or wanted by its own annotation.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """The facts a function requires, those it merely wants, and those it may give."""

    required: tuple[type[Fact], ...]
    wanted: tuple[type[Fact], ...]
    gives: tuple[type[Fact], ...]
    parameters: tuple[tuple[str, type[Fact] | type[View] | None], ...]  # None: the world

    @staticmethod
    @cache
    def of(function: Callable[..., object]) -> "Needs":
        """Read the annotations of ``function``; raise `TypeError` on one that is not understood."""
        hints = typing.get_type_hints(function)
        gives = tuple(t for t in _members(hints.pop("return", None)) if issubclass(t, Fact))
        required: list[type[Fact]] = []
        wanted: list[type[Fact]] = []
        parameters: list[tuple[str, type[Fact | View] | None]] = []
        for name, hint in hints.items():
            members = _members(hint)
            kinds = [t for t in members if t is not types.NoneType]
            kind = kinds[0] if len(kinds) == 1 else type(None)
            if kind is World:
                parameters.append((name, None))
            elif issubclass(kind, View):
                inner = Needs.of(cast(Callable[..., object], kind))
                parameters.append((name, kind))
                required += inner.required
                wanted += inner.wanted
            elif issubclass(kind, Fact):
                parameters.append((name, kind))
                (wanted if types.NoneType in members else required).append(kind)
            else:
                raise TypeError(f"{function.__module__}: parameter {name!r} names no one fact")
        return Needs(tuple(required), tuple(wanted), gives, tuple(parameters))


def _members(hint: object) -> tuple[type, ...]:
    """Give a union's members, or the one type as a tuple of one."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,) if isinstance(hint, type) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the catalogue of checks.

    ``title`` is true when the check is ok ("the login server answers on 443").
    """

    id: str
    title: str
    gather: Callable[..., Fact]
    asks: tuple[Ask, ...] = ()  # all that `gather` may send, or read on this machine

    @property
    def needs(self) -> Needs:
        return Needs.of(self.gather)
