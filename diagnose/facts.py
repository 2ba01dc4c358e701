"""The facts of one run: an immutable set with at most one fact of each type."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from checks.contract import Fact, Needs, View
from checks.ports import World

F = TypeVar("F", bound=Fact)
R = TypeVar("R")


class Facts:
    """Facts keyed by their type."""

    __slots__ = ("_by_type",)

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._by_type: dict[type[Fact], Fact] = {type(fact): fact for fact in facts}

    def plus(self, fact: Fact) -> "Facts":
        more = Facts()
        more._by_type = self._by_type | {type(fact): fact}
        return more

    def get(self, kind: type[F]) -> F | None:
        fact = self._by_type.get(kind)
        return fact if isinstance(fact, kind) else None

    def has(self, kind: type[Fact]) -> bool:
        return kind in self._by_type

    def missing(self, needs: Needs) -> tuple[type[Fact], ...]:
        """Give the required facts that are not there."""
        return tuple(kind for kind in needs.required if kind not in self._by_type)

    def call(self, function: Callable[..., R], world: World | None = None) -> R:
        """Call ``function`` with the facts, views and the world that its annotations name."""
        arguments: dict[str, object] = {}
        for name, kind in Needs.of(function).parameters:
            if kind is None:
                arguments[name] = world
            elif issubclass(kind, View):
                arguments[name] = self.call(kind)
            else:
                arguments[name] = self._by_type.get(kind)
        return function(**arguments)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._by_type.values())


NOTHING = Facts()
