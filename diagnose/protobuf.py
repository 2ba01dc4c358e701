"""Knows protobuf's wire format, as far as CRI's few messages need it.

https://protobuf.dev/programming-guides/encoding/: a message is a list of fields, each a key (number
and wire type) and a value. A text or a message is a length and its bytes.
"""

from collections.abc import Iterable, Iterator

Value = int | bytes
Fields = dict[int, list[Value]]

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_FIXED = {_EIGHT: 8, _FOUR: 4}
_LONGEST = 10  # bytes of a 64-bit varint
_MOST = 100_000  # fields of one message; CRI's answers have a handful


class MalformedError(ValueError):
    """Bytes that are no message."""


def message(*fields: tuple[int, str | bytes | bool]) -> bytes:
    """Encode fields by number; a value that is empty or false is left out, as proto3 does."""
    return b"".join(_field(number, value) for number, value in fields if value)


def _field(number: int, value: str | bytes | bool) -> bytes:
    if isinstance(value, bool):
        return _varint(number << 3 | _VARINT) + _varint(int(value))
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def fields(data: bytes) -> Fields:
    """Decode one message, number -> values in order; raise `MalformedError`."""
    found: Fields = {}
    for count, (number, value) in enumerate(_read(data)):
        if count >= _MOST:
            raise MalformedError("too many fields")
        found.setdefault(number, []).append(value)
    return found


def _read(data: bytes) -> Iterator[tuple[int, Value]]:
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        number, kind = key >> 3, key & 7
        if not number:
            raise MalformedError("a field without a number")
        if kind == _VARINT:
            value, at = _number(data, at)
            yield number, value
            continue
        size = _FIXED.get(kind, -1)
        if kind == _BYTES:
            size, at = _number(data, at)
        if size < 0 or at + size > len(data):
            raise MalformedError("a field that is cut off, or of no known type")
        yield number, data[at : at + size]
        at += size


def _number(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place, byte in enumerate(data[at : at + _LONGEST]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    raise MalformedError("a number that does not end")


def text(found: Fields, number: int) -> str:
    """Give the last text of a field, as protobuf has it; empty where there is none."""
    last = next(reversed(found.get(number, [])), b"")
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else ""


def texts(found: Fields, number: int) -> tuple[str, ...]:
    return tuple(v.decode("utf-8", "replace") for v in parts(found, number))


def flag(found: Fields, number: int) -> bool:
    last = next(reversed(found.get(number, [])), 0)
    return isinstance(last, int) and bool(last)


def parts(found: Fields, number: int) -> Iterable[bytes]:
    """Give the values of a field that are bytes: texts, or messages to decode."""
    return [value for value in found.get(number, []) if isinstance(value, bytes)]
