"""A cable with a length: ``python -m tests.bench.distance PID PID`` joins two network namespaces.

Each gets an Ethernet device ``eth0``, and each frame arrives at the other end a while after it was
sent, so that what a program waits for is made of round trips as on a real network: SYNs, DNS and
TLS wait as HTTP does. A line on stdin sets that while, in seconds each way; ``READY`` answers it.
The kernel's own delay (netem) is a module that not every machine has.
"""

import contextlib
import ctypes
import fcntl
import heapq
import os
import select
import struct
import sys
import time
from pathlib import Path

_TUNSETIFF, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 0x0002, 0x1000  # linux/if_tun.h
_CLONE_NEWNET = 0x40000000
_FRAME = 1 << 16


def device(pid: int) -> int:
    """Make ``eth0`` in the network namespace of a process, and give its descriptor."""
    with Path(f"/proc/{pid}/ns/net").open() as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack("16sH22x", b"eth0", _IFF_TAP | _IFF_NO_PI)
    fcntl.ioctl(descriptor, _TUNSETIFF, request)
    return descriptor


def carry(one: int, other: int) -> None:
    """Carry frames both ways until stdin ends."""
    across = {one: other, other: one}
    under_way: list[tuple[float, int, int, bytes]] = []  # due, number, to, frame
    number, each_way = 0, 0.0
    while True:
        due = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        ready, _, _ = select.select([one, other, 0], [], [], due)
        now = time.monotonic()
        for source in ready:
            if source == 0:
                line = sys.stdin.readline()
                if not line:
                    return
                each_way = float(line)
                print("READY", flush=True)
                continue
            number += 1
            frame = os.read(source, _FRAME)
            heapq.heappush(under_way, (now + each_way, number, across[source], frame))
        while under_way and under_way[0][0] <= now:
            _, _, to, frame = heapq.heappop(under_way)
            with contextlib.suppress(OSError):  # that end is not up yet
                os.write(to, frame)


if __name__ == "__main__":
    ends = [device(int(pid)) for pid in sys.argv[1:3]]
    print("READY", flush=True)
    carry(*ends)
