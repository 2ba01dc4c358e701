"""How a run on many nodes is told on stderr: one line that is written over, or lines now and then.

On a terminal the line names the nodes that are still silent; elsewhere a plain line comes when more
nodes have answered, and not often.
"""

import time
from collections.abc import Callable
from typing import TextIO

from diagnose.kubernetes.run.board import Board
from diagnose.kubernetes.run.pods import Stage
from diagnose.terminal import can_rewrite, columns, put

_TICK = 0.25  # seconds between two lines on a terminal
_SELDOM = 10.0  # seconds between two lines elsewhere
_NAMED = 20  # silent nodes that may be named


class Progress:
    """Writes to ``stream`` unless ``quiet``; what has to be known is written all the same."""

    def __init__(
        self,
        stream: TextIO,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream, self._clock = stream, clock
        self._quiet = quiet
        self._rewrites = can_rewrite(stream)
        self._begun = clock()
        self._next = self._begun
        self._shown = 0  # columns that are to be wiped
        self._last = ""

    def tell(self, sentence: str) -> None:
        """Write a line that stays, also with ``-q``: it says what became of a person's cluster."""
        self.erase()
        put(self._stream, f"acr-diagnose: {sentence}\n")

    def note(self, sentence: str) -> None:
        """Write a line that stays, for those who want to follow."""
        if not self._quiet:
            self.tell(sentence)

    def board(self, board: Board) -> None:
        """Show where the nodes are."""
        now = self._clock()
        if self._quiet or now < self._next:
            return
        if self._rewrites:
            self._next = now + _TICK
            line = shown(board, now - self._begun, columns(self._stream) - 1)
            put(self._stream, f"\r{line:<{self._shown}}")
            self._shown = len(line)
            return
        line = counted(board)
        if line != self._last:
            self._next = now + _SELDOM
            self._last = line
            put(self._stream, f"acr-diagnose: {line}\n")

    def erase(self) -> None:
        if self._shown:
            put(self._stream, f"\r{'':<{self._shown}}\r")
            self._shown = 0


def counted(board: Board) -> str:
    """Give ``8 of 12 nodes answered, 2 under way, 1 stuck, 1 without a pod``."""
    stages = board.stages()
    total = len(board.places)
    others = (
        (stages[Stage.RUNNING] + stages[Stage.STARTING], "under way"),
        (stages[Stage.STUCK], "stuck"),
        (stages[Stage.WAITING], "without a pod"),
    )
    parts = [f"{stages[Stage.ANSWERED]} of {total} node{'s' * (total != 1)} answered"]
    return ", ".join([*parts, *(f"{count} {what}" for count, what in others if count)])


def shown(board: Board, seconds: float, width: int) -> str:
    """Give the line for a terminal: the counts, and who is silent, as far as there is room."""
    line = f"acr-diagnose: {counted(board)}, {seconds:.0f} s"
    silent = sorted(board.silent())
    for number, (name, place) in enumerate(silent[:_NAMED]):
        state = "" if place.stage is Stage.RUNNING else f" ({place.stage.value})"
        longer = line + (", " if number else "; waiting for ") + name + state
        more = len(silent) - number - 1
        if len(longer) + (len(f" and {more} more") if more else 0) > width:
            return f"{line} and {more + 1} more"[:width] if number else line[:width]
        line = longer
    more = len(silent) - _NAMED
    return (f"{line} and {more} more" if more > 0 else line)[:width]
