"""Writes events, many with one call; that one is refused changes nothing else of a run."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from diagnose.kubernetes.api import Api, ApiError, Posted, Reason
from diagnose.kubernetes.run import node_events, refusals, rights
from diagnose.kubernetes.run.listing import Object
from diagnose.kubernetes.run.refusals import Right

_RIGHT = Right("create", "events")
_AT_ONCE = 8  # calls; each of them sends one event after the other, and waits for every answer
_BATCH = 100  # events of one call
_PAUSE = 1.0  # seconds before a call is made once more


def forbidden(api: Api) -> str:
    """Give a sentence if the cluster says beforehand that no event may be written; else nothing."""
    said = rights.denied(api, _RIGHT, node_events.NAMESPACE)
    if said is None:
        return ""
    error = ApiError(Reason.FORBIDDEN, said or "the API server says no")
    return _none(refusals.denied(_RIGHT, node_events.NAMESPACE, error))


def told(api: Api, found: Sequence[Object], seconds: float) -> str:
    """Write them within ``seconds``; give a sentence if some were not written, else nothing."""
    end = time.monotonic() + seconds
    over = Event()

    def post(batch: Sequence[Object]) -> Posted:
        return Posted(0) if over.is_set() else _posted(api, batch, end, over)

    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="events")
    try:
        batches = [found[start : start + _BATCH] for start in range(0, len(found), _BATCH)]
        done = list(pool.map(post, batches))
    finally:  # whoever interrupts waits for none of them
        over.set()
        pool.shutdown(wait=False, cancel_futures=True)
    made = sum(one.made for one in done)
    error = next((one.error for one in done if one.error), None)
    if error is None:
        return ""
    why = str(error)
    if refusals.is_of_rbac(error):
        why = refusals.denied(_RIGHT, node_events.NAMESPACE, error)
    if not made:
        return _none(why)
    return f"{len(found) - made} of {len(found)} events were not written: {why}"


def _posted(api: Api, batch: Sequence[Object], end: float, over: Event) -> Posted:
    """Write a batch, twice if the first failure may pass: their names keep them from doubling."""
    left = end - time.monotonic()
    if left <= 0:
        return Posted(0, ApiError(Reason.SILENT, "the time for them was up"))
    posted = api.post_all(batch, left)
    left = end - time.monotonic() - _PAUSE
    if posted.error and posted.error.reason.passes and left > 0 and not over.wait(_PAUSE):
        posted = api.post_all(batch, left)
    if posted.error and not posted.made:
        over.set()  # the next ones would fare no better
    return posted


def _none(why: str) -> str:
    return f"no events were written: {why}"
