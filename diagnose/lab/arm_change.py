"""One request that changes something in ARM, with its body read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diagnose.lab.cloud import Identity

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """``path`` is the resource's id as the caller wrote it; ``who`` may do this already."""

    method: str
    path: str
    version: str
    body: Json
    who: Identity

    @property
    def properties(self) -> Json:
        return part(self.body, "properties")

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[1]

    @property
    def parent(self) -> str:
        """The id of the resource that this one is a child of."""
        return self.path.rsplit("/", 2)[0]

    @property
    def on(self) -> str:
        """The id of the resource that an action, the path's last word, is asked of."""
        return self.path.rsplit("/", 1)[0]


def part(of: Json, key: str) -> Json:
    """An object inside an object; empty where it is absent or something else."""
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def rows(of: Json, key: str) -> Iterator[Json]:
    """The objects of a list inside an object."""
    found = of.get(key)
    return (row for row in (found if isinstance(found, list) else []) if isinstance(row, dict))
