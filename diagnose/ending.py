"""The end that a signal asks for: SIGINT (Ctrl-C), SIGTERM, SIGHUP.

While a run is under way, the first one ends the asking, as its deadline would: what is known by
then is judged and told. The second is obeyed at once, and a second after the first the program is
over, whatever it is about. Elsewhere a signal simply ends it.

The exit code is 128 and the signal's number, as shells have it; never one that speaks of a verdict.
"""

import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn, TypeVar

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 0.7  # seconds for judging, writing and printing what is known
_LAST = 0.2  # seconds for the clean-ups after that
# timeout(1) sends its signal to the program and then to the program's group: that is one wish.
_SAME = 0.25  # seconds
# A signal's handler runs between two steps of the main thread. One that comes just before a wait,
# or that the kernel gives to another thread, does not end the wait: so none is longer than this.
_NAP = 0.25  # seconds
T = TypeVar("T")


class Ending:
    """Whether the end was asked for: ``number`` is the first signal's, 0 as long as none came."""

    def __init__(self) -> None:
        self.number = 0
        self.is_late = False  # the second is over, and a last alarm is set
        self._at = 0.0
        self._wakes: list[Callable[[], None]] = []

    @property
    def why(self) -> str:
        """Say what it was, such as ``interrupted by SIGINT``."""
        return f"interrupted by {signal.Signals(self.number).name}" if self.number else ""

    def code(self, code: int) -> int:
        """Give the exit code of a run that would have ended with ``code``."""
        return 128 + self.number if self.number else code

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call ``wake`` when the end is asked for while the block runs; now if it was already.

        It is called between any two steps of the main thread, so it may not take a lock.
        """
        self._wakes.append(wake)
        try:
            if self.number:
                wake()
            yield
        finally:
            self._wakes.remove(wake)

    def rest(self, seconds: float) -> None:
        """Sleep, but no longer than until the end is asked for."""
        woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        with self.waking(lambda: woken.put(None)):
            heard(woken, seconds)

    def came(self, number: int, _frame: FrameType | None = None) -> None:
        """Take a signal."""
        if self.number:
            if time.monotonic() - self._at > _SAME:
                sys.exit(128 + self.number)
            return
        self.number, self._at = number, time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
        for wake in self._wakes:
            wake()

    def late(self, *_: object) -> NoReturn:
        """Take the alarm. The next one is the kernel's own: no clean-up that hangs outlasts it."""
        self.is_late = True
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, _LAST)
        sys.exit(128 + self.number)


NEVER = Ending()


def heard(source: "queue.SimpleQueue[T]", seconds: float) -> T | None:
    """Give what comes next, None where nothing does within ``seconds``; signals are heard."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > _NAP:
        with suppress(queue.Empty):
            return source.get(timeout=_NAP)
    with suppress(queue.Empty):
        return source.get(timeout=max(0.0, left))
    return None


@contextmanager
def heeded() -> Iterator[Ending]:
    """Let the first signal end what runs in the block, and tell it by what is given.

    Outside of the main thread, where Python hears no signal, it changes nothing.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {number: signal.signal(number, ending.came) for number in _heard()}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, ending.late)
    try:
        yield ending
    finally:
        if not ending.is_late:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)


def obeyed() -> None:
    """Let a signal end the program by way of its clean-ups, with an exit code of its own.

    Without this, click would give 1 after Ctrl-C, which says that a root cause was found.
    """
    for number in _heard():
        signal.signal(number, _obey)


def _heard() -> list[signal.Signals]:
    """Give the signals that are not ignored, as nohup and a shell's background leave them."""
    return [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


def _obey(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
