"""Ctrl-C, SIGTERM and SIGHUP while something of ours is in a cluster.

The first one ends the waiting, and what was made is deleted. While that goes on, one more is only
answered, and the one after it is obeyed.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptedRunError(Exception):
    """Somebody wants the run to end; ``number`` is the signal's."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"interrupted by {signal.Signals(number).name}")


class Interruption:
    """Holds the signals while the block runs; outside of the main thread it does nothing."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._is_held = False
        self._more = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves it
                    self._before[number] = signal.signal(number, self._came)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # it came from there

    def hold(self) -> None:
        """Let nothing interrupt what follows, as long as nobody insists."""
        self._is_held = True

    def _came(self, number: int, _frame: FrameType | None) -> None:
        if not self._is_held:
            self._is_held = True
            raise InterruptedRunError(number)
        self._more += 1
        if self._more > 1:
            raise InterruptedRunError(number)
        self._tell("what this run made is being deleted; once more leaves it there")
