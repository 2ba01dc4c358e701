"""Run one command and say what it took: ``python measuring.py LIMIT COMMAND...``.

LIMIT is in seconds; whoever runs longer is killed. Answers with one JSON object on stdout:

- ``seconds``: from the start of the command to its end;
- ``cpu``: seconds of user and system time of the command and of all that it waited for;
- ``peak_mb``: the most memory that its processes had resident together, looked up every 10 ms
  (a library that two of them share counts twice), and at least that of the largest one;
- ``code``, negative where it was killed; ``out`` and ``err``, what it printed.

It knows nothing of what it runs, and needs Linux.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_LOOK = 0.01  # seconds between two looks at the memory


def tree(pid: int) -> list[int]:
    """Give a process and all its descendants, but for a copy that has not begun its own program."""
    found = [(pid, _words(pid))]
    for one, words in found:
        with contextlib.suppress(OSError):  # it ended meanwhile
            for task in Path(f"/proc/{one}/task").iterdir():
                children = map(int, (task / "children").read_text().split())
                others = ((child, _words(child)) for child in children)
                found += [other for other in others if other[1] != words]
    return [one for one, _ in found]


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident(pid: int) -> int:
    """Give what a process has in memory now, in bytes; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def measured(limit: float, words: list[str]) -> dict[str, object]:
    """Run the command; give the figures and what it printed."""
    peak, ended = 0, threading.Event()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        begun = time.monotonic()
        process = subprocess.Popen(words, stdout=out, stderr=err, start_new_session=True)

        def watch() -> None:
            nonlocal peak
            while not ended.wait(_LOOK):
                peak = max(peak, sum(map(resident, tree(process.pid))))
                if time.monotonic() > begun + limit:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, 9)

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watcher.join()
        said = {}
        for name, stream in (("out", out), ("err", err)):
            stream.seek(0)
            said[name] = stream.read()
    return {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": max(peak, usage.ru_maxrss * 1024) / 1e6,
        "code": process.returncode,
        **said,
    }


if __name__ == "__main__":
    json.dump(measured(float(sys.argv[1]), sys.argv[2:]), sys.stdout)
