"""One run on a cluster, from the list of its nodes to the last object that is deleted again."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checks.target import UsageError
from diagnose.fleet.items import Item
from diagnose.kubernetes.api import Api, ApiError, Reason
from diagnose.kubernetes.run import nodes, placing, refusals, rights
from diagnose.kubernetes.run.board import Board
from diagnose.kubernetes.run.interruption import InterruptedRunError, Interruption
from diagnose.kubernetes.run.listing import Listing, Object
from diagnose.kubernetes.run.making import Made, MakingError
from diagnose.kubernetes.run.nodes import Node
from diagnose.kubernetes.run.progress import Progress
from diagnose.kubernetes.run.refusals import Right
from diagnose.kubernetes.run.waiting import Patience, Waiting

# Gives the objects to create, and sentences on what they leave out. What it gets are the nodes,
# reduced, or None where they may not be listed.
Render = Callable[[Sequence[Object] | None], tuple[list[Object], Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do with the cluster. ``seconds`` are for the whole run, without the deletion."""

    render: Render
    namespace: str = ""  # one that exists; empty makes one
    seconds: float = 300.0
    most: int = 0  # nodes; 0 is all of them
    keeps: bool = False
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``limits`` are sentences on what was not to be had; ``ended`` is the signal, or 0."""

    items: list[Item]
    limits: tuple[str, ...]
    answered: int
    complete: bool = False  # every node that the cluster has is among them
    ended: int = 0


def work(api: Api, order: Order, progress: Progress) -> Outcome:
    """Do it. Raises `ApiError` or `MakingError` where nothing came of it, and `UsageError`."""
    began = time.monotonic()
    known, slim, limits = _listed(api, order.most)
    objects, left_out = order.render(slim)
    limits += left_out
    run = secrets.token_hex(4)
    hosts = [node.host for node in known.values()] if order.most else []
    namespace, wanted = placing.placed(objects, run, order.namespace, hosts)
    if not order.keeps:
        _refuse_what_stays(api, wanted, namespace)
    made = Made(api, run, namespace, progress.tell, order.patience.deleting)
    board = Board(known)
    waiting = Waiting(api, namespace, made.selector, board, progress.board, order.patience)
    ended = 0
    interruption = Interruption(progress.tell)
    with interruption:
        try:
            try:
                _make(made, wanted, namespace, progress)
                waiting.until(began + order.seconds)
                waiting.look_at_events()
            except InterruptedRunError as error:
                ended = error.number
                limits.append(f"the run was {error}")
            finally:
                interruption.hold()
        finally:
            progress.erase()
            limits += _taken_away(made, progress, keeps=order.keeps)
    items = list(board.items(waiting.told))
    answered = sum(1 for place in board.places.values() if place.digest)
    told = (*limits, *waiting.limits)
    return Outcome(
        items=items, limits=told, answered=answered, complete=waiting.complete, ended=ended
    )


def _refuse_what_stays(api: Api, wanted: Sequence[Mapping[str, Any]], namespace: str) -> None:
    """Make nothing that may not be deleted: raise `MakingError`."""
    kinds = dict.fromkeys(one["kind"] for one in wanted)
    if "Namespace" in kinds:  # all the others go with it
        kinds = {"Namespace": None}
    for kind in kinds:
        right = placing.KINDS[kind].right("delete")
        said = rights.denied(api, right, namespace)
        if said is not None:
            error = ApiError(Reason.FORBIDDEN, said or "the API server says no")
            told = refusals.denied(right, namespace, error)
            raise MakingError(
                f"nothing was made, as it would stay: {told} (--keep leaves it there)"
            )


def _make(
    made: Made, wanted: Sequence[Mapping[str, Any]], namespace: str, progress: Progress
) -> None:
    for one in wanted:
        made.create(one)
    progress.note(f"the pods are in namespace {namespace}; to remove them by hand: {made.by_hand}")


def _taken_away(made: Made, progress: Progress, *, keeps: bool) -> list[str]:
    """Delete what was made, and give what is to be said of what stays."""
    by_hand = made.by_hand
    if not by_hand:
        return []
    if keeps:
        progress.tell(f"kept, as --keep asks; to remove it: {by_hand}")
        return [f"what this run made was kept; to remove it: {by_hand}"]
    try:
        if made.remove():
            return []
    except InterruptedRunError:
        progress.tell(f"left in the cluster; to remove it: {by_hand}")
    return [f"what this run made is still in the cluster; to remove it: {by_hand}"]


def _listed(api: Api, most: int) -> tuple[dict[str, Node], list[Object] | None, list[str]]:
    """Give the nodes by name, as `nodes.slim` leaves them for rendering, and what is missing."""
    found: list[Node] = []
    slim: dict[str, Object] = {}
    try:
        for item in Listing(api, "/api/v1/nodes"):
            node = nodes.of(item)
            found.append(node)
            slim[node.name] = nodes.slim(item)
    except ApiError as error:
        if error.reason is not Reason.FORBIDDEN:
            raise
        told = refusals.denied(Right("list", "nodes", namespaced=False), "", error)
        if most:
            raise UsageError(f"--at-most needs the cluster's nodes: {told}") from None
        return {}, None, [f"nodes without a pod are not known: {told}"]
    if not most:
        return {node.name: node for node in found}, list(slim.values()), []
    fit = [node for node in found if node.runs_pods]
    chosen = {node.name: node for node in nodes.some(fit, most)}
    left = len(fit) - len(chosen)
    limits = [f"{left} more nodes were left out (--at-most)"] if left else []
    return chosen, [slim[name] for name in chosen], limits
