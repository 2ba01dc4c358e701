"""What the sources say, one thing at a time; whoever asks a live cluster gives the same."""

from dataclasses import dataclass, replace

from diagnose.grouping.digest import Row, Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A node's verdict, or why it sent none.

    ``at`` is when, as Kubernetes writes a time, or empty; ``seen`` is what was found in its logs.
    """

    row: Row
    at: str = ""
    seen: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()  # features that are no facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A node that a cluster lists; ``because`` is why it can have sent nothing, where one knows."""

    name: str
    features: tuple[tuple[str, str], ...]
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A source, or a piece of one, that nobody can read and that names no node."""

    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What stood between: ``what`` in the singular."""

    what: str
    count: int = 1


Item = Told | Machine | Lost | Other


def silent(name: str, because: str) -> Told:
    return Told(row=Unread(name=name, because=because))


def renamed(told: Told, name: str) -> Told:
    return replace(told, row=replace(told.row, name=name))
