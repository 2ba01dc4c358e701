"""Other programs: they do not outlive this one."""

import os
import subprocess
import sys
import time

PROGRAM = """
import sys, threading, time
from diagnose.live import programs
words = ["sh", "-c", "sleep 60 & echo $$ >&2; wait"]
def work():
    programs.run(words, b"", {"PATH": "/usr/bin:/bin"}, 60.0, 100)
thread = threading.Thread(target=work, daemon=True)
thread.start()
while not programs._under_way:
    time.sleep(0.01)
time.sleep(0.3)
print(*programs._under_way)
"""


def test_what_is_under_way_at_the_end_ends_with_it_and_with_all_that_it_started():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=30
    )
    group = int(done.stdout)
    deadline = time.monotonic() + 5
    while is_there(group) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not is_there(group)


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
