"""What has to hold of texts, whatever they were made from."""

import dataclasses
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_FOLDERS: dict[str, Any] = {}

# A terminal obeys C0, C1 and what turns the writing round; halves of characters cannot be written.
_OBEYED = frozenset(
    (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)


def line(text: str, what: str = "a line") -> str:
    """Give ``text``, which stays one line on any terminal."""
    bad = next((one for one in text if ord(one) in _OBEYED or "\ud800" <= one <= "\udfff"), "")
    if bad:
        at = text.index(bad)
        raise AssertionError(f"{what} has {bad!r}: {text[max(0, at - 40) : at + 40]!r}")
    return text


def page(text: str, what: str = "a page") -> str:
    """Give ``text``, whose only control characters are the ends of its lines."""
    for one in text.split("\n"):
        line(one, what)
    return text


@cache
def folder(name: str) -> Path:
    """Give an empty folder, in memory where there is a file system for that, gone at the end."""
    memory = "/dev/shm"
    made = tempfile.TemporaryDirectory(
        prefix="fuzz-", dir=memory if Path(memory).is_dir() else None
    )
    _FOLDERS[name] = made
    return Path(made.name)


def same(one: Any, other: Any, what: str) -> None:
    if one != other:
        raise AssertionError(f"{what}: {one!r:.300} is not {other!r:.300}")


def texts(value: Any) -> Iterable[str]:
    """Give every text in a value of dataclasses, tables and lists."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            yield from texts(getattr(value, one.name))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(key)
            yield from texts(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from texts(one)
