"""Knows how long anything may take: one clock for the run, one limit for each kind of call."""

import time
from dataclasses import dataclass, fields, replace

_AMPLE = 12.0  # seconds for a run in which every call may take as long as it usually may


class DeadlinePassedError(Exception):
    """The run's time was used up before the call began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for each kind of call, and the caps in bytes. Tests shorten them."""

    lookup: float = 5.0
    connect: float = 3.0
    connect_first: float = 1.5  # of two tries; Linux sends a SYN again after a second
    read: float = 5.0
    exchange: float = 8.0
    imds_connect: float = 1.0
    imds_exchange: float = 3.0
    imds_pause: float = 0.5
    dns_try: float = 2.0
    dns_tries: int = 2
    retry_after: float = 2.0
    credential: float = 8.0
    docker: float = 5.0
    plugin: float = 8.0
    body: int = 4 * 1024 * 1024

    @staticmethod
    def within(seconds: float) -> "Limits":
        """Give the limits for a run of ``seconds``; in a short one, each call may take less.

        Otherwise a path that swallows packets would still be waited for when the time is up, and
        a fault that is plain to see would come out as inconclusive.
        """
        usual, part = Limits(), min(1.0, seconds / _AMPLE)
        waits = (kind.name for kind in fields(Limits) if kind.type is float)
        return replace(usual, **{name: getattr(usual, name) * part for name in waits})


class Deadline:
    """The moment at which the whole run has to be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, never less than zero."""
        return max(0.0, self._end - time.monotonic())

    def cap(self, seconds: float) -> float:
        """Return ``seconds`` or what is left of the run; raise when that is nothing."""
        left = self.left()
        if left <= 0.0:
            raise DeadlinePassedError
        return min(seconds, left)
