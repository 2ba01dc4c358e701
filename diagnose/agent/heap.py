"""Keeps a process that stays up as small as what it holds.

A run's threads last for less than a second, and glibc gives threads that ask for memory at the same
time a heap each: up to eight for each processor. None of them is given back, and each grows to what
the largest thread wanted that ever came by. On two processors that is half as much again as the
program needs after some hundred runs; on sixty-four, a pod's limit of memory.

Where the C library is another one, nothing is done: it has no such settings.
"""

import ctypes
import gc
from contextlib import suppress

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h; mallopt(3)
_HEAPS = 2


def trim() -> None:
    """Give back to the system what a run leaves; else it adds up to what the largest runs wanted.

    Objects that hold each other would wait for the collector: some eighty runs, twelve megabytes.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def bound() -> None:
    """Let all threads share two heaps."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _HEAPS)
