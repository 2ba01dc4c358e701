"""Reads the verdict of pods that go on after they gave it, a few at a time."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as PassedError

from diagnose.grouping.digest import Digest
from diagnose.kubernetes.api import Api, ApiError
from diagnose.kubernetes.run import pods
from diagnose.kubernetes.run.pods import Pod

_AT_ONCE = 8
_LINES = "5"  # the verdict is the last one; something may have been written after it
_BYTES = str(1024 * 1024)


class Logs:
    """Each pod's log is asked for once with `ask`; `answers` gives what came meanwhile."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="logs")
        self._asked: dict[str, tuple[Pod, Future[Digest | None]]] = {}
        self._open: set[str] = set()
        self.error: ApiError | None = None

    def ask(self, pod: Pod) -> None:
        if pod.name not in self._asked and not (self.error and not self.error.reason.passes):
            self._asked[pod.name] = pod, self._pool.submit(self._read, pod)
            self._open.add(pod.name)

    def forget(self, name: str) -> None:
        """Let a log be asked for once more: it had no verdict yet."""
        if name not in self._open:
            self._asked.pop(name, None)

    def answers(self) -> Iterator[tuple[Pod, Digest]]:
        """Give the verdicts that were read since the last time."""
        for name in list(self._open):
            pod, future = self._asked[name]
            if future.done():
                self._open.discard(name)
                if digest := self._found(future):
                    yield pod, digest

    def wait(self, seconds: float) -> None:
        futures = [self._asked[name][1] for name in self._open]
        try:
            for _ in as_completed(futures, timeout=max(0.0, seconds)):
                pass
        except PassedError:
            return

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, pod: Pod) -> Digest | None:
        path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log"
        query = {"tailLines": _LINES, "limitBytes": _BYTES}
        if pod.container:
            query["container"] = pod.container
        return pods.verdict(self._api.get(path, query).decode(errors="replace"), pod.node)

    def _found(self, future: "Future[Digest | None]") -> Digest | None:
        try:
            return future.result()
        except ApiError as error:
            self.error = error
            return None
