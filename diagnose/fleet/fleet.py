"""The fleet: what every report shows. One summary for all, and one for each registry."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from diagnose.fleet.items import Lost
from diagnose.grouping import words
from diagnose.grouping.digest import Digest, Row
from diagnose.grouping.features import FEATURES, RANGE, SUBNET
from diagnose.grouping.summary import Noun, Summary
from diagnose.judging.verdict import Status

NODES = Noun(one="node", lost="sent nothing", lost_title="Sent nothing")
SILENT = "sent-nothing"  # in the place of a group's id
_MARKS = {str(Status.HEALTHY): "\N{CHECK MARK}", str(Status.INCONCLUSIVE): "?", SILENT: "-"}
_REGISTRIES = 20  # that have a section of their own
REST = "other registries"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUBNET, _RANGE = FEATURES.index(SUBNET), FEATURES.index(RANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``more`` is what its cluster says of it; ``seen`` is from its logs."""

    row: Row
    registry: str = ""
    pool: str = ""
    more: dict[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        row = self.row
        return (row.cause or str(row.status)) if isinstance(row, Digest) else SILENT

    @property
    def subnet(self) -> str:
        """The subnet's id, or the address range where no id is known."""
        if not isinstance(self.row, Digest):
            return ""
        return self.row.features[_SUBNET] or self.row.features[_RANGE]


@dataclass(slots=True, kw_only=True)
class Section:
    """The nodes whose verdicts are about one registry."""

    registry: str  # empty where it is not known
    summary: Summary = field(default_factory=lambda: Summary(noun=NODES))
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Fleet:
    """``lost`` are sources, and pieces of them, that name no node; ``limits`` is what kept the
    whole from being seen, a sentence each.
    """

    twice: tuple[str, ...] = ()
    others: dict[str, int] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()
    lost_count: int = 0
    too_many: int = 0
    whole: Summary = field(default_factory=lambda: Summary(noun=NODES))
    sections: list[Section] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    marks: dict[str, str] = field(default_factory=dict)  # a group's id -> its mark
    limits: tuple[str, ...] = ()

    def fill(self, nodes: Iterable[Node]) -> None:
        """Sum the nodes up, in their order."""
        sections: dict[str, Section] = {}
        for node in nodes:
            self._count(self.whole, node)
            section = sections.setdefault(node.registry, Section(registry=node.registry))
            section.nodes.append(node)
            if isinstance(node.row, Digest):
                self.versions[node.row.version] += 1
        self.sections = self._sections(sections)
        letters = iter(_LETTERS)
        for group in self.whole.ordered():
            self.marks[group.id] = _MARKS.get(group.id) or next(letters, "*")
        self.marks[SILENT] = _MARKS[SILENT]

    def _sections(self, found: dict[str, Section]) -> list[Section]:
        """Give the registries; silent nodes are nobody's where there are several."""
        ordered = sorted(found.values(), key=lambda one: (-len(one.nodes), one.registry))
        for section in [one for one in ordered if one.registry][_REGISTRIES:]:
            rest = found.setdefault(REST, Section(registry=REST))
            rest.nodes += found.pop(section.registry).nodes
        silent = found.get("")
        if silent and len(found) == 2 and not any(isinstance(n.row, Digest) for n in silent.nodes):
            del found[""]
            (lone,) = found.values()
            lone.nodes = sorted([*lone.nodes, *silent.nodes], key=lambda node: node.row.name)
        if len(found) == 1:
            (lone,) = found.values()
            lone.summary = self.whole
            return [lone]
        for section in found.values():
            for node in section.nodes:
                self._count(section.summary, node)
        return sorted(found.values(), key=lambda section: (not section.registry, section.registry))

    @staticmethod
    def _count(summary: Summary, node: Node) -> None:
        summary.add(node.row, node.more)

    @property
    def code(self) -> int:
        """The exit code: what was given and could not be read may be anything."""
        code = words.code(self.whole)
        return 3 if code == 0 and self.lost_count else code


@dataclass(slots=True, kw_only=True)
class Place:
    """The nodes of one pool in one subnet, and how many of each group they are."""

    pool: str
    subnet: str
    nodes: list[Node] = field(default_factory=list)
    groups: Counter[str] = field(default_factory=Counter)

    @property
    def failing(self) -> int:
        healthy = self.groups[str(Status.HEALTHY)] + self.groups[SILENT]
        return self.groups.total() - healthy


def places(section: Section) -> list[Place]:
    """Give pools and subnets, those with the largest failing share first.

    A pool of AKS has one subnet, so a silent node is counted with the others of its pool.
    """
    subnets_of: dict[str, set[str]] = {}
    for node in section.nodes:
        if node.subnet:
            subnets_of.setdefault(node.pool, set()).add(node.subnet)
    found: dict[tuple[str, str], Place] = {}
    for node in section.nodes:
        theirs = subnets_of.get(node.pool, set()) if node.pool and not node.subnet else set()
        key = (node.pool, next(iter(theirs)) if len(theirs) == 1 else node.subnet)
        place = found.setdefault(key, Place(pool=key[0], subnet=key[1]))
        place.nodes.append(node)
        place.groups[node.group] += 1
    return sorted(
        found.values(),
        key=lambda one: (-one.failing / len(one.nodes), -one.failing, one.pool, one.subnet),
    )


def subnets(section: Section) -> dict[str, str]:
    """Give each subnet's short name, or its id where two would look the same."""
    ids = sorted({node.subnet for node in section.nodes if node.subnet})
    return dict(zip(ids, words.labelled(ids), strict=True))
