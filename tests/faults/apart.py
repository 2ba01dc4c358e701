"""A process of its own whose memory has a limit: what swells there ends there."""

import ctypes
import multiprocessing
import resource
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

ROOM = 400 << 20  # bytes of address space above what the process has at its start
_STACK = 1 << 20  # bytes for each thread; Python's own frames need little of it
_M_ARENA_MAX = -8  # mallopt(3): without it each thread may reserve 64 MB that it never uses


def _bounded() -> None:
    """Load what runs load, keep the tests' fence, and forbid this process to grow."""
    import tests.conftest  # its import puts up the fence: nothing leaves for anything but loopback
    import tests.faults.cells  # noqa: F401 # loaded before the limit is known

    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    threading.stack_size(_STACK)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


class Apart:
    """Calls functions of importable modules in one such process, which it makes when needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, function: Callable[..., Any], *args: Any) -> Any:
        if self._pool is None:
            spawned = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawned, initializer=_bounded)
        try:
            return self._pool.submit(function, *args).result()
        except BrokenProcessPool:
            self.close()
            raise

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
