"""Counts values in bounded memory: exactly while there are few, within known bounds beyond that.

Where no room is left, the rarest value makes place, and the new one takes over its count as what
it may at most have had before ("Space-Saving", Metwally, Agrawal and El Abbadi, ICDT 2005,
https://doi.org/10.1007/978-3-540-30570-5_27). So a frequent value is never lost, whenever it comes,
and what is said of a value is what holds in any case. The order of the values matters beyond that
room: whoever wants the same answer twice counts them in one order.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

ROOM = 50  # different values


@dataclass(frozen=True, slots=True)
class Count(Generic[K]):
    """``times`` holds in any case; ``note`` came with the value when it was first counted."""

    value: K
    times: int
    note: str


@dataclass(slots=True)
class _Entry:
    times: int
    before: int  # how often it may have come while it was not in the table
    note: str


class Tally(Generic[K]):
    """How often each value came."""

    __slots__ = ("_entries", "_room", "total")

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._entries: dict[K, _Entry] = {}
        self.total = 0

    def add(self, value: K, note: str = "") -> None:
        self.total += 1
        entry = self._entries.get(value)
        if entry is not None:
            entry.times += 1
            return
        before = 0
        if len(self._entries) == self._room:
            # Of equals the one that came last goes: the first names are those that are shown.
            rarest = min(reversed(self._entries), key=self._most)
            before = self._most(rarest)
            del self._entries[rarest]
        self._entries[value] = _Entry(1, before, note)

    def _most(self, value: K) -> int:
        entry = self._entries[value]
        return entry.times + entry.before

    def at_most(self, value: K) -> int:
        if value in self._entries:
            return self._most(value)
        return min(map(self._most, self._entries)) if len(self._entries) == self._room else 0

    @property
    def exact(self) -> bool:
        """Every value that came is in the table, with how often it did."""
        return sum(entry.times for entry in self._entries.values()) == self.total

    def counts(self) -> list[Count[K]]:
        """Give what is in the table, the most frequent first."""
        rows = [Count(value, entry.times, entry.note) for value, entry in self._entries.items()]
        return sorted(rows, key=lambda row: -row.times)
