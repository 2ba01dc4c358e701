"""Long lists a page at a time, so that a cluster of any size is read in the same memory."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from diagnose.kubernetes.api import Api, ApiError, Reason

Object = dict[str, Any]
T = TypeVar("T")

PAGE = 500  # objects: some megabytes of pods; what kubectl asks for as well
_PAGES = 1000  # of one list: half a million objects; a cluster has at most 150,000 pods
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before a call is made again
_ENOUGH = 45.0  # seconds after which a call is not made again


def decoded(body: bytes) -> Object:
    """Read one JSON object; raise `ApiError` on anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ApiError(Reason.GARBAGE, body[:100].decode(errors="replace"))
    return found


def again(call: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> T:
    """Make a call until it works or fails for good, at most five times."""
    begun = time.monotonic()
    for pause in _PAUSES:
        found = _tried(call)
        if not isinstance(found, ApiError):
            return found
        if not found.reason.passes or time.monotonic() - begun > _ENOUGH:
            raise found
        sleep(pause)
    return call()


def _tried(call: Callable[[], T]) -> T | ApiError:
    try:
        return call()
    except ApiError as error:
        return error


class Listing:
    """All objects of a path, in pages; ``version`` is where a watch goes on from, once listed.

    A list that grew too old on the way is begun anew, and gives objects a second time. ``once``
    asks for no page twice: for a look that has no time for it.
    """

    def __init__(
        self, api: Api, path: str, query: Mapping[str, str] | None = None, *, once: bool = False
    ) -> None:
        self._api, self._path, self._query = api, path, dict(query or {})
        self._tries_once = once
        self.version = ""

    def __iter__(self) -> Iterator[Object]:
        try:
            yield from self._once()
        except ApiError as error:
            if error.reason is not Reason.GONE:
                raise
            yield from self._once()

    def _page(self, query: Mapping[str, str]) -> Object:
        def call() -> Object:
            return decoded(self._api.get(self._path, query))

        return call() if self._tries_once else again(call)

    def _once(self) -> Iterator[Object]:
        query = {**self._query, "limit": str(PAGE)}
        for _ in range(_PAGES):
            page = self._page(query)
            meta = page.get("metadata")
            items = page.get("items")
            if not isinstance(meta, dict) or not isinstance(items, list):
                raise ApiError(Reason.GARBAGE, f"{self._path} is no list")
            yield from (item for item in items if isinstance(item, dict))
            self.version = str(meta.get("resourceVersion", ""))
            following = str(meta.get("continue") or "")
            if not following:
                return
            if following == query.get("continue"):
                break
            query["continue"] = following
        raise ApiError(Reason.GARBAGE, f"{self._path} is a list without an end")
