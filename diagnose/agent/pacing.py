"""Knows how long to wait until a target is asked again; a pure function of what was seen.

* It works: the interval.
* It just stopped working: soon, as it may have been a hiccup, or somebody is mending it already.
* It stays as it is: twice as long each time, up to an hour. What has been wrong for hours is known
  by now, asking does not mend it, and a thousand nodes that ask would add to it.
* It is wrong in another way than before: somebody is at it, so no longer than the interval.
* The registry said 429: at least twice the interval, and twice as long each time.
"""

from dataclasses import dataclass

from diagnose.agent.seen import Seen, Status

SHORTEST, LONGEST = 30.0, 3600.0  # seconds
_SPREAD = 0.1  # of a pause, to either side


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``interval`` is the pause between two runs of a target that works, in seconds."""

    interval: float

    def after(self, seen: Seen, before: Seen | None, pause: float) -> float:
        """Give the next pause; ``pause`` is the one that the run ``seen`` came after."""
        longest = max(self.interval, LONGEST)
        if seen.throttled:
            return min(longest, 2 * max(self.interval, pause))
        if seen.status is Status.HEALTHY:
            return self.interval
        if before is None or before.status is Status.HEALTHY:
            return min(self.interval, max(SHORTEST, self.interval / 10))
        if seen.code != before.code:
            return min(self.interval, pause)
        return min(longest, 2 * pause)

    def first(self, chance: float) -> float:
        """Give the pause before the first run: nodes that start together do not ask together."""
        return chance * min(SHORTEST, self.interval / 10)


def spread(pause: float, chance: float) -> float:
    """Give ``pause`` or a little more or less; ``chance`` is at least 0 and less than 1."""
    return pause * (1 - _SPREAD + 2 * _SPREAD * chance)
