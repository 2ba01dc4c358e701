"""Knows how to do a thing once though many threads ask for it at the same time."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Once:
    """Remembers what was made under each key; a second asker waits for the first."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gave for ``key`` the first time."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.RLock())
        with lock:
            if key not in self._made:
                self._made[key] = make()
            return cast(T, self._made[key])

    def made(self, key: str) -> Any:
        """Return what was made for ``key``, or None."""
        with self._lock:
            return self._made.get(key)
