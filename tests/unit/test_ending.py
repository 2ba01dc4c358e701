"""The end that a signal asks for: what it wakes, and when it is obeyed at once."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from diagnose import ending
from diagnose.ending import Ending


@pytest.fixture(autouse=True)
def no_alarm() -> Iterator[None]:
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("diagnose.ending.time.monotonic", lambda: now[0])
    return now


def test_it_wakes_who_waits_and_gives_its_own_code() -> None:
    end, heard = Ending(), queue.SimpleQueue[str]()
    with end.waking(lambda: heard.put("one")):
        assert (heard.qsize(), end.code(3), end.why) == (0, 3, "")
        end.came(signal.SIGTERM)

    assert heard.get_nowait() == "one"
    assert (end.code(3), end.code(0), end.why) == (143, 143, "interrupted by SIGTERM")


def test_who_begins_to_wait_afterwards_is_woken_at_once() -> None:
    end, heard = Ending(), []
    end.came(signal.SIGINT)
    with end.waking(lambda: heard.append("one")):
        assert heard == ["one"]


def test_who_waits_no_more_is_not_woken() -> None:
    end, heard = Ending(), []
    with end.waking(lambda: heard.append("one")):
        pass
    end.came(signal.SIGINT)

    assert heard == []


def test_a_rest_is_as_long_as_told_or_until_then() -> None:
    begun, end = time.monotonic(), Ending()
    end.rest(0.05)
    assert time.monotonic() - begun >= 0.05
    end.came(signal.SIGINT)
    end.rest(600.0)
    assert time.monotonic() - begun < 60


def test_one_wish_may_come_twice(clock: list[float]) -> None:
    """As from timeout(1), which tells the program and its group."""
    end = Ending()
    end.came(signal.SIGTERM)
    clock[0] += 0.01
    end.came(signal.SIGTERM)

    assert end.number == signal.SIGTERM


def test_the_second_wish_is_obeyed_at_once(clock: list[float]) -> None:
    end = Ending()
    end.came(signal.SIGINT)
    clock[0] += 0.5
    with pytest.raises(SystemExit) as over:
        end.came(signal.SIGTERM)

    assert over.value.code == 128 + signal.SIGINT


def test_the_handlers_are_those_of_before_when_it_is_over() -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with ending.heeded() as end:
        os.kill(os.getpid(), signal.SIGHUP)
        end.rest(60.0)
        assert end.number == signal.SIGHUP
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0

    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert [
        signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ] == before


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending.heeded() as end:
            os.kill(os.getpid(), signal.SIGHUP)
            end.rest(0.05)
            assert end.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_outside_of_the_main_thread_nothing_changes() -> None:
    """`run` of a program that uses this one as a library."""
    before, seen = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with ending.heeded() as end:
            seen.append((end.number, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [(0, before)]


HANGS = """
import atexit, os, signal, time
from diagnose import ending
{more}
with ending.heeded() as end:
    os.kill(os.getpid(), signal.SIGTERM)
    while True:
        time.sleep(0.01)
"""
DEAF = "atexit.register(time.sleep, 600)"


@pytest.mark.parametrize(("more", "code"), [("", 143), (DEAF, -signal.SIGALRM)])
def test_a_program_that_hangs_is_over_all_the_same(more: str, code: int) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGS.format(more=more)],
        check=False,
        capture_output=True,
        timeout=30,
    )

    assert (done.returncode, done.stderr) == (code, b"")
    assert time.monotonic() - begun < 10
