"""A packet capture of one namespace's every device, written by a process in it.

Each frame stands in the file as its time, its length, its direction and its first bytes. The
reader is a dozen lines over AF_PACKET (https://www.man7.org/linux/man-pages/man7/packet.7.html), so
that no capture library stands between the wire and a test.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.e2e.namespace import Namespace, child_of

HEAD = struct.Struct("!dHB4s")  # seconds, length, direction, device
OUTGOING = socket.PACKET_OUTGOING
_EVERY = 0x0003  # ETH_P_ALL
_SOL_PACKET, _STATISTICS = (
    263,
    6,
)  # PACKET_STATISTICS: frames met, frames dropped; reading it sets both to 0
_FORCE = 33  # SO_RCVBUFFORCE
_READY, _WHOLE, _LOST = "READY", "WHOLE", "LOST"


class Frame(NamedTuple):
    seconds: float  # since the epoch
    outgoing: bool
    device: str
    data: bytes


class Capture:
    """Runs from when it is made until `stop`, which gives the frames in order."""

    def __init__(self, namespace: Namespace) -> None:
        self._file = namespace.folder / f"frames-{time.monotonic_ns()}"
        words = [sys.executable, "-m", "tests.e2e.capture", str(self._file)]
        self._process = namespace.popen(words, stdout=subprocess.PIPE)
        assert self._said() == _READY

    def stop(self) -> list[Frame]:
        os.kill(child_of(self._process.pid), signal.SIGTERM)  # its parent entered the namespace
        said = self._said()
        assert said == _WHOLE, f"the capture is not whole: {said}"
        self._process.wait(10)
        return list(_read(self._file))

    def _said(self) -> str:
        assert self._process.stdout
        return str(self._process.stdout.readline()).strip()


def _read(file: Path) -> Iterator[Frame]:
    data, at = file.read_bytes(), 0
    while at < len(data):
        seconds, size, direction, device = HEAD.unpack_from(data, at)
        at += HEAD.size
        name = device.rstrip(b"\0").decode()
        yield Frame(seconds, direction == OUTGOING, name, data[at : at + size])
        at += size


def main(file: str) -> None:
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY)) as reader,
        Path(file).open("wb") as out,
    ):
        reader.setsockopt(socket.SOL_SOCKET, _FORCE, 64 * 1024 * 1024)
        reader.settimeout(0.05)
        ended: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
        print(_READY, flush=True)
        while True:
            try:
                data, (device, _, direction, *_) = reader.recvfrom(65536)
            except TimeoutError:
                if ended:  # and nothing more is waiting
                    break
                continue
            kept = data[:4096]
            out.write(HEAD.pack(time.time(), len(kept), direction, device.encode()) + kept)
        lost = struct.unpack("II", reader.getsockopt(_SOL_PACKET, _STATISTICS, 8))[1]
    print(f"{_LOST} {lost}" if lost else _WHOLE, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
