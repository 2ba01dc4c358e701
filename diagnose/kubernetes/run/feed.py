"""The pods of a run as they change: a list, then a watch from there, in a thread of its own.

A watch that breaks goes on where it was; one that is too old is begun again with a list. Where the
right to watch is missing, the list is asked for again and again
(https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Full, Queue

from diagnose.fleet.tree import at, text
from diagnose.kubernetes.api import Api, ApiError, Reason, Stream
from diagnose.kubernetes.run import pods
from diagnose.kubernetes.run.listing import Listing, Object, decoded
from diagnose.kubernetes.run.pods import Pod

_ROOM = 1000  # changes that may wait to be read
_WATCH = 240  # seconds of one watch; the API server ends it then
_PAUSE = 1.0  # seconds between two watches, and after a failure
_POLL = 5.0  # seconds between two lists, where nothing may be watched


@dataclass(frozen=True, slots=True)
class Seen:
    pod: Pod


@dataclass(frozen=True, slots=True)
class Gone:
    pod: Pod


@dataclass(frozen=True, slots=True)
class Listed:
    """All pods that there are were seen; any other is gone."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A call failed; ``for_good`` says that no other is made."""

    error: ApiError
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class NoWatch:
    """There is no right to watch; the lists go on."""

    error: ApiError


Change = Seen | Gone | Listed | Trouble | NoWatch


class Feed:
    """Puts changes into ``changes`` until `close`."""

    def __init__(self, api: Api, namespace: str, selector: str) -> None:
        self.changes: Queue[Change] = Queue(_ROOM)
        self._api = api
        self._path = f"/api/v1/namespaces/{namespace}/pods"
        self._query = {"labelSelector": selector}
        self._over = threading.Event()
        self._stream: Stream | None = None
        self._watches = True
        self._thread = threading.Thread(target=self._work, daemon=True, name="feed")

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._stream:
            self._stream.close()
        if self._thread.is_alive():
            self._thread.join(_PAUSE)

    def _work(self) -> None:
        try:
            self._follow()
        except Exception as error:  # noqa: BLE001 a bug of ours must not leave the others waiting
            told = f"acr-diagnose itself failed ({type(error).__name__}: {error})"
            self._put(Trouble(ApiError(Reason.OTHER, told), for_good=True))

    def _follow(self) -> None:
        version = ""
        while not self._over.is_set():
            try:
                follows = version and self._watches
                version = self._watched(version) if follows else self._listed()
            except ApiError as error:
                version = self._failed(error, version)
                if not version and not error.reason.passes and error.reason is not Reason.GONE:
                    return
            else:
                if self._watches:
                    continue
            self._over.wait(_PAUSE if self._watches else _POLL)

    def _failed(self, error: ApiError, version: str) -> str:
        """Give the version to go on from; empty where it has to be a list."""
        if self._over.is_set() or error.reason is Reason.GONE:
            return ""
        if error.reason is Reason.FORBIDDEN and version:
            self._watches = False
            self._put(NoWatch(error))
            return version
        self._put(Trouble(error, for_good=not error.reason.passes))
        return ""

    def _listed(self) -> str:
        listing = Listing(self._api, self._path, self._query)
        names = []
        for item in listing:
            pod = pods.of(item)
            names.append(pod.name)
            self._put(Seen(pod))
        self._put(Listed(frozenset(names)))
        return listing.version

    def _watched(self, version: str) -> str:
        query = {**self._query, "resourceVersion": version, "allowWatchBookmarks": "true"}
        self._stream = self._api.watch(self._path, query, _WATCH)
        if self._over.is_set():  # closed before there was anything to close
            self._stream.close()
        version = self._changes(self._stream, version)
        self._over.wait(_PAUSE)
        return version

    def _changes(self, lines: Iterable[bytes], version: str) -> str:
        for line in lines:
            if self._over.is_set():
                break
            change = _read(line)
            kind, item = change.get("type"), change.get("object")
            if kind == "ERROR" or not isinstance(item, dict):
                raise _ended(change)
            version = text(item, "metadata", "resourceVersion") or version
            if kind in ("ADDED", "MODIFIED"):
                self._put(Seen(pods.of(item)))
            elif kind == "DELETED":
                self._put(Gone(pods.of(item)))
        return version

    def _put(self, change: Change) -> None:
        while not self._over.is_set():
            try:
                self.changes.put(change, timeout=0.2)
            except Full:
                continue
            return


def _read(line: bytes) -> Object:
    try:
        return decoded(line)
    except ApiError:  # the last line of a watch that was cut
        raise ApiError(Reason.BROKEN, "the watch was cut") from None


def _ended(change: Object) -> ApiError:
    """Read the Status with which a watch ends; one that is too old says 410."""
    told = at(change, "object")
    reason = Reason.GONE if told.get("code") == 410 else Reason.BROKEN
    return ApiError(reason, text(told, "message") or "the watch ended")
