"""Bundles that were tampered with, at random: refused by `BundleError`, or judged; nothing else.

``python -m tests.fuzz.unpacking --seconds 600 --seed 1`` prints what it found, each kind once, with
the number that makes it again (``--only``). One run in four changes the file's bytes, one the
tar's, one the text of a JSON member and one its values; sums are mended, so that what lies behind
them is met. A bundle that is read is judged, and every report of it written.
"""

import argparse
import hashlib
import json
import resource
import signal
import sys
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from diagnose import reports
from diagnose.bundle import archive, judging, lines, reading, unpack
from diagnose.bundle.errors import BundleError
from diagnose.engine import Outcome
from tests.fuzz.mutation import Random, changed, places, replace
from tests.matrix import runs
from tests.scenarios.recorded import Recorded, told

Members = dict[str, bytes]

MANIFEST = "manifest.json"
SLOW = 1.0  # seconds of the processor, for everything that is done with one bundle
HANGS = 20.0  # seconds
MUCH = 400  # MB of the whole process, with the simulated Azure that the bundles come from


@cache
def bundles() -> tuple[Members, ...]:
    """Give what is read of some bundles, of stories with different faults, by two identities."""
    names = sorted(runs.BY_NAME)[::12]
    return tuple(_files(told(name, sees_azure=bool(i % 3))) for i, name in enumerate(names))


def _files(run: Recorded) -> Members:
    rows = "".join(lines.line_of(answer) + "\n" for answer in run.recording.answers)
    manifest = {"schema": 1, "tool": {"name": "acr-diagnose", "version": "0.1.0"}}
    return {
        MANIFEST: json.dumps({**manifest, "redacted": True, "salt_id": "1"}).encode(),
        lines.RUN: json.dumps(lines.run_of(run.recording)).encode(),
        lines.REPLIES: rows.encode(),
        lines.FACTS: json.dumps(lines.facts_of(run.result.facts)).encode(),
    }


def sealed(members: Members) -> bytes:
    """Pack members with a manifest that fits them, if theirs can be read at all."""
    try:
        manifest = json.loads(members[MANIFEST])
        manifest["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
            if name != MANIFEST
        }
        members = {**members, MANIFEST: json.dumps(manifest).encode()}
    except (KeyError, TypeError, ValueError, RecursionError):
        pass
    return archive.pack(members)


# One change


def of_bytes(chance: Random) -> bytes:
    """Change the file as it is."""
    return changed(chance, archive.pack(chance.choice(bundles())))


def of_tape(chance: Random) -> bytes:
    """Change the tar, mostly a header, whose sum is mended as often as not."""
    tape = bytearray(zlib.decompress(archive.pack(chance.choice(bundles())), 31))
    starts = [at for at in range(0, len(tape), 512) if tape[at + 257 : at + 262] == b"ustar"]
    for _ in range(chance.randint(1, 3)):
        start = chance.choice(starts)
        at = start + chance.choice(
            (0, 1, 99, 100, 124, 130, 135, 148, 156, 157, 257, 263, 345, 500)
        )
        value = chance.choice(
            (b"\0", b"7", b"x", b"L", b"\x80", b"\xff", b"/", b"..", b"A", bytes(20))
        )
        tape[at : at + len(value)] = value
        if chance.random() < 0.8:
            tape[start + 148 : start + 156] = b" " * 8
            tape[start + 148 : start + 156] = b"%06o\0 " % sum(tape[start : start + 512])
    raw = bytes(tape)
    if chance.random() < 0.3:
        raw = changed(chance, raw)
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    return deflate.compress(raw) + deflate.flush()


def of_text(chance: Random) -> bytes:
    """Change the text of one member."""
    members = dict(chance.choice(bundles()))
    name = chance.choice((MANIFEST, lines.RUN, lines.REPLIES, lines.FACTS))
    members[name] = changed(chance, members[name])
    return sealed(members)


def of_values(chance: Random) -> bytes:
    """Change values in one member, where its JSON stays what JSON is."""
    members = dict(chance.choice(bundles()))
    name = chance.choice((lines.RUN, lines.FACTS, lines.REPLIES, lines.REPLIES, MANIFEST))
    is_lines = name == lines.REPLIES
    texts = members[name].splitlines() if is_lines else [members[name]]
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(texts))
        document = [json.loads(texts[at])]
        found = list(places(document))
        for _ in range(chance.choice((1, 1, 3))):
            replace(chance, *chance.choice(found), _values())
        texts[at] = json.dumps(document[0]).encode() if document else b"null"
    if is_lines and chance.random() < 0.1:
        chance.shuffle(texts)
    members[name] = b"\n".join(texts) + b"\n" * is_lines
    return sealed(members)


@cache
def _values() -> tuple[Any, ...]:
    """Values of the right kind for some place, and of the wrong one for most."""
    rows = [json.loads(row) for one in bundles() for row in one[lines.REPLIES].splitlines()[::9]]
    return tuple(holder[key] for holder, key in places(rows))[::7]


# What is done with it


def used(blob: bytes) -> str:
    """Read, judge and report, as the program would; give how it ended."""
    try:
        bundle = reading.bundle(unpack.members(blob))
    except BundleError as error:
        if not str(error).isprintable() or len(str(error)) > 1200:
            raise AssertionError(f"a refusal that cannot be printed: {error!r}") from None
        return "refused"
    result = judging.judged(bundle.recording, bundle.facts)
    for render in reports.FORMATS.values():
        text = render(result)
        text.encode()
        if not all(line.isprintable() for line in text.split("\n")):
            at = next(line for line in text.split("\n") if not line.isprintable())
            raise AssertionError(f"a report that a terminal would obey: {at[:200]!r}")
    crashed = next((one for one in result.steps if one.outcome is Outcome.CRASHED), None)
    if crashed:
        raise AssertionError(f"{crashed.check.id} crashed: {crashed.traceback.splitlines()[-3:]}")
    return "judged"


class HangsError(BaseException):
    """Nothing that is fuzzed may catch it."""


def _ring(*_: object) -> None:
    raise HangsError


@dataclass
class Found:
    """What came of the runs: how they ended, and the first number of each kind of failure."""

    ended: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)

    def failed(self, kind: str, told: str) -> None:
        self.ended["failed"] += 1
        self.kinds[kind] += 1
        self.first.setdefault(kind, told)


WAYS: tuple[Callable[[Random], bytes], ...] = (of_bytes, of_tape, of_text, of_values)


def one(seed: int, number: int, found: Found) -> None:
    """Make and use one bundle."""
    chance = Random(f"{seed}:{number}")
    way = WAYS[number % len(WAYS)]
    blob = way(chance)
    began = time.process_time()
    try:
        how = used(blob)
    except (Exception, HangsError) as error:  # noqa: BLE001 each of them is a finding
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename.rpartition('main/')[2]}:{frames[-1].lineno}"
        said = str(error)[:60] if isinstance(error, AssertionError) else ""
        found.failed(f"{type(error).__name__} {place} {said}", f"--only {number}: {error!r:.600}")
    else:
        found.ended[f"{way.__name__} {how}"] += 1
    took = time.process_time() - began
    found.slowest = max(found.slowest, (took, number))
    if took > SLOW:
        found.failed("slow", f"--only {number}: {took:.2f} s of {way.__name__}")


def fuzz(seed: int, seconds: float, only: int | None = None) -> Found:
    """Go on for so long, or do one run again."""
    found = Found()
    before = signal.signal(signal.SIGALRM, _ring)
    end = time.monotonic() + seconds
    number = 0 if only is None else only
    try:
        while time.monotonic() < end:
            signal.setitimer(signal.ITIMER_REAL, HANGS)
            one(seed, number, found)
            number += 1
            if only is not None:
                break
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--only", type=int)
    given = parser.parse_args()
    bundles()
    found = fuzz(given.seed, given.seconds, given.only)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"seed {given.seed}: {sum(found.ended.values())} bundles in {time.process_time():.0f} s")
    print(f"of the processor, {peak} MB at the peak, the slowest")
    print(f"took {found.slowest[0]:.3f} s (number {found.slowest[1]})")
    for how, times in sorted(found.ended.items()):
        print(f"{times:8} {how}")
    for kind, times in found.kinds.most_common():
        print(f"{times:8} times: {kind}\n         {found.first[kind]}")
    return 1 if found.kinds or peak > MUCH else 0


if __name__ == "__main__":
    sys.exit(main())
