"""The sentences about a fleet that its reports share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from diagnose.fleet.fleet import SILENT, Fleet, Place, Section, places, subnets
from diagnose.grouping import words
from diagnose.grouping.digest import Unread

UNKNOWN = "not known"
_NAMED = 5  # nodes that a note names
_VERSIONS = 3
_LOST = 5
_REASONS = 8
_SEEN = 8  # lines of logs and archives, of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table of verdicts; ``share`` is of all nodes."""

    mark: str
    verdict: str
    count: int
    share: str
    where: str


def registry(section: Section) -> str:
    return section.registry or "registry not known"


def title(fleet: Fleet) -> str:
    """Give what was asked of whom: ``20 nodes, contoso.azurecr.io``."""
    known = [section.registry for section in fleet.sections if section.registry]
    whose = known[0] if len(known) == 1 else f"{len(known)} registries" if known else ""
    return ", ".join(filter(None, (words.counted(fleet.whole), whose)))


def notes(fleet: Fleet) -> list[str]:
    """Give what is to be known of all that follows."""
    told = (_twice(fleet), _versions(fleet), _commands(fleet), _others(fleet), *_lost(fleet))
    return [note for note in (*told, _too_many(fleet), *fleet.limits) if note]


def section_notes(section: Section) -> list[str]:
    return words.notes(section.summary)


def _twice(fleet: Fleet) -> str:
    if not fleet.twice:
        return ""
    one = len(fleet.twice) == 1
    more = len(fleet.twice) - _NAMED
    named = ", ".join(fleet.twice[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    number = "One node" if one else f"{len(fleet.twice)} nodes"
    return f"{number} sent more than one verdict, and the last one counts: {named}."


def _versions(fleet: Fleet) -> str:
    rows = fleet.versions.most_common()
    told = [f"{version or UNKNOWN} ({times})" for version, times in rows[:_VERSIONS]]
    if len(rows) < 2:
        return ""
    more = f" and {len(rows) - _VERSIONS} more" if len(rows) > _VERSIONS else ""
    return f"The verdicts were made by several versions: {', '.join(told)}{more}."


def _commands(fleet: Fleet) -> str:
    if not any(group.fixes.total for group in fleet.whole.groups.values()):
        return ""
    return "The commands are those that the nodes sent: read them before you paste them."


def _others(fleet: Fleet) -> str:
    told = [f"{count} {what}{'s' * (count != 1)}" for what, count in fleet.others.items()]
    return f"Left aside, as no verdict is in it: {', '.join(told)}." if told else ""


def _lost(fleet: Fleet) -> Iterator[str]:
    for one in fleet.lost[:_LOST]:
        yield f"Could not be read: {one.name}: {one.because}."
    if (more := fleet.lost_count - len(fleet.lost[:_LOST])) > 0:
        yield f"Could not be read: {more} more."


def _too_many(fleet: Fleet) -> str:
    if not fleet.too_many:
        return ""
    return f"There are too many nodes to keep: {fleet.too_many} verdicts are left out."


def rows(fleet: Fleet, section: Section) -> list[Row]:
    """Give the table of verdicts, the causes first and the silent ones last."""
    labels = subnets(section)
    where: dict[str, Counter[str]] = {}
    for node in section.nodes:
        where.setdefault(node.group, Counter())[_place(node.pool, node.subnet, labels)] += 1
    summary = section.summary
    counts = [(group.id, group.count) for group in summary.ordered()]
    counts += [(SILENT, summary.unread)] if summary.unread else []
    return [
        Row(
            mark=fleet.marks[key],
            verdict=spelt(key),
            count=count,
            share=percent(count, summary.total),
            where=_most(where[key]),
        )
        for key, count in counts
    ]


def spelt(group: str) -> str:
    return "sent nothing" if group == SILENT else group


def percent(part: int, whole: int) -> str:
    """Give a share, of which neither 0 nor 100 is said where it is not so."""
    if 0 < part < whole:
        return f"{min(99.9, max(0.1, 100 * part / whole)):.1f} %"
    return "100 %" if part else "0 %"


def _most(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{name} ({times})" for name, times in ordered[:2]]
    more = len(ordered) - 2
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _place(pool: str, subnet: str, labels: dict[str, str]) -> str:
    return " in ".join(filter(None, (pool, labels.get(subnet, "")))) or UNKNOWN


def table_of_places(section: Section) -> list[tuple[Place, str]]:
    """Give pools and subnets with the subnet's short name; none where there is but one place."""
    labels = subnets(section)
    found = places(section)
    return [(place, labels.get(place.subnet, "")) for place in found] if len(found) > 1 else []


def shares(fleet: Fleet, place: Place) -> str:
    """Give ``A 12, ok 3``: how many nodes of a place each verdict has."""
    ordered = sorted(place.groups.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{fleet.marks[group]} {times}" for group, times in ordered)


def reasons(section: Section) -> list[str]:
    """Say why nodes sent nothing, the most frequent reason first, each with some of them."""
    found: dict[str, list[str]] = {}
    for node in section.nodes:
        if isinstance(node.row, Unread):
            found.setdefault(node.row.because, []).append(node.row.name)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    told = [
        f"{len(names)}: {because}: {', '.join(names[:_NAMED])}"
        + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        for because, names in ordered[:_REASONS]
    ]
    more = sum(len(names) for _, names in ordered[_REASONS:])
    return told + ([f"{more} for other reasons, see -o json"] if more else [])


def seen(section: Section, group: str) -> list[str]:
    """Give what was found in logs of the group's nodes, the most frequent first."""
    counts = Counter(text for node in section.nodes if node.group == group for text in node.seen)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{text} ({times})" for text, times in ordered[:_SEEN]]
