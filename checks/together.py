"""Asks several questions at the same time: two dead servers cost one time-out, not two."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def together(question: Callable[[A], B], arguments: Iterable[A]) -> list[B]:
    """Give ``question``'s answer for each argument, in order."""
    asked = list(arguments)
    if len(asked) < 2:
        return [question(argument) for argument in asked]
    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        return list(pool.map(question, asked))
