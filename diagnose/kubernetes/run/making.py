"""Creates this run's objects, and takes all of them away again, whatever happens in between.

What is to be made is written down before it is asked for: an answer that never came may have been
a yes.
"""

import shlex
import time
from collections.abc import Callable, Mapping
from itertools import chain, repeat
from typing import Any

from diagnose.kubernetes.api import Api, ApiError, Reason
from diagnose.kubernetes.run import placing, refusals
from diagnose.kubernetes.run.listing import Listing, again
from diagnose.kubernetes.run.placing import KINDS, LABEL, Item

_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between two tries; the last one stays
_LOOK = 1.0  # seconds between two looks whether it is gone


class MakingError(Exception):
    """An object could not be created; the text is for the person."""


class Made:
    """The objects of one run. ``tell`` gets what a person should know at once.

    ``patience`` is for how many seconds deletion is tried, and then its end waited for.
    """

    def __init__(
        self,
        api: Api,
        run: str,
        namespace: str,
        tell: Callable[[str], None],
        patience: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._run, self._namespace, self._tell = api, run, namespace, tell
        self._patience, self._sleep, self._clock = patience, sleep, clock
        self._items: list[Item] = []
        self._doubtful: set[Item] = set()  # a try ended without an answer
        self._is_going = False  # the cluster took all of it

    def create(self, wanted: Mapping[str, Any]) -> None:
        """Create one object; raise `MakingError` that says what would let it be made."""
        item = placing.item(wanted)
        self._items.append(item)
        try:
            again(lambda: self._post(item, wanted), self._sleep)
        except ApiError as error:
            if not error.reason.passes and item not in self._doubtful:
                self._items.remove(item)  # the answer was a no
            raise MakingError(_refused(item, error, self._namespace)) from None

    def _post(self, item: Item, wanted: Mapping[str, Any]) -> None:
        try:
            self._api.post(item.folder, wanted)
        except ApiError as error:
            if error.reason.passes:
                self._doubtful.add(item)
            # No other run has this id: it was made by a try whose answer was lost.
            if error.reason is not Reason.EXISTS:
                raise

    @property
    def by_hand(self) -> str:
        """The command that removes all of it; empty if there is nothing."""
        if not self._items:
            return ""
        space = next((item for item in self._items if item.kind == "Namespace"), None)
        if space:
            return f"{self._api.client} delete namespace {shlex.quote(space.name)}"
        kinds = ",".join(sorted({item.kind.lower() for item in self._items}))
        where = shlex.quote(self._namespace)
        return f"{self._api.client} -n {where} delete {kinds} -l {LABEL}={self._run}"

    def remove(self) -> bool:
        """Have everything deleted; tell whether the cluster took all of it."""
        try:
            self._remove()
            self._is_going = True
        except ApiError as error:
            self._tell(f"what this run made could not be deleted: {error}")
            self._tell(f"delete it by hand: {self.by_hand}")
            return False
        return True

    def _remove(self) -> None:
        spaces = [item for item in self._items if item.kind == "Namespace"]
        try:
            for item in spaces or reversed(self._items):
                self._delete(item)
        except ApiError as error:
            if spaces and error.reason is Reason.FORBIDDEN:
                self._without(spaces)
            raise

    def _without(self, spaces: list[Item]) -> None:
        """Delete what is inside at least, where the namespace itself may not be deleted."""
        for item in [item for item in reversed(self._items) if item not in spaces]:
            self._delete(item)
            self._items.remove(item)

    def _delete(self, item: Item) -> None:
        end = self._clock() + self._patience
        for pause in chain(_PAUSES, repeat(_PAUSES[-1])):
            error = self._tried(item)
            if not error:
                return
            if not error.reason.passes or self._clock() + pause > end:
                raise error
            if pause == _PAUSES[0]:
                self._tell(f"deleting is tried again: {error}")
            self._sleep(pause)

    def _tried(self, item: Item) -> ApiError | None:
        try:
            # In the background: the pods go by themselves once their DaemonSet is gone.
            self._api.delete(item.path, {"propagationPolicy": "Background"})
        except ApiError as error:
            is_going = error.reason in (Reason.NOT_FOUND, Reason.CONFLICT)
            return None if is_going else error
        return None

    def wait(self) -> None:
        """See the cluster finish what `remove` began; what takes longer is told, and no failure."""
        if not self._items or not self._is_going:
            return
        spaces = [item for item in self._items if item.kind == "Namespace"]
        end = self._clock() + self._patience
        try:
            while self._is_there(spaces):
                if self._clock() > end:
                    what = f"namespace {self._namespace}" if spaces else "the pods of this run"
                    self._tell(f"the cluster is still deleting {what}")
                    return
                self._sleep(_LOOK)
        except ApiError as error:
            self._tell(f"whether the cluster is done with deleting is not known: {error}")

    def _is_there(self, spaces: list[Item]) -> bool:
        if not spaces:
            path = f"/api/v1/namespaces/{self._namespace}/pods"
            return any(True for _ in Listing(self._api, path, {"labelSelector": self.selector}))
        try:
            again(lambda: self._api.get(spaces[0].path), self._sleep)
        except ApiError as error:
            if error.reason is Reason.NOT_FOUND:
                return False
            raise
        return True

    @property
    def selector(self) -> str:
        return f"{LABEL}={self._run}"


def _refused(item: Item, error: ApiError, namespace: str) -> str:
    """Say what would let the object be made, as far as the refusal tells."""
    kind = KINDS[item.kind]
    what = f"{item.kind} {item.name}"
    if refusals.is_of_rbac(error):
        told = refusals.denied(kind.right("create"), namespace, error)
        if item.kind == "Namespace":
            told += ", and --namespace NAME uses a namespace that exists"
        return told
    if "being terminated" in error.said:
        return f"namespace {namespace} is being deleted: wait until it is gone, or name another"
    if error.reason is Reason.NOT_FOUND:
        return f"there is no namespace {namespace}: without --namespace one is made"
    if error.reason is Reason.TOO_LARGE or "Too long: " in error.said:
        return (
            f"{what} is too large for this cluster ({error.said}): use --image with a registry "
            "that the nodes reach, in place of --zero-pull"
        )
    if error.reason is Reason.FORBIDDEN and "exceeded quota" in error.said:
        return f"a quota of namespace {namespace} refused {what}: {error.said}"
    if error.reason in (Reason.FORBIDDEN, Reason.INVALID, Reason.OTHER):
        return (
            f"the cluster refused {what}: {error.said}. If this is a rule of deployment safeguards "
            "or of an admission webhook, use a namespace that it leaves out: --namespace NAME"
        )
    return f"{what} could not be made: {error}"
