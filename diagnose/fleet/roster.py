"""One verdict for each node and registry, whatever came in which order.

Of two verdicts the newer counts where both say when, else the later one. That nothing came of a
node counts only while no verdict did. What is kept of a node is its verdict, so memory grows with
the nodes and with nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from diagnose.bundle.errors import BundleError
from diagnose.fleet import foreign, nodes
from diagnose.fleet.fleet import Fleet, Node
from diagnose.fleet.items import Item, Lost, Machine, Other, Told, renamed
from diagnose.grouping import paths
from diagnose.grouping.digest import Digest, Unread
from diagnose.grouping.features import FEATURES, NONE

MOST = 50_000  # nodes; the largest cluster of AKS has 5,000
_LOST = 50  # pieces that are told with their reason
_IMAGE = next(place for place, feature in enumerate(FEATURES) if feature.name == "image")
_SET = next(place for place, feature in enumerate(FEATURES) if feature.name == "scale set")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}\Z")
_UNKNOWN = 50  # causes that are in no catalogue of ours: versions to come, or somebody's jokes
_NO_WORD = "nothing came of it"


class Roster:
    """Call `add` with each item, then `fleet`."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Told] = {}  # by node and registry
        self._silent: dict[str, Told] = {}
        self._machines: dict[str, Machine] = {}
        self._twice: dict[str, None] = {}
        self._others: Counter[str] = Counter()
        self._lost: list[Lost] = []
        self._lost_count = self._too_many = 0
        self._unknown: set[str] = set()

    def add(self, item: Item) -> None:
        if isinstance(item, Told):
            self._add(self._known(_bounded(item)))
        elif isinstance(item, Machine):
            if item.name in self._machines or len(self._machines) < MOST:
                self._machines[item.name] = item
        elif isinstance(item, Other):
            self._others[item.what] += item.count
        else:
            self._lost_count += 1
            if len(self._lost) < _LOST:
                self._lost.append(item)

    def _known(self, told: Told) -> Told:
        """Refuse a verdict whose cause is one too many: each one is a group of its own."""
        row = told.row
        if not isinstance(row, Digest) or row.cause in self._unknown or foreign.is_known(row):
            return told
        if len(self._unknown) == _UNKNOWN:
            return replace(told, row=Unread(name=row.name, because="nobody knows its cause"))
        self._unknown.add(row.cause)
        return told

    def _add(self, told: Told) -> None:
        name = told.row.name
        key = (name, registry_of(told.row)) if isinstance(told.row, Digest) else None
        known = key in self._told if key else name in self._silent
        if not known and len(self._told) + len(self._silent) >= MOST:
            self._too_many += 1
        elif key:
            self._keep(key, told)
        else:
            self._silent[name] = told

    def _keep(self, key: tuple[str, str], told: Told) -> None:
        before = self._told.get(key)
        if before is not None:
            self._twice.setdefault(key[0])
            if told.at and before.at and told.at < before.at:
                return
        self._told[key] = told

    def fleet(self) -> Fleet:
        self._settle()
        heard = {name for name, _ in self._told}
        fleet = Fleet(
            twice=tuple(sorted(self._twice)),
            others=dict(sorted(self._others.items())),
            lost=tuple(self._lost),
            lost_count=self._lost_count,
            too_many=self._too_many,
        )
        rows = [self._node(told, registry) for (_, registry), told in self._told.items()]
        rows += [self._node(one, "") for name, one in self._silent.items() if name not in heard]
        rows += [
            self._node(Told(row=Unread(name=one.name, because=one.because or _NO_WORD)), "")
            for one in self._machines.values()
            if one.name not in heard and one.name not in self._silent
        ]
        fleet.fill(sorted(rows, key=lambda row: (row.row.name, row.registry)))
        return fleet

    def _settle(self) -> None:
        """Name bundles after their nodes, and put verdicts without a registry to the only one."""
        before, self._told = self._told, {}
        known = {registry for _, registry in before if registry}
        scopes = {told.row.names for told in before.values() if isinstance(told.row, Digest)}
        lone = next(iter(known)) if len(known) == 1 else ""
        for (name, registry), told in before.items():
            apart = isinstance(told.row, Digest) and told.row.names and len(scopes) > 1
            key = (self._called(name), ("" if apart else registry) or lone)
            self._keep(key, renamed(told, key[0]))
        silent, self._silent = self._silent, {}
        for name, told in silent.items():
            self._silent[self._called(name)] = renamed(told, self._called(name))

    def _called(self, name: str) -> str:
        """Give the node's name for that of a bundle which is called like it."""
        stem = name.rpartition("/")[2].removesuffix(paths.ENDING)
        return stem if name not in self._machines and stem in self._machines else name

    def _node(self, told: Told, registry: str) -> Node:
        name = told.row.name
        machine = self._machines.get(name)
        more = {**dict(told.more), **dict(machine.features if machine else ())}
        pool = more.get(nodes.POOL) or nodes.pool_in(name)
        if isinstance(told.row, Digest) and not pool:
            pool = "" if told.row.features[_SET] == NONE else told.row.features[_SET]
        row = told.row
        if isinstance(row, Unread) and machine and machine.because:
            row = replace(row, because=machine.because)
        return Node(row=row, registry=registry, pool=pool, more=more, seen=told.seen)


def _bounded(told: Told) -> Told:
    """Make safe what somebody sent; what is no verdict at all is that of a silent node."""
    row = told.row
    if isinstance(row, Digest):
        try:
            return replace(told, row=foreign.bounded(row))
        except BundleError as error:
            row = Unread(name=row.name, because=str(error))
    name = foreign.short(row.name, foreign.NAME)
    return replace(told, row=Unread(name=name, because=foreign.short(row.because)))


def registry_of(digest: Digest) -> str:
    """Give the login server that a verdict is about, or nothing where that is not known."""
    host = digest.features[_IMAGE].partition("/")[0]
    return host if _HOST.match(host) else ""


def collected(items: Iterable[Item]) -> Fleet:
    """Give the fleet that these items make."""
    roster = Roster()
    for item in items:
        roster.add(item)
    return roster.fleet()
