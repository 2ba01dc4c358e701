"""Reads a member's JSON as narrowly as we write it, in bounded time and memory.

Every error is a `BundleError` that names the member, and the line and column or the key.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from checks.replies import Json
from diagnose.bundle import limits
from diagnose.bundle.errors import BundleError, quoted

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))
_STEP = [0] * 256
for _open, _close in (b"[]", b"{}"):
    _STEP[_open], _STEP[_close] = 1, -1


class _RefusedError(ValueError):
    """What stands in valid JSON and is nothing that we write."""


def json_of(name: str, blob: bytes) -> Json:
    """Give the value of a .json member."""
    _bounded(name, blob)
    return _value(name, blob)


def lines_of(name: str, blob: bytes) -> Iterator[Json]:
    """Give the value of each line of a .jsonl member, from the first line on."""
    _bounded(name, blob)
    if blob.count(b"\n") > limits.JSON_LINES:
        raise BundleError(f"{name} has more than {limits.JSON_LINES} lines")
    lines = blob.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield _value(f"{name}, line {number}", line)


def _bounded(name: str, blob: bytes) -> None:
    """Refuse what would take too much memory or stack to read, without reading it.

    What stands between quotes is left out; a backslash is nothing but an escape in a text. Where
    that does not hold, the reader stops at that place, and what counts here is what comes before.
    """
    if len(blob) > limits.JSON_BYTES:
        raise BundleError(f"{name} is larger than {limits.JSON_BYTES} bytes")
    texts = blob.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = b"".join(texts.split(b'"', 4 * limits.JSON_VALUES + 4)[::2])
    structure = structure.translate(None, _NOT_STRUCTURE)
    opened = structure.count(b"[") + structure.count(b"{")
    if opened + structure.count(b",") > limits.JSON_VALUES:
        raise BundleError(f"{name} has more than {limits.JSON_VALUES} values")
    if opened > limits.JSON_DEPTH:
        deepest = max(accumulate(map(_STEP.__getitem__, structure)))
        if deepest > limits.JSON_DEPTH:
            raise BundleError(f"{name} is nested deeper than {limits.JSON_DEPTH} levels")


def _value(where: str, blob: bytes) -> Json:
    try:
        text = blob.decode()
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: byte {error.start + 1} is no UTF-8") from None
    if not text or text.isspace():
        raise BundleError(f"{where}: empty")
    if text.startswith("\ufeff"):
        raise BundleError(f"{where}: a byte order mark at its beginning")
    try:
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}"
        place = place if error.lineno == 1 else f"row {error.lineno}, {place}"
        raise BundleError(f"{where}: no JSON, {error.msg} at {place}") from None
    except _RefusedError as error:
        raise BundleError(f"{where}: {error}") from None
    if _SURROGATE.search(text):
        _refuse_half_characters(where, value)
    return value


def _refuse_half_characters(where: str, value: Json) -> None:
    """Refuse half a character but for those of PEP 383, which stand for bytes that are no text."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise BundleError(f"{where}: half a character, {half}") from None


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    table = dict(pairs)
    if len(table) != len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise _RefusedError(f"field {quoted(twice)} stands twice in one object")
    return table


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > limits.JSON_DIGITS:
        raise _RefusedError(f"a whole number of {len(digits)} characters")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits) if len(digits) <= limits.JSON_NUMBER else math.inf
    if math.isinf(number):
        raise _RefusedError(f"the number {quoted(digits)} is too long or too large")
    return number


def _constant(word: str) -> float:
    raise _RefusedError(f"no JSON, {word} is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)
