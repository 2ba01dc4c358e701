"""The sum of many digests, taken one after the other: nothing of a single bundle is kept.

What grows is bounded by the catalogue of causes and by the room of a `Tally`, not by the number of
bundles. Names of bundles that were redacted apart cannot be compared, so all that is somebody's
name is counted for each set of names by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diagnose.causes.contract import FixStep
from diagnose.grouping.digest import Digest, Row, Unread
from diagnose.grouping.features import FEATURES, SUBNET
from diagnose.grouping.tally import Tally
from diagnose.judging.verdict import Status

EXAMPLES = 5  # bundles that a group names
UNREAD = 50  # unreadable ones that are told with their reason
_SETS = 8  # sets of names that are counted apart
_FIXES = 20  # different fixes of one cause
_SUBNET = FEATURES.index(SUBNET)
_ORDER = (Status.CAUSE, Status.INCONCLUSIVE, Status.HEALTHY)

VERSION = "bundle made by"  # a feature that is no fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """What is summed up, and what is said of those that came without a verdict."""

    one: str
    lost: str  # after their number
    lost_title: str

    @property
    def title(self) -> str:
        return self.one.capitalize()


BUNDLES = Noun(one="bundle", lost="unreadable", lost_title="Could not be read")


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends a cause; ``subnet`` is the machine's, where a command names it."""

    steps: tuple[FixStep, ...]
    subnet: str = ""


@dataclass(slots=True)
class Machines:
    """How many machines, and which values their features have, by the feature's name."""

    count: int = 0
    values: dict[str, Tally[str]] = field(default_factory=dict)

    def add(self, features: dict[str, str]) -> None:
        self.count += 1
        for name, value in features.items():
            if value:
                self.values.setdefault(name, Tally()).add(value)

    def of(self, feature: str) -> Tally[str]:
        return self.values.get(feature) or Tally()


@dataclass(slots=True)
class Group:
    """The bundles of one verdict. ``machines`` has the features that are nobody's names."""

    status: Status
    cause: str
    title: str
    owner: str
    machines: Machines = field(default_factory=Machines)
    examples: list[str] = field(default_factory=list)
    confidence: Tally[str] = field(default_factory=Tally)
    reached: Tally[str] = field(default_factory=Tally)
    also: Tally[str] = field(default_factory=Tally)
    rivals: Tally[str] = field(default_factory=Tally)
    looks: Tally[str] = field(default_factory=lambda: Tally(_FIXES))
    fixes: Tally[Fix] = field(default_factory=lambda: Tally(_FIXES))

    @property
    def count(self) -> int:
        return self.machines.count

    @property
    def id(self) -> str:
        """The cause's id, or the word for the verdict without one."""
        return self.cause or str(self.status)

    def add(self, row: Digest, features: dict[str, str]) -> None:
        self.machines.add(features)
        if len(self.examples) < EXAMPLES:
            self.examples.append(row.name)
        if row.reached:
            self.reached.add(row.reached)
        if row.confidence:
            self.confidence.add(row.confidence)
        if row.fix:
            self.fixes.add(Fix(row.fix, _named_subnet(row)), row.name)
        for tally, values in (
            (self.also, row.also),
            (self.rivals, row.rivals),
            (self.looks, row.looks),
        ):
            for value in values:
                tally.add(value, row.name)


def _named_subnet(row: Digest) -> str:
    subnet = row.features[_SUBNET]
    return subnet if subnet and any(subnet in step.command.lower() for step in row.fix) else ""


@dataclass(slots=True)
class Names:
    """The machines of the bundles that use one set of names, by the id of their group."""

    count: int = 0
    groups: dict[str, Machines] = field(default_factory=dict)

    def of(self, group: str) -> Machines:
        return self.groups.get(group) or Machines()


@dataclass(slots=True)
class Summary:
    """Call `add` with each row; the order decides which bundles stand as examples."""

    noun: Noun = BUNDLES
    total: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)  # by `Digest.names`
    apart: bool = False  # there are several sets of names
    unread: int = 0
    redacted: int = 0
    reasons: list[Unread] = field(default_factory=list)

    def add(self, row: Row, more: Mapping[str, str] | None = None) -> None:
        """Count a row; ``more`` are features that others told of its machine, and no fact."""
        self.total += 1
        if isinstance(row, Unread):
            self.unread += 1
            if len(self.reasons) < UNREAD:
                self.reasons.append(row)
            return
        key = row.cause or str(row.status)
        group = self.groups.get(key)
        if group is None:
            group = Group(status=row.status, cause=row.cause, title=row.title, owner=row.owner)
            self.groups[key] = group
        told = dict(zip((feature.name for feature in FEATURES), row.features, strict=True))
        named = {feature.name: told.pop(feature.name) for feature in FEATURES if feature.named}
        group.add(row, {**told, **(more or {}), VERSION: row.version})
        self.redacted += bool(row.names)
        names = self._names(row.names)
        names.count += 1
        names.groups.setdefault(key, Machines()).add(named)

    def _names(self, key: str) -> Names:
        """Give the set of names; where there is no room for one more, the smallest makes place."""
        found = self.names.get(key)
        if found is None:
            self.apart = bool(self.names)
            if len(self.names) == _SETS:
                del self.names[min(reversed(self.names), key=lambda one: self.names[one].count)]
            found = self.names[key] = Names()
        return found

    @property
    def read(self) -> int:
        return self.total - self.unread

    @property
    def healthy(self) -> Group | None:
        return self.groups.get(str(Status.HEALTHY))

    def ordered(self) -> list[Group]:
        """Give the causes first, the most frequent first, and the healthy ones last."""
        return sorted(
            self.groups.values(),
            key=lambda group: (_ORDER.index(group.status), -group.count, group.id),
        )
