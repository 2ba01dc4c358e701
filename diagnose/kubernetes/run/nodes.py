"""What is kept of one node of the cluster; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from diagnose.fleet import foreign
from diagnose.fleet import nodes as fleet_nodes
from diagnose.fleet.items import Machine
from diagnose.fleet.tree import at, each, text
from diagnose.kubernetes.manifest import names
from diagnose.kubernetes.run.listing import Object

_HOST = "kubernetes.io/hostname"
_PRESSURES = ("DiskPressure", "MemoryPressure", "PIDPressure", "NetworkUnavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``trouble`` is what the cluster itself says is wrong with it."""

    machine: Machine  # as the fleet's reports know it
    host: str  # the label by which it can be selected
    runs_pods: bool  # of ours: what the manifest asks of its labels is so
    trouble: str

    @property
    def name(self) -> str:
        return self.machine.name

    @property
    def pool(self) -> str:
        return dict(self.machine.features).get(fleet_nodes.POOL, "")


def of(item: Object) -> Node:
    labels = at(item, "metadata", "labels")
    machine = fleet_nodes.read(item)
    virtual, kind = names.VIRTUAL
    return Node(
        machine=machine,
        host=text(labels, _HOST) or machine.name,
        runs_pods=text(labels, names.PLATFORM) == "linux" and text(labels, virtual) != kind,
        trouble=foreign.short("; ".join(_wrong(each(item, "status", "conditions")))),
    )


def _wrong(conditions: Iterable[Object]) -> Iterator[str]:
    for row in conditions:
        kind, state = text(row, "type"), text(row, "status")
        if kind == "Ready" and state != "True":
            yield f"the node is NotReady ({text(row, 'reason') or state})"
        if kind in _PRESSURES and state == "True":
            yield f"the node has {kind}"


def some(nodes: Iterable[Node], most: int) -> list[Node]:
    """Give at most ``most`` nodes, of every pool in turn, those without trouble first."""
    pools: dict[str, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: (bool(node.trouble), node.name)):
        pools.setdefault(node.pool, []).append(node)
    turns = zip_longest(*(pools[pool] for pool in sorted(pools)))
    return [node for node in chain.from_iterable(turns) if node is not None][:most]


def slim(item: Object) -> Object:
    """Keep of a node what a manifest is chosen by: its labels, its system, its pause images."""
    info = at(item, "status", "nodeInfo")
    named = [one.get("names") for one in each(item, "status", "images")]
    names_ = chain.from_iterable(one for one in named if isinstance(one, list))
    pauses = [name for name in names_ if "/pause" in str(name)]
    return {
        "metadata": {"name": text(item, "metadata", "name"), "labels": _chosen_by(item)},
        "status": {
            "nodeInfo": {key: text(info, key) for key in ("osImage", "architecture")},
            "images": [{"names": pauses}],
        },
    }


def _chosen_by(item: Object) -> dict[str, str]:
    labels = at(item, "metadata", "labels")
    keys = (names.SKU, names.ARCHITECTURE, names.PLATFORM, names.VIRTUAL[0])
    return {key: text(labels, key) for key in keys if key in labels}
