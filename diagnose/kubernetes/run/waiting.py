"""Waits until every node answered, or until nothing speaks for it that another one will."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from queue import Empty

from diagnose.kubernetes.api import Api, ApiError
from diagnose.kubernetes.run import events, refusals
from diagnose.kubernetes.run.board import Board, Place
from diagnose.kubernetes.run.events import Told
from diagnose.kubernetes.run.feed import Change, Feed, Gone, Listed, NoWatch, Seen
from diagnose.kubernetes.run.listing import Listing
from diagnose.kubernetes.run.logs import Logs
from diagnose.kubernetes.run.pods import Stage
from diagnose.kubernetes.run.refusals import Right

_TICK = 0.25  # seconds
_BATCH = 500  # changes between two looks at the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds. Tests shorten them."""

    stuck: float = 40.0  # while every silent node is stuck
    lost: float = 45.0  # without any answer of the API server
    daemons: float = 5.0  # between two looks at what the DaemonSets have made
    late: float = 3.0  # for a pod that was made and not seen yet
    again: float = 10.0  # before a log without a verdict is read once more
    events: float = 120.0  # for which events are written
    deleting: float = 60.0  # for which it is tried, and then for which its end is waited for


class Waiting:
    """One wait; ``board`` is kept up to date, ``limits`` says what was not to be seen."""

    def __init__(
        self,
        api: Api,
        namespace: str,
        selector: str,
        board: Board,
        show: Callable[[Board], None],
        patience: Patience,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._namespace, self._selector = api, namespace, selector
        self.board, self._show = board, show
        self._patience, self._clock = patience, clock
        self.limits: dict[str, None] = {}
        self.told = Told()
        self.complete = False  # every node is known, and answered
        self._wanted: int | None = None  # pods that the DaemonSets make, once they say so
        self._listed = False
        self._denied: set[Right] = set()
        self._feed = Feed(api, namespace, selector)
        self._logs = Logs(api)
        now = clock()
        self._changed = self._looked = self._reread = now
        self._lost_since = now  # counts while there is trouble
        self._hopeless_since: float | None = None
        self._trouble: ApiError | None = None

    def until(self, end: float) -> None:
        """Wait, at most until the clock says ``end``."""
        self._feed.start()
        try:
            while not self._is_over(end):
                for change in self._some():
                    self._take(change)
                self._read_logs()
                self._look_around()
                self._show(self.board)
        finally:
            self._feed.close()
            self._logs.close()
            for change in self._waiting():  # what came before the end counts
                self._take(change)

    def _some(self) -> Iterator[Change]:
        """Give what has changed, after a moment if nothing has."""
        try:
            yield self._feed.changes.get(timeout=_TICK)
        except Empty:
            return
        yield from islice(self._waiting(), _BATCH)

    def _waiting(self) -> Iterator[Change]:
        with suppress(Empty):
            while True:
                yield self._feed.changes.get_nowait()

    def _take(self, change: Change) -> None:
        if isinstance(change, Seen):
            self.board.see(change.pod)
        elif isinstance(change, Gone):
            self.board.gone(change.pod)
        elif isinstance(change, Listed):
            self.board.keep(change.names)
            self._listed = True
        elif isinstance(change, NoWatch):
            self._deny(Right("watch", "pods"), change.error)
        else:
            if self._trouble is None:
                self._lost_since = self._clock()
            self._trouble = change.error
            if change.for_good:
                self._lost_since = -math.inf
                if refusals.is_of_rbac(change.error):
                    self._deny(Right("list", "pods"), change.error)
            return
        self._trouble = None
        self._changed = self._clock()

    def _read_logs(self) -> None:
        for place in self.board.places.values():
            if place.pod and place.pod.told and not place.digest:
                self._logs.ask(place.pod)
        for pod, digest in self._logs.answers():
            self.board.answer(pod, digest)
        if self._logs.error and refusals.is_of_rbac(self._logs.error):
            self._deny(Right("get", "pods/log"), self._logs.error)
        if self._clock() - self._reread > self._patience.again:
            self._reread = self._clock()
            for _, place in self.board.silent():
                if place.pod:
                    self._logs.forget(place.pod.name)

    def _look_around(self) -> None:
        """Look now and then at what the DaemonSets have made, and why they have not."""
        if self._clock() - self._looked < self._patience.daemons:
            return
        self._looked = self._clock()
        path = f"/apis/apps/v1/namespaces/{self._namespace}/daemonsets"
        self._asking(Right("list", "daemonsets", "apps"), lambda: self._count(path))
        if any(True for _ in self.board.silent()):
            self.look_at_events()

    def look_at_events(self) -> None:
        path = f"/api/v1/namespaces/{self._namespace}/events"
        query = {"fieldSelector": "type=Warning"}

        def look() -> None:
            self.told = events.told(Listing(self._api, path, query, once=True))

        self._asking(Right("list", "events"), look)

    def _count(self, path: str) -> None:
        query = {"labelSelector": self._selector}
        found = list(Listing(self._api, path, query, once=True))
        told = [item.get("status") or {} for item in found]
        if found and all(status.get("observedGeneration") for status in told):
            self._wanted = sum(int(status.get("desiredNumberScheduled") or 0) for status in told)

    def _asking(self, right: Right, look: Callable[[], None]) -> None:
        """Look if it is allowed; what is not is said once, and not asked for again."""
        if right in self._denied:
            return
        try:
            look()
        except ApiError as error:
            if refusals.is_of_rbac(error):
                self._deny(right, error)

    def _deny(self, right: Right, error: ApiError) -> None:
        self._denied.add(right)
        self.limits[refusals.denied(right, self._namespace, error)] = None

    def _is_over(self, end: float) -> bool:
        now = self._clock()
        if now >= end:
            self.limits["the time was up before every node had answered (--timeout)"] = None
            return True
        if self._trouble and now - self._lost_since > self._patience.lost:
            self.limits[f"the cluster stopped answering: {self._trouble}"] = None
            return True
        if not self._listed:
            return False
        self.complete = self._is_complete(now)
        return self.complete or self._is_hopeless(now) or self._is_guessed(now)

    def _is_complete(self, now: float) -> bool:
        board = self.board
        silent = [place for _, place in board.silent()]
        if board.nodes and not silent:
            return True
        if any(self._is_meant(place) for place in silent):
            return False
        if self._wanted is None:
            return bool(board.nodes)
        return board.scheduled() >= self._wanted and now - self._changed > self._patience.late

    def _is_guessed(self, now: float) -> bool:
        """Tell whether all have answered that came, and no more come; nobody told how many."""
        all_answered = not any(True for _ in self.board.silent())
        quiet = now - self._changed > self._patience.stuck
        return bool(self.board.places) and all_answered and quiet

    def _is_meant(self, place: Place) -> bool:
        """Tell whether a silent node is to have a pod, as far as the DaemonSets told."""
        made = self._wanted is not None and self.board.scheduled() >= self._wanted
        return bool(place.pod) or not made

    def _is_hopeless(self, now: float) -> bool:
        """Tell whether every silent node has been stuck for long enough."""
        board = self.board
        stuck = all(self._is_stuck(name, place) for name, place in board.silent())
        if not stuck or not (board.places or self.told.refused):
            self._hopeless_since = None
            return False
        if self._hopeless_since is None:
            self._hopeless_since = now
        return now - self._hopeless_since > self._patience.stuck

    def _is_stuck(self, name: str, place: Place) -> bool:
        node = self.board.nodes.get(name)
        ill = bool(node and node.trouble) and place.stage is not Stage.RUNNING
        if ill or place.stage is Stage.STUCK:
            return True
        return not place.pod and bool(self.told.refused)
