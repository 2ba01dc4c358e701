"""A signal is heard at once, whichever of the agent's threads the kernel gives it to."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from diagnose.agent import front
from diagnose.agent.loop import Again, Inbox, Stop

LONG = 5.0  # seconds: the loop's own tick


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Give an inbox that this process's signals are put into while the test lasts."""
    heard = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in heard}
    made = Inbox()
    front.on_signals(made)
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def sent_elsewhere(number: signal.Signals) -> threading.Thread:
    """Signal a thread that is not the main one, a moment from now: no wait of main's is broken."""

    def work() -> None:
        time.sleep(0.1)
        signal.pthread_kill(threading.get_ident(), number)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (signal.SIGTERM, Stop("SIGTERM")),
        (signal.SIGINT, Stop("SIGINT")),
        (signal.SIGHUP, Again()),
    ],
)
def test_a_signal_that_wakes_nobody_is_heard_within_a_second(
    inbox: Inbox, number: signal.Signals, message: object
) -> None:
    begun = time.monotonic()
    thread = sent_elsewhere(number)
    heard = inbox.get(LONG)
    took = time.monotonic() - begun
    thread.join()

    assert heard == message
    assert took < 1.0


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.6])
def test_nothing_comes_after_as_long_as_was_said(seconds: float) -> None:
    begun = time.monotonic()
    heard = Inbox().get(seconds)
    took = time.monotonic() - begun

    assert heard is None
    assert seconds <= took < seconds + 1.0
