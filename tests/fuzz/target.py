"""What is fuzzed: a row with seeds and a use of some bytes, and the inputs made of seeds."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.fuzz.mutation import Random, changed, places, replace

# What texts trip over: other alphabets' digits and spaces, letters that change their length with
# their case, marks that a terminal obeys, halves of characters.
WORDS = tuple(
    word.encode("utf-8", "surrogatepass")
    for word in (
        "\u00b2", "\u0661", "\u2460", "\u0130", "\u00df", "\ufb01", "\u2028", "\u0085", "\u3000",
        "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\U000e0041", "\x1b]0;x\x07", "\x1b[2J",
        "\x9b2J", "\r", "\r\n", "\t", "\x1c", "\v", "\x7f", "-1", "1e5", "0x1", "%0a", "%", "&#10;",
        "://", "@", "//", "..", "a.b", "*", "?", "#", "=", ";", "'", "()", "\\", "\\x1b", "$(x)",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``use`` raises what is a finding, and gives the same for the same bytes.

    ``make`` makes the bytes where changing a seed would not get far.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    use: Callable[[bytes], object]
    words: tuple[bytes, ...] = ()
    make: Callable[[Random], bytes] | None = None


def made(target: Target, chance: Random) -> bytes:
    """Make an input: a seed that was changed."""
    if target.make:
        return target.make(chance)
    return mutant(chance, target.seeds(), target.words)


def mutant(chance: Random, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """Change one of ``seeds``: its values where it is JSON, its lines, or its bytes."""
    data = chance.choice(seeds)
    how = chance.random()
    if how < 0.5:
        told = _document(chance, data, seeds)
        if told is not None:
            return told
    if how < 0.1:
        other = chance.choice(seeds)
        return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]
    if how < 0.2:
        lines = data.split(b"\n")
        chance.shuffle(lines)
        return b"\n".join(lines * chance.choice((1, 1, 2)))
    return changed(chance, data, (*WORDS, *words))


def _document(chance: Random, data: bytes, seeds: Sequence[bytes]) -> bytes | None:
    try:
        document = [json.loads(data)]
    except (ValueError, RecursionError):
        return None
    others = _values(tuple(seeds[:40]))
    for _ in range(chance.choice((1, 1, 1, 2, 5, 20))):
        found = list(places(document))
        if found:
            replace(chance, *chance.choice(found), others)
    return json.dumps(document[0]).encode() if document else b"null"


@cache
def _values(seeds: tuple[bytes, ...]) -> tuple[Any, ...]:
    found = []
    for seed in seeds:
        try:
            found += [holder[key] for holder, key in places([json.loads(seed)])]
        except (ValueError, RecursionError):
            continue
    return tuple(found[:: max(1, len(found) // 2000)])


def grown(target: Target, chance: Random) -> Callable[[int], bytes]:
    """Give a maker of inputs of a size: one piece of a seed over and over, the rest around it."""
    data = chance.choice(target.seeds()) if target.seeds() else b""
    if chance.random() < 0.5:
        data = changed(chance, data, (*WORDS, *target.words))
    start = chance.randrange(len(data) + 1)
    pump = data[start : start + chance.choice((1, 2, 3, 5, 10, 30, 200))]
    if chance.random() < 0.3 or not pump:
        pump = chance.choice((*WORDS, *target.words, b" ", b"a", b'"', b'\\"', b"[", b"{", b"\n"))
    before, after = data[:start][-2000:], data[start + len(pump) :][:2000]

    def make(size: int) -> bytes:
        room = size - len(before) - len(after)
        return before + pump * max(1, room // len(pump)) + after

    return make
