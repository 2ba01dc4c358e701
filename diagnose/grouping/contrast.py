"""Where the bundles of one verdict are, and what they have that the healthy ones have not; pure.

A value tells them apart where at least nine of ten machines of one side are known to have it, and
at most one of ten of the other side may have it: one that is not known may be any.
"""

from dataclasses import dataclass

from diagnose.grouping.features import FEATURES, RANGE, SUBNET
from diagnose.grouping.summary import VERSION, Group, Machines, Summary
from diagnose.grouping.tally import Count

_MOST, _FEW = 0.9, 0.1
SHOWN = 5  # subnets that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The most frequent value of a feature; ``value`` is empty where none is known."""

    value: str
    times: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """``shared`` is how many healthy ones have (at most) the group's value as well."""

    feature: str
    here: Share
    healthy: Share
    shared: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The subnets of a group's machines, among those whose names can be compared.

    ``subnets`` are ids, or address ranges where no id is known at all.
    """

    subnets: tuple[Count[str], ...]  # the most frequent first, at most `SHOWN`
    different: int  # subnets
    exact: bool  # False: they are too many to be counted exactly
    unknown: int  # machines
    machines: int


def place(summary: Summary, group: Group) -> Place:
    """Give the subnets of ``group``."""
    return _place(_names(summary, group)[0])


def healthy_place(summary: Summary, group: Group) -> Place | None:
    """Give the healthy ones' subnets, if each machine of both sides is in a subnet of its side."""
    here, there = _names(summary, group)
    mine, theirs = _place(here), _place(there)
    if not theirs.machines or mine.unknown or theirs.unknown or not (mine.exact and theirs.exact):
        return None
    if mine.different > SHOWN or theirs.different > SHOWN:
        return None
    apart = not {row.value for row in mine.subnets} & {row.value for row in theirs.subnets}
    kinds = {bool(machines.of(SUBNET.name).total) for machines in (here, there)}
    return theirs if apart and len(kinds) == 1 else None  # an id and a range may be one


def _place(machines: Machines) -> Place:
    tally = machines.of(SUBNET.name)
    if not tally.total:
        tally = machines.of(RANGE.name)
    rows = tally.counts()
    return Place(
        subnets=tuple(sorted(rows[:SHOWN], key=lambda row: (-row.times, row.value))),
        different=len(rows),
        exact=tally.exact,
        unknown=machines.count - tally.total,
        machines=machines.count,
    )


def differences(summary: Summary, group: Group) -> list[Difference]:
    """Give what tells ``group`` from the healthy ones: what no healthy one has comes first."""
    healthy = summary.healthy
    if healthy is None or healthy is group:
        return []
    plain = (group.machines, healthy.machines)
    named = _names(summary, group)
    known = {feature.name: named if feature.named else plain for feature in FEATURES}
    told = (name for name in group.machines.values if name not in known and name != VERSION)
    sides = {**known, **dict.fromkeys((*told, VERSION), plain)}
    found = (_difference(name, *pair) for name, pair in sides.items())
    return sorted((one for one in found if one), key=lambda one: one.shared > 0)


def _names(summary: Summary, group: Group) -> tuple[Machines, Machines]:
    """Give the group's and the healthy machines of the set of names that has most of both."""
    healthy = str(summary.healthy.id) if summary.healthy else ""
    pairs = [(names.of(group.id), names.of(healthy)) for names in summary.names.values()]
    if not pairs:
        return Machines(), Machines()
    return max(pairs, key=lambda pair: (min(one.count for one in pair), pair[0].count))


def _difference(feature: str, here: Machines, healthy: Machines) -> Difference | None:
    mine, theirs = _share(feature, here), _share(feature, healthy)
    told = _marks(mine, feature, healthy) or _marks(theirs, feature, here)
    shared = healthy.of(feature).at_most(mine.value) if mine.value else 0
    return Difference(feature=feature, here=mine, healthy=theirs, shared=shared) if told else None


def _share(feature: str, machines: Machines) -> Share:
    rows = machines.of(feature).counts()
    if not rows:
        return Share(value="", times=0, of=machines.count)
    first = min(rows, key=lambda row: (-row.times, row.value))
    return Share(value=first.value, times=first.times, of=machines.count)


def _marks(share: Share, feature: str, others: Machines) -> bool:
    """Tell whether nearly all of one side have the value, and hardly one of the other."""
    if not share.value or not others.count or share.times < _MOST * share.of:
        return False
    tally = others.of(feature)
    unknown = others.count - tally.total
    return tally.at_most(share.value) + unknown <= _FEW * others.count
