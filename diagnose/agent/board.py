"""Holds the last run of each registry, and how many there were; read by others while it changes.

The loop alone writes. It puts a new table in the old one's place, so a reader that took the table
has one that fits together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from diagnose.agent.seen import Seen, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    seen: Seen | None = None  # nothing before the first run
    runs: Mapping[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))


class Board:
    def __init__(self, registries: Iterable[str]) -> None:
        self._rows: Mapping[str, Row] = {registry: Row() for registry in registries}

    @property
    def rows(self) -> Mapping[str, Row]:
        return self._rows

    @property
    def complete(self) -> bool:
        """Say whether every registry was asked once."""
        return all(row.seen for row in self._rows.values())

    def put(self, registry: str, seen: Seen) -> None:
        old = self._rows[registry]
        runs = {**old.runs, seen.status: old.runs[seen.status] + 1}
        self._rows = {**self._rows, registry: replace(old, seen=seen, runs=runs)}
