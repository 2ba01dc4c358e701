"""Where every node stands, kept up to date pod by pod; pure.

A node is known because the cluster names it, or because a pod is there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from diagnose.fleet.items import Item, Told, silent
from diagnose.grouping.digest import Digest
from diagnose.kubernetes.run import events
from diagnose.kubernetes.run.nodes import Node
from diagnose.kubernetes.run.pods import Pod, Stage


@dataclass(slots=True)
class Place:
    """One node. ``was`` is what became of a pod that is no longer there.

    ``note`` is what the node said beside its answer.
    """

    pod: Pod | None = None
    digest: Digest | None = None
    was: str = ""
    note: str = ""

    @property
    def stage(self) -> Stage:
        if self.digest:
            return Stage.ANSWERED
        return self.pod.stage if self.pod else Stage.WAITING


@dataclass(slots=True)
class Board:
    """``nodes`` is empty where they may not be listed."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.nodes:
            self.places[name] = Place()

    def see(self, pod: Pod) -> None:
        """Take note of a pod as it is now."""
        place = self.places.setdefault(_whose(pod), Place())
        before = place.pod
        if before and before.name != pod.name and before.stage is Stage.STUCK:
            place.was = before.trouble
        place.pod = pod
        place.digest = place.digest or pod.digest
        place.note = place.note or pod.note

    def gone(self, pod: Pod) -> None:
        """Take note that a pod is no more; what it answered stays."""
        place = self.places.get(_whose(pod))
        if place and place.pod and place.pod.name == pod.name:
            self._drop(place, pod.trouble if pod.stage is Stage.STUCK else "")

    def keep(self, names: frozenset[str]) -> None:
        """Take note that no pods but these are there."""
        for place in self.places.values():
            if place.pod and place.pod.name not in names:
                self._drop(place)

    def _drop(self, place: Place, why: str = "") -> None:
        if place.pod:
            stuck = place.pod.trouble if place.pod.stage is Stage.STUCK else ""
            place.was = why or stuck or "its pod was deleted"
            place.pod = None

    def answer(self, pod: Pod, digest: Digest) -> None:
        self.places[_whose(pod)].digest = digest

    def silent(self) -> Iterator[tuple[str, Place]]:
        """Give the places without an answer, but for nodes that run no pods of ours."""
        for name, place in self.places.items():
            node = self.nodes.get(name)
            if not place.digest and (not node or node.runs_pods):
                yield name, place

    def notes(self) -> Iterator[str]:
        """Give one sentence for all that the nodes say beside their answers."""
        found = [
            f"{name}: {self.places[name].note}"
            for name in sorted(self.places)
            if self.places[name].note
        ]
        if found:
            more = f" (and {len(found) - 1} more)" if found[1:] else ""
            yield f"{found[0]}{more}"

    def stages(self) -> Counter[Stage]:
        return Counter(place.stage for place in self.places.values())

    def scheduled(self) -> int:
        """Count the nodes that have a pod, whatever became of it."""
        return sum(1 for place in self.places.values() if place.pod)

    def items(self, told: events.Told | None = None) -> Iterator[Item]:
        """Give every node and its verdict, or why there is none, by the name of the node."""
        told = told or events.Told()
        for name in sorted(self.places):
            place, node = self.places[name], self.nodes.get(name)
            if node:
                yield replace(node.machine, because="")  # what is silent says why itself
            if place.digest:
                yield Told(row=place.digest)
            else:
                yield silent(name, self._because(node, place, told))

    def _because(self, node: Node | None, place: Place, told: events.Told) -> str:
        if node and not node.runs_pods:
            return node.machine.because or "it runs no pods of this kind"
        parts = [node.trouble] if node else []
        if place.pod:
            parts += [place.pod.trouble, told.pods.get(place.pod.name, "")]
            parts += [f"before that: {place.was}"] if place.was else []
        elif place.was:
            parts.append(place.was)
        elif told.refused:
            parts += ["no pod could be made for it", *list(told.refused)[:1]]
        else:
            parts.append("no pod was made for it")
        return "; ".join(_unlike(parts))


def _whose(pod: Pod) -> str:
    return pod.node or f"the node of pod {pod.name}"


def _unlike(texts: Iterable[str]) -> list[str]:
    """Leave out what another text says already."""
    found: list[str] = []
    for text in texts:
        if text and not any(text in other for other in found):
            found.append(text)
    return found
