"""Uses inputs one after the other, and keeps the first of each kind of failure.

A failure is an exception, a result that is another one the second time, more than `SLOW` seconds of
the processor, more than `MUCH` memory, or a time that grows by more than the input does.
"""

import signal
import time
import traceback
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.mutation import Random
from tests.fuzz.target import Target, grown, made

SLOW = 2.0  # seconds of the processor for one input, which has some kilobytes
HANGS = 30.0  # seconds
MUCH = 200 << 20  # bytes that Python allocates for one input of some kilobytes
SHORT, LONG = 40_000, 160_000  # bytes of inputs whose times are compared
SLOWER = 9.0  # times: 4 is proportion, 16 the square
FELT = 0.25  # seconds that the long one takes at least, else nobody minds


class HangsError(BaseException):
    """Nothing that is fuzzed may catch it."""


def _ring(*_: object) -> None:
    raise HangsError


@dataclass
class Found:
    """What came of a target's inputs: how often each kind of failure, and how to see it again."""

    inputs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)

    def failed(self, kind: str, told: str) -> None:
        self.kinds[kind] += 1
        self.first.setdefault(kind, told)


def input_of(target: Target, seed: int, number: int) -> bytes:
    return made(target, Random(f"{target.name}:{seed}:{number}"))


def one(target: Target, seed: int, number: int, found: Found, *, grows: bool = True) -> None:
    """Make and use one input; each 25th is a long one, whose time is compared."""
    found.inputs += 1
    if grows and number % 25 == 24 and target.make is None:
        _compare(target, seed, number, found)
        return
    data = input_of(target, seed, number)
    began = time.process_time()
    if not used(target, data, number, found):
        return
    took = time.process_time() - began
    found.slowest = max(found.slowest, (took, number))
    if took > SLOW:
        found.failed("slow", f"--only {number}: {took:.2f} s for {len(data)} bytes")
    if number % 50 == 1:
        _weigh(target, data, number, found)


def used(target: Target, data: bytes, number: int, found: Found) -> bool:
    try:
        first, second = target.use(data), target.use(data)
    except (Exception, HangsError) as error:  # noqa: BLE001 each of them is a finding
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "site-packages" not in frame.filename]
        last = ours[-1] if ours else frames[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        said = str(error).partition(" has ")[0].partition(":")[0][:60]
        said = said if isinstance(error, AssertionError) else ""
        kind = f"{type(error).__name__} {place} {said}"
        found.failed(kind, f"--only {number}: {error!r:.500} for {data[:200]!r}")
        return False
    if first != second:
        found.failed("another result", f"--only {number}: {first!r:.200} and {second!r:.200}")
    return True


def _compare(target: Target, seed: int, number: int, found: Found) -> None:
    """See that four times the input takes about four times as long."""
    make = grown(target, Random(f"{target.name}:{seed}:{number}"))
    long, short = make(LONG), make(SHORT)
    took = _seconds(target, long, number, found)
    if took < FELT:
        return
    took = min(took, _seconds(target, long, number, found))
    brief = min(_seconds(target, short, number, found) for _ in range(2))
    if took > FELT and took / max(brief, 0.001) > SLOWER:
        told = f"{brief:.3f} s for {len(short)} bytes, {took:.3f} s for {len(long)}"
        found.failed("grows", f"--only {number}: {told}: ...{long[2000:2080]!r}")


def _seconds(target: Target, data: bytes, number: int, found: Found) -> float:
    began = time.process_time()
    try:
        target.use(data)
    except AssertionError:
        return 0.0  # met with short inputs as well, and told there
    except (Exception, HangsError) as error:  # noqa: BLE001 each of them is a finding
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} {place.name} of a long input"
        found.failed(kind, f"--only {number}: {error!r:.300}: ...{data[2000:2080]!r}")
        return 0.0
    return time.process_time() - began


def _weigh(target: Target, data: bytes, number: int, found: Found) -> None:
    tracemalloc.start()
    try:
        target.use(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    if peak > MUCH:
        found.failed("much memory", f"--only {number}: {peak >> 20} MB for {len(data)} bytes")


def fuzz(target: Target, seed: int, seconds: float, only: int | None = None) -> Found:
    """Go on for so long, or do one input again."""
    found = Found()
    before = signal.signal(signal.SIGALRM, _ring)
    end = time.monotonic() + seconds
    number = 0 if only is None else only
    try:
        while time.monotonic() < end:
            signal.setitimer(signal.ITIMER_REAL, HANGS)
            one(target, seed, number, found)
            number += 1
            if only is not None:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return found
