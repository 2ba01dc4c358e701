"""One cell of the matrix: a whole run beside one server that does one thing wrong."""

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from dataclasses import replace
from typing import NamedTuple

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud
from tests.faults import http, judging, tls
from tests.faults.servers import SERVERS, Server
from tests.faults.world import Bad, Endpoint

SECONDS = 3.0  # for a run in which something is waited for
AMPLE = 8.0  # for one in which nothing is: a busy machine must not make a time-out of it
USUAL = 20.0
EVIL = "20.81.4.9"  # where evil.example is, to which redirects lead
_AT_ONCE = 4  # runs that wait may do so beside each other


class Cell(NamedTuple):
    """Names of rows: in `servers.SERVERS`, in `http` or `tls`, in `cases.CASES`."""

    server: str
    fault: str
    world: str = "healthy"
    again: bool = False  # with all the time that a run usually has

    @property
    def waits(self) -> bool:
        return self.fault in (*http.WAITS, *tls.WAITS, "drop")


class Ran(NamedTuple):
    """What came of a cell; ``dialled`` is where connections went, ``paths`` what was asked of
    which host, ``bearers`` are the hosts that got an Authorization header.
    """

    seen: judging.Seen
    dialled: frozenset[Endpoint]
    paths: frozenset[tuple[str, str]]
    bearers: frozenset[str]


def faults(server: Server) -> tuple[str, ...]:
    """Name what this server can do wrong."""
    before = tls.endpoint_faults(server.endpoint) if server.whole else ()
    return (*before, *http.ANSWERS)


def run_all(cells: Iterable[Cell]) -> dict[Cell, Ran]:
    """Run cells, those beside each other that wait; what a library says on stderr is kept."""
    told = tuple(cells)
    at_once = _AT_ONCE if all(cell.waits for cell in told) else 1
    with redirect_stderr(io.StringIO()) as said, ThreadPoolExecutor(at_once) as pool:
        worlds = tuple(pool.map(_made, told))
    return {cell: _ran(bad, said.getvalue()) for cell, bad in zip(told, worlds, strict=True)}


def _made(cell: Cell) -> Bad:
    server = SERVERS[cell.server]

    def change(cloud: Cloud) -> None:
        server.change(cloud)
        cloud.controls["evil.example"] = (EVIL, "Internet")
        cases.CASES[cell.world](cloud)

    seconds = USUAL if cell.again else SECONDS if cell.waits else AMPLE
    bad = Bad(change=change, seconds=seconds)
    if cell.fault in http.ANSWERS:
        twist = http.ANSWERS[cell.fault]
        bad.twist = lambda request, truth: twist(request, truth) if server.asked(request) else truth
    elif cell.fault in tls.RAW:
        bad.raw[server.endpoint] = tls.RAW[cell.fault]
    elif cell.fault in tls.SIGNED:
        bad.signed[server.endpoint] = tls.SIGNED[cell.fault]
    else:
        bad.gone[server.endpoint] = tls.GONE[cell.fault]
    return bad.once()


def _ran(bad: Bad, said: str) -> Ran:
    assert bad.result is not None, "the world was not run"
    seen = judging.seen(bad.result, deadline=bad.seconds, spent=bad.spent)
    return Ran(
        seen=replace(seen, printed=seen.printed | {"stderr": said}),
        dialled=frozenset(bad.dialled),
        paths=frozenset((request.host, request.path) for request in bad.seen),
        bearers=frozenset(r.host for r in bad.seen if "authorization" in r.headers),
    )
