"""A process that stays up has as many heaps as it was told, however many threads come and go."""

import platform
import subprocess
import sys

import pytest

THREADS = """
import sys, threading
if sys.argv[1] == "bound":
    from diagnose.agent import heap
    heap.bound()
ready = threading.Barrier(17)
def work():
    ready.wait()
    kept = [bytearray(5000) for _ in range(200)]  # more than Python's own pools take
    ready.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
for one in threads: one.start()
ready.wait()
import ctypes
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = (ctypes.c_int, ctypes.c_void_p)
libc.fflush.argtypes = (ctypes.c_void_p,)
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
ready.wait()
"""


def heaps(how: str) -> int:
    """Give how many heaps glibc made for sixteen threads at once."""
    words = [sys.executable, "-c", THREADS, how]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have one heap")
def test_threads_share_two_heaps() -> None:
    assert heaps("bound") <= 2
    assert heaps("as it is") > 2, "or the line above would hold without us"
