"""Asks several questions at the same time: two dead servers cost one time-out, not two."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


def started(thread: threading.Thread) -> bool:
    """Start a thread and say True; where this system gives no more, do its work here and say False.

    Memory runs out, or tasks do (RLIMIT_NPROC, a cgroup's pids.max): then it takes longer, no more.
    """
    try:
        thread.start()
    except (MemoryError, RuntimeError):
        thread.run()
        return False
    return True


class _Asking(threading.Thread, Generic[A, B]):
    """One question under way. A daemon, so that a stuck call cannot hold the program's end up,
    as the threads of concurrent.futures would.
    """

    def __init__(self, question: Callable[[A], B], argument: A) -> None:
        super().__init__(daemon=True)
        self._question, self._argument = question, argument
        self._answers: list[B] = []
        self._error: BaseException | None = None
        self._under_way = started(self)

    def run(self) -> None:
        try:
            self._answers.append(self._question(self._argument))
        except Exception as error:  # noqa: BLE001 raised again where the answer is wanted
            self._error = error

    def answer(self) -> B:
        if self._under_way:
            self.join()
        if self._error:
            raise self._error
        return self._answers[0]


class _Here(threading.local):
    in_turn = False


_here = _Here()


@contextmanager
def in_turn() -> Iterator[None]:
    """Let this thread's questions be asked one by one: of a world that never makes one wait."""
    before, _here.in_turn = _here.in_turn, True
    try:
        yield
    finally:
        _here.in_turn = before


def together(question: Callable[[A], B], arguments: Iterable[A]) -> list[B]:
    """Give ``question``'s answer for each argument, in order; raise what it raised."""
    if _here.in_turn:
        return [question(argument) for argument in arguments]
    asking = [_Asking(question, argument) for argument in arguments]
    return [one.answer() for one in asking]
