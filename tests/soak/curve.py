"""How a figure went over a soak: windows, their level, and the slope through them.

The slope is Theil and Sen's, the median of the slopes between every two windows: a few windows that
stand out do not move it. https://en.wikipedia.org/wiki/Theil-Sen_estimator
"""

from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

WINDOWS = 30  # the measured part is cut into as many


def windows(values: Sequence[float], into: int = WINDOWS) -> list[Sequence[float]]:
    """Cut ``values`` into parts of nearly the same length, in order, none of them empty."""
    into = min(into, len(values))
    edges = [round(number * len(values) / into) for number in range(into + 1)]
    return [values[begin:end] for begin, end in pairwise(edges)]


def growth(values: Sequence[float]) -> float:
    """Give by how much ``values`` grew from the first to the last, by the slope through them."""
    if len(values) < 2:
        return 0.0
    slopes = [
        (later - earlier) / (there - here)
        for (here, earlier), (there, later) in combinations(enumerate(values), 2)
    ]
    return median(slopes) * (len(values) - 1)


def lows(values: Sequence[float]) -> list[float]:
    """Give the lowest of each window: what is in use when nothing is left over from a run."""
    return [min(part) for part in windows(values)]


def levels(values: Sequence[float]) -> list[float]:
    """Give the median of each window."""
    return [median(part) for part in windows(values)]
