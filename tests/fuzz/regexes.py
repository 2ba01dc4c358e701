"""Whether a regular expression of the program can be made slow by the text that it reads.

Python's `re` holds the interpreter's lock: a search that takes a minute is a minute in which no
deadline and no Ctrl-C counts. So each expression that meets foreign text has to take time in
proportion to the text. Here texts are made from the expression itself, one piece of a fitting text
is repeated, and a text four times as long is timed beside it.
"""

import importlib
import inspect
import pkgutil
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import checks
import diagnose

try:
    from re import _constants as codes
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as codes
    import sre_parse as parser

SHORT, LONG = 1_000, 4_000  # characters
SLOWER = 9.0  # times, for a text four times as long: 4 is proportion, 16 is the square
FELT = 0.001  # seconds; less is not worth comparing
AGAIN = 16_000  # characters of a third text, which tells the square from a busy machine
_OWN = "diagnose.lab."  # the simulation, which reads what our own program sends
_ODD = ("", "\0", "!", " ", "\n", '"', "a", "é")
_WHOLE = ("match", "fullmatch")
_ANYWHERE = ("search", "findall", "finditer", "sub", "subn", "split")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled expression, where it stands, and how it is used there."""

    place: str  # module:NAME
    pattern: re.Pattern[Any]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    place: str
    text: str  # the opening of the long text
    times: float  # how much longer the long text took
    seconds: float


def expressions() -> Iterator[Expression]:
    """Give every expression that a module of the program keeps, alone or in a table."""
    for package in (checks, diagnose):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__") and not found.name.startswith(_OWN):
                yield from _of(importlib.import_module(found.name))


def _of(module: Any) -> Iterator[Expression]:
    source = inspect.getsource(module)
    for name, value in vars(module).items():
        for pattern in _patterns(value, 3):
            methods = re.findall(rf"\b{name}\.(\w+)\b", source)
            anywhere = [one for one in methods if one in _ANYWHERE]
            whole = [one for one in methods if one in _WHOLE]
            method = "search" if anywhere or not whole else whole[0]
            yield Expression(place=f"{module.__name__}:{name}", pattern=pattern, method=method)


def _patterns(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, (tuple, list, frozenset)):
        for one in value:
            yield from _patterns(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in value.values():
            yield from _patterns(one, depth - 1)


def slow(one: Expression, chance: random.Random, tries: int) -> Slow | None:
    """Look for a text that the expression takes too long for."""
    tree = parser.parse(one.pattern.pattern, one.pattern.flags & ~re.DEBUG)
    use = getattr(one.pattern, one.method)
    for _ in range(tries):
        make = _text(tree, chance)
        if isinstance(one.pattern.pattern, bytes):
            short, long = (make(size).encode("latin-1", "replace") for size in (SHORT, LONG))
        else:
            short, long = make(SHORT), make(LONG)
        if _seconds(use, long) < FELT:
            continue
        took = min(_seconds(use, long) for _ in range(3))
        times = took / max(1e-9, min(_seconds(use, short) for _ in range(5)))
        if took >= FELT and times > SLOWER:
            # A hiccup of the machine does not come twice, and five times the text is five times.
            third = make(AGAIN)
            longest = third.encode("latin-1", "replace") if isinstance(long, bytes) else third
            if min(_seconds(use, longest) for _ in range(2)) > 2 * AGAIN / LONG * took:
                return Slow(place=one.place, text=repr(long)[:120], times=times, seconds=took)
    return None


def _seconds(use: Any, text: Any) -> float:
    began = time.process_time()
    use(text)
    return time.process_time() - began


def _text(tree: Any, chance: random.Random) -> Any:
    """Give a maker of texts of a size: something that fits, with a piece of it repeated."""
    whole = "".join(_fitting(tree, chance) for _ in range(chance.choice((1, 1, 2)))) or "a"
    start = chance.randrange(len(whole))
    end = chance.randint(start + 1, len(whole))
    before = chance.choice((whole[:start], whole[:start], ""))
    pump = chance.choice((whole[start:end], whole[start:end], whole[start], whole))
    pump += chance.choice(("", "", " ", *_ODD))  # so that a word has its end
    after = chance.choice((*_ODD, whole[end:]))

    def make(size: int) -> str:
        room = max(1, (size - len(before) - len(after)) // len(pump))
        return before + pump * room + after

    return make


def _fitting(tree: Any, chance: random.Random) -> str:
    """Give a text that fits this part of an expression, more or less."""
    return "".join(_piece(code, value, chance) for code, value in tree)


def _piece(code: Any, value: Any, chance: random.Random) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if code is codes.ANY:
        return chance.choice("a1 .")
    if code is codes.IN:
        return _member(value, chance)
    if code is codes.BRANCH:
        return _fitting(chance.choice(value[1]), chance)
    if code is codes.SUBPATTERN:
        return _fitting(value[-1], chance)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, getattr(codes, "POSSESSIVE_REPEAT", None)):
        least, most, inner = value
        times = chance.choice((least, least + 1, least + 3))
        return "".join(_fitting(inner, chance) for _ in range(min(times, int(most))))
    return ""  # an assertion, or what refers back


def _member(rows: Any, chance: random.Random) -> str:
    negated = rows[0][0] is codes.NEGATE
    pattern = [row for row in rows if row[0] is not codes.NEGATE]
    fits = [c for c in map(chr, range(9, 127)) if any(_holds(row, c) for row in pattern) != negated]
    return chance.choice(fits or ["é"])


def _holds(row: Any, character: str) -> bool:
    code, value = row
    if code is codes.LITERAL:
        return ord(character) == value
    if code is codes.RANGE:
        return value[0] <= ord(character) <= value[1]
    kinds = {
        codes.CATEGORY_DIGIT: str.isdigit,
        codes.CATEGORY_SPACE: str.isspace,
        codes.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    }
    opposite = {
        codes.CATEGORY_NOT_DIGIT: codes.CATEGORY_DIGIT,
        codes.CATEGORY_NOT_SPACE: codes.CATEGORY_SPACE,
        codes.CATEGORY_NOT_WORD: codes.CATEGORY_WORD,
    }
    if value in opposite:
        return not kinds[opposite[value]](character)
    return bool(kinds[value](character))


def main() -> None:
    """``python -m tests.fuzz.regexes [TRIES [SEED]]`` prints what can be made slow."""
    tries, seed = ([*map(int, sys.argv[1:]), 300, 1][at] for at in (0, 1))
    for one in {id(one.pattern): one for one in expressions()}.values():
        told = slow(one, random.Random(seed), tries)  # noqa: S311 no secret
        if told:
            print(f"{told.times:5.1f} times, {told.seconds:.3f} s: {told.place} {told.text}")


if __name__ == "__main__":
    main()
