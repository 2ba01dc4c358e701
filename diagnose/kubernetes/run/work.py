"""One run on a cluster, from the list of its nodes to the last object that is deleted again."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from checks.target import UsageError
from diagnose.fleet.items import Item
from diagnose.kubernetes.api import Api, ApiError, Reason
from diagnose.kubernetes.run import node_events, nodes, placing, refusals, rights, telling
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
    needs_nodes: str = ""  # the option that is nothing without the list of them
    keeps: bool = False
    events: str = ""  # the image of which each Node gets an event; empty writes none
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``limits`` are sentences on what was not to be had; ``ended`` is the signal, or 0."""

    items: list[Item]
    limits: tuple[str, ...]
    answered: int
    complete: bool = False  # every node that the cluster has is among them
    ended: int = 0


def work(
    api: Api, order: Order, progress: Progress, show: Callable[[Outcome], None] | None = None
) -> Outcome:
    """Do it. Raises `ApiError` or `MakingError` where nothing came of it, and `UsageError`.

    ``show`` is for the reader, who need not wait until a cluster is done with deleting.
    """
    began = time.monotonic()
    known, slim, limits = _listed(api, order)
    objects, left_out = order.render(slim)
    limits += left_out
    run = secrets.token_hex(4)
    hosts = [node.host for node in known.values()] if order.most else []
    namespace, wanted = placing.placed(objects, run, order.namespace, hosts)
    if not order.keeps:
        _refuse_what_stays(api, wanted, namespace)
    unheard = telling.forbidden(api) if order.events else ""
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
                if order.events:
                    limits += [unheard] if unheard else _told(api, order, board, run, progress)
            except InterruptedRunError as error:
                ended = error.number
                limits.append(f"the run was {error}")
            finally:
                interruption.hold()
        finally:
            progress.erase()
            limits += _taken_away(made, progress, keeps=order.keeps)
        outcome = _outcome(board, waiting, limits, ended)
        if show:
            show(outcome)
        with suppress(InterruptedRunError):
            made.wait()
    return outcome


def _outcome(board: Board, waiting: Waiting, limits: Sequence[str], ended: int) -> Outcome:
    return Outcome(
        items=list(board.items(waiting.told)),
        limits=(*limits, *board.notes(), *waiting.limits),
        answered=sum(1 for place in board.places.values() if place.digest),
        complete=waiting.complete,
        ended=ended,
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


def _told(api: Api, order: Order, board: Board, run: str, progress: Progress) -> list[str]:
    """Write each verdict onto its Node, and give what is to be said of those that are not there."""
    rows = sorted((name, one.digest) for name, one in board.places.items() if one.digest)
    found = list(node_events.of(rows, order.events, run, datetime.now(timezone.utc)))
    progress.erase()
    unwritten = telling.told(api, found, order.patience.events)
    if unwritten:
        return [unwritten]
    progress.note(f"events written: {len(found)}; the cluster drops them after a while by itself")
    return []


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


def _listed(api: Api, order: Order) -> tuple[dict[str, Node], list[Object] | None, list[str]]:
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
        option = "--at-most" if order.most else order.needs_nodes
        if option:
            raise UsageError(f"{option} needs the cluster's nodes: {told}") from None
        return {}, None, [f"nodes without a pod are not known: {told}"]
    if not order.most:
        return {node.name: node for node in found}, list(slim.values()), []
    fit = [node for node in found if node.runs_pods]
    chosen = {node.name: node for node in nodes.some(fit, order.most)}
    left = len(fit) - len(chosen)
    limits = [f"{left} more nodes were left out (--at-most)"] if left else []
    return chosen, [slim[name] for name in chosen], limits
