"""Puts the agent together: the loop, who is told of each run, the signals and the exit code."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, write_to_textfile

from checks.target import UsageError
from diagnose import __version__
from diagnose.agent import asking, heap, loop, metrics, server
from diagnose.agent.board import Board
from diagnose.agent.log import Log
from diagnose.agent.loop import Again, Inbox, Loop, Stop
from diagnose.agent.pacing import Pace
from diagnose.agent.seen import Seen
from diagnose.agent.settings import Settings
from diagnose.live.options import Options

_UNWRITTEN = 5
_GRACE = 10.0  # seconds beyond its deadlines after which a run will not come back
_BREATHLESS = 30.0  # seconds without a sign of the loop after which it is not alive


class Agent:
    """One process of it; `run` ends with the exit code. ``options`` are those of each run."""

    def __init__(
        self,
        settings: Settings,
        options: Options,
        *,
        log: Log | None = None,
        ask: Callable[[str], Seen] | None = None,
    ) -> None:
        self.settings, self.log = settings, log or Log()
        self.board = Board(settings.asked)
        self.metrics: CollectorRegistry = metrics.of(self.board)
        self.loop = Loop(
            tuple(settings.asked),
            ask or (lambda registry: asking.ask(settings.asked[registry], options)),
            self._tell,
            pace=Pace(interval=settings.interval),
            limit=2 * options.timeout + _GRACE,
            once=settings.once,
        )
        self._unwritten = ""

    def run(self) -> int:
        """Stay up until a signal; raise `UsageError` where the server cannot listen."""
        with self._serving() as place:
            self.log.write(
                "info",
                "start",
                version=__version__,
                registries=tuple(self.settings.asked),
                interval=self.settings.interval,
                listen=place,
                textfile=str(self.settings.textfile or ""),
            )
            code = self.loop.run()
        if self.settings.once and self._unwritten:
            code = _UNWRITTEN
        level, why = ("info", "") if code == loop.STOPPED else ("error", "see above")
        if code == loop.CROWDED:
            why = "too many threads hang; a new process is needed"
        self.log.write(level, "stop", code=code, why=why)
        return code

    def alive(self) -> bool:
        return self.loop.age() < _BREATHLESS

    @contextmanager
    def _serving(self) -> Iterator[str]:
        """Serve while the block runs, and give where."""
        wanted = self.settings.listen
        if wanted is None:
            yield ""
            return
        answers = server.handler(self.metrics, alive=self.alive, ready=lambda: self.board.complete)
        try:
            made = server.Server(wanted, answers)
        except OSError as error:
            where = f"--listen {server.shown(wanted)}"
            raise UsageError(f"{where} is not to be had: {error.strerror}") from None
        try:
            yield server.shown(made.place)
        finally:
            made.close()

    def _tell(self, registry: str, seen: Seen, before: Seen | None) -> None:
        self.board.put(registry, seen)
        self.log.verdict(registry, seen, before)
        if self.settings.textfile:
            self._write(str(self.settings.textfile))
        heap.trim()

    def _write(self, path: str) -> None:
        """Write the file for node_exporter; a full disk is told once, and tried again next time."""
        try:
            write_to_textfile(path, self.metrics)
            why = ""
        except OSError as error:
            why = error.strerror or type(error).__name__
        if why and why != self._unwritten:
            self.log.write("error", "textfile", path=path, why=why)
        self._unwritten = why


def on_signals(inbox: Inbox) -> None:
    """Let SIGTERM and SIGINT end the loop, and SIGHUP ask everybody now."""
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_, name=name: inbox.put(Stop(name)))
    signal.signal(signal.SIGHUP, lambda *_: inbox.put(Again()))


def run(settings: Settings, options: Options) -> int:
    """Run the agent in this process, as its signals' owner."""
    heap.bound()
    agent = Agent(settings, options)
    on_signals(agent.loop.inbox)
    return agent.run()
