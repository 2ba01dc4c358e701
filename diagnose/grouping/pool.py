"""Judges many bundles, on all cores; what one of them does to its process ends with it.

The answers come in the order of the paths, whichever process was first, so the outcome depends on
no race. Each process judges one bundle after the other. One that dies or takes too long is
replaced, and only the bundle that it was at goes unread. A process ends by itself when its pipe
does, so none outlives this one, however it ends.
"""

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection

from diagnose.grouping import digest
from diagnose.grouping.digest import Row, Unread, named

Judge = Callable[[str], Row]

SECONDS = 10.0  # for one bundle; one takes milliseconds, and a reader's limits bound it to seconds
FEW = 16  # bundles; below that, starting processes takes longer than judging
_MOST_WORKERS = 32  # each takes some 50 MB
_STARTING = 60.0  # seconds
_DYING = 2.0  # seconds between the end of its pipe and its own
_AHEAD = 2048  # bundles that may be judged before the first unfinished one: a bound for memory
_CHUNK = 8  # paths that wait in a process, so that it never waits for the next


class WorkerError(Exception):
    """No process can be started."""


def workers_for(count: int) -> int:
    """Give how many processes are worth while for so many bundles; 0 is this one alone."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if count < FEW else min(cores or 1, _MOST_WORKERS, count // (FEW // 2))


def each(
    paths: Sequence[str],
    workers: int | None = None,
    *,
    seconds: float = SECONDS,
    judge: Judge = digest.of,
) -> Generator[Row, None, None]:
    """Give each path's row, in order. ``judge`` is a module's function, known by its name."""
    number = workers_for(len(paths)) if workers is None else workers
    if not number:
        return (_alone(path, seconds, judge) for path in paths)
    return _Pool(paths, number, seconds, judge).rows()


class _Worker:
    """One process, and the numbers of the paths that it has; it is at the first."""

    def __init__(self, judge: Judge) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, judge), daemon=True)
        with _undisturbed():
            self.process.start()
        theirs.close()
        self.todo: deque[int] = deque()
        self.ready = False
        self.since = time.monotonic()  # when it began with the first

    def give(self, number: int, path: str) -> None:
        if not self.todo and self.ready:
            self.since = time.monotonic()
        self.todo.append(number)
        self.pipe.send(path)

    def left(self, seconds: float) -> float:
        """Give for how many seconds to wait for it."""
        if self.ready and not self.todo:
            return _STARTING
        return self.since + (seconds if self.ready else _STARTING) - time.monotonic()

    def end(self, wait: float = 0.0) -> int | None:
        """Stop it, and give what it ended with if it did so by itself within ``wait`` seconds."""
        self.process.join(wait)
        code = self.process.exitcode
        self.process.kill()
        self.process.join(1)
        self.pipe.close()
        return code


class _Pool:
    def __init__(self, paths: Sequence[str], number: int, seconds: float, judge: Judge) -> None:
        self.paths, self.number, self.seconds, self.judge = paths, number, seconds, judge
        self.workers: list[_Worker] = []
        self.next = 0  # the first path that nobody has
        self.due = 0  # the first path whose row was not given
        self.done: dict[int, Row] = {}

    def rows(self) -> Generator[Row, None, None]:
        try:
            resource_tracker.ensure_running()  # else it would undo what `_undisturbed` does
            self.workers += [_Worker(self.judge) for _ in range(self.number)]
            while self.due < len(self.paths):
                self._hand_out()
                self._collect()
                while self.due in self.done:
                    self.due += 1
                    yield self.done.pop(self.due - 1)
        finally:
            for worker in self.workers:
                worker.end()

    def _hand_out(self) -> None:
        most = min(len(self.paths), self.due + _AHEAD)
        for worker in self.workers:
            while self.next < most and len(worker.todo) < _CHUNK:
                try:
                    worker.give(self.next, self.paths[self.next])
                except OSError:  # it is dead, which `_collect` will see
                    worker.todo.pop()
                    break
                self.next += 1

    def _collect(self) -> None:
        """Wait until a process has something to say, or none can be waited for any longer."""
        by_pipe = {worker.pipe: worker for worker in self.workers}
        wait = min(worker.left(self.seconds) for worker in self.workers)
        for pipe in connection.wait(list(by_pipe), timeout=max(0.0, wait)):
            worker = by_pipe[pipe]  # type: ignore[index]  # only pipes were given
            try:
                self._hear(worker, worker.pipe.recv())
            except (EOFError, OSError):
                self._replace(worker, worker.end(_DYING))
        for worker in self.workers:
            if worker.left(self.seconds) <= 0:
                worker.end()
                self._replace(worker, None)

    def _hear(self, worker: _Worker, row: Row | None) -> None:
        worker.since = time.monotonic()
        if row is None:
            worker.ready = True
        else:
            self.done[worker.todo.popleft()] = row

    def _replace(self, worker: _Worker, code: int | None) -> None:
        """Put a new one in the place of one that ended with ``code``, or took too long."""
        because = (
            _late(self.seconds) if code is None else f"the process that judged it {_how(code)}"
        )
        if not worker.ready:
            raise WorkerError(f"no bundle was judged: {because}, before it could start")
        if worker.todo:
            number = worker.todo.popleft()
            self.done[number] = Unread(name=named(self.paths[number]), because=because)
        fresh = _Worker(self.judge)
        self.workers[self.workers.index(worker)] = fresh
        for number in worker.todo:
            fresh.give(number, self.paths[number])


def _late(seconds: float) -> str:
    return f"it was not judged within {seconds:g} s"


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was killed, as happens when memory runs out"
    return f"ended with signal {-code}" if code < 0 else f"ended with exit code {code}"


def _serve(pipe: Connection, judge: Judge) -> None:
    """Judge what comes, until nothing can come any more; runs in a process of its own."""
    gc.freeze()  # what was imported stays; looking through it again and again takes a tenth
    try:
        pipe.send(None)
        while True:
            pipe.send(judge(pipe.recv()))
    except (EOFError, OSError):
        return


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that no Ctrl-C reaches: it is this one that ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _TooLongError(BaseException):
    """No `Exception`, which the engine would take for a check's own."""


def _alone(path: str, seconds: float, judge: Judge) -> Row:
    """Judge in this process; only its main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        return judge(path)
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return judge(path)
    except _TooLongError:
        return Unread(name=named(path), because=_late(seconds))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _interrupt(_number: int, _frame: object) -> None:
    raise _TooLongError
