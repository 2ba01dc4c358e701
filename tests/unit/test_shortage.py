"""A process that is given too little: no threads, no files, no memory, no room for its report."""

import errno
import io
import sys
import threading
from collections.abc import Callable

import pytest

from checks.replies import Trouble
from checks.together import started, together
from diagnose.front import guarded
from diagnose.live.deadline import Deadline
from diagnose.live.trouble import failed
from diagnose.live.watch import Watch, current


@pytest.fixture(name="no_thread", params=[RuntimeError, MemoryError])
def _no_thread(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_thread: threading.Thread) -> None:
        raise request.param("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)


def test_what_gets_no_thread_is_done_at_once(no_thread: None) -> None:
    seen: list[int] = []

    under_way = started(threading.Thread(target=lambda: seen.append(1)))

    assert (under_way, seen) == (False, [1])


def test_what_gets_a_thread_is_under_way() -> None:
    go_on = threading.Event()

    assert started(threading.Thread(target=go_on.wait, args=(10,), daemon=True))
    go_on.set()


def test_questions_without_threads_are_asked_in_order(no_thread: None) -> None:
    asked: list[int] = []

    def question(number: int) -> int:
        asked.append(number)
        return 6 // number

    assert together(question, [1, 2, 3]) == [6, 3, 2]
    assert asked == [1, 2, 3]
    with pytest.raises(ZeroDivisionError):
        together(question, [1, 0])


def test_an_exchange_goes_on_without_the_thread_that_would_cut_it(no_thread: None) -> None:
    with Watch(5.0) as watch:
        assert current() is watch
        assert 0.0 < watch.left() <= 5.0
    assert current() is not watch


@pytest.mark.parametrize(
    "error",
    [MemoryError(), OSError(errno.EMFILE, "files"), OSError(errno.ENOMEM, "memory")],
    ids=["memory", "files", "the kernel's memory"],
)
def test_a_shortage_here_is_no_word_about_the_path(error: Exception) -> None:
    outer = ValueError("a library's own")
    outer.__cause__ = error

    with pytest.raises(type(error)):
        failed(error, Deadline(5.0))
    with pytest.raises(ValueError):
        failed(outer, Deadline(5.0))


def test_a_refusal_still_is_one() -> None:
    error = OSError(errno.ECONNREFUSED, "refused")

    assert failed(error, Deadline(5.0)).trouble is Trouble.REFUSED


class Full(io.StringIO):
    """A stdout whose disk is full."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("out", "code"), [(Full, 5), (io.StringIO, 1)], ids=["full", "room"])
def test_a_report_that_cannot_be_written_is_one_line(
    out: Callable[[], io.StringIO],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdout", out())

    assert guarded(lambda: ("report", 1), "text", "") == code

    told = "acr-diagnose: the report cannot be written: No space left on device\n"
    assert capsys.readouterr().err == (told if code == 5 else "")
