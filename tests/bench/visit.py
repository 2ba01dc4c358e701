"""One run in a namespace of `tests.bench.serve`: ``python -m tests.bench.visit PLACES``.

It prints, as JSON, when each check began and how long it took, and which round trips it made: a
look-up, a SYN, a TLS handshake and a request are one each. The process is new, as a person's is, so
its imports count; what a process costs before `front` is imported does not (test_start.py).
"""

import http.client
import json
import os
import pickle
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from checks.contract import Check
from checks.ports import World
from checks.target import Asked
from diagnose.live.dialer import Dialer
from diagnose.runs import demonstration

OUTSIDE = "ACR_BENCH_OUTSIDE"  # the network namespace in which nothing may be sent

_here = threading.local()
_trips: list["Trip"] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A wait for the other side, by whom; both moments in seconds since the run's start."""

    check: str
    kind: str
    began: float
    ended: float


class Straight(Mapping[tuple[str, int], tuple[str, int]]):
    """Detours that lead where they come from: the servers have the real addresses here."""

    def __getitem__(self, key: tuple[str, int]) -> tuple[str, int]:
        return key

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def __len__(self) -> int:
        return 1  # an empty one would count as none


def counted(owner: type, name: str, kind: str) -> None:
    """Write down each call of a method as a round trip of the check that it is made for."""
    real: Callable[..., Any] = getattr(owner, name)

    @wraps(real)
    def method(*args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        try:
            return real(*args, **kwargs)
        finally:
            check, ended = getattr(_here, "check", ""), time.monotonic()
            _trips.append(Trip(check=check, kind=kind, began=began, ended=ended))

    setattr(owner, name, method)


def inherited() -> None:
    """Let a thread speak for the check that started it."""
    start = threading.Thread.start

    def started(self: threading.Thread) -> None:
        self.asked_by = getattr(_here, "check", "")  # type: ignore[attr-defined]
        ran = self.run

        def work() -> None:
            _here.check = self.asked_by  # type: ignore[attr-defined]
            ran()

        self.run = work  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = started  # type: ignore[method-assign]


def lens(check: Check, world: World) -> World:
    _here.check = check.id
    return world


def visit(places: dict[str, str]) -> dict[str, Any]:
    # As an object: whatever told the story would import what a run imports by itself.
    cloud = pickle.loads(Path(places["cloud"]).read_bytes())  # noqa: S301 `serve` wrote it
    options = demonstration.options_of(
        cloud,
        detours=Straight(),
        root=places["root"],
        ca_file=places["ca_file"],
        docker_host=places["docker_host"],
        cri_socket=places["cri_socket"],
    )
    for owner, name, kind in (
        (Dialer, "connect", "tcp"),
        (Dialer, "query", "dns"),
        (ssl.SSLContext, "wrap_socket", "tls"),
        (http.client.HTTPConnection, "getresponse", "http"),
    ):
        counted(owner, name, kind)
    inherited()
    before = set(sys.modules)
    began, cpu = time.monotonic(), time.process_time()
    from diagnose import front, session

    asked = Asked(text=places["image"])
    with front.live(asked, options, quiet=True, verbose=False) as (world, on_step):
        seconds = options.timeout
        result = session.diagnose(asked, world, seconds=seconds, on_step=on_step, lens=lens)
    wall = time.monotonic() - began
    return {
        "wall": wall,
        "seconds": result.seconds,
        "cpu": time.process_time() - cpu,
        "imported": len(set(sys.modules) - before),
        "cause": result.verdict.primary.cause.id if result.verdict.primary else "",
        "status": str(result.verdict.status),
        "steps": [
            {"check": s.check.id, "outcome": str(s.outcome), "began": s.began, "took": s.took}
            for s in result.steps
        ],
        "trips": [
            asdict(trip) | {"began": trip.began - began, "ended": trip.ended - began}
            for trip in _trips
        ],
    }


if __name__ == "__main__":
    if os.readlink("/proc/thread-self/ns/net") == os.environ[OUTSIDE]:
        raise SystemExit("this would ask the real world: run it in a namespace of its own")
    print(json.dumps(visit(json.loads(sys.argv[1]))))
