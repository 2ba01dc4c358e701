"""Kubernetes objects as YAML, and with comments; the same objects give the same text.

A YAML library is no dependency, and none of them would write the comments. What is written is the
small part of YAML that every reader takes alike: blocks, plain words, and JSON's strings
(https://yaml.org/spec/1.2.2/ section 1.3: JSON is a subset).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Union

Value = Union[str, int, bool, list[Any], dict[str, Any], "Noted"]
_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9/._-]*(?::[A-Za-z0-9/._-]+)*", re.ASCII)
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", ".", "..", ".inf", ".nan"}
_WIDTH = 96  # columns of a comment


@dataclass(frozen=True, slots=True)
class Noted:
    """A value of a mapping or a list, with the comment that stands above it."""

    value: Any
    note: str


def text(documents: Iterable[Value], *, head: str = "") -> str:
    """Give the documents in their order; ``head`` is a comment above all of them."""
    parts = ["\n".join(_lines(document, 0)) for document in documents]
    above = "".join(f"{line}\n" for line in _comment(head, 0))
    return above + "---\n" + "\n---\n".join(parts) + "\n"


def plain(value: object) -> object:
    """Give the value without its comments, as an API server takes it."""
    if isinstance(value, Noted):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def _lines(value: object, column: int) -> Iterator[str]:
    """Give the lines of a block that has something in it, or of a scalar."""
    space = " " * column
    if isinstance(value, dict) and value:
        for key, one in value.items():
            inner = one
            if isinstance(one, Noted):
                yield from _comment(one.note, column)
                inner = one.value
            if _is_block(inner):
                yield f"{space}{_scalar(key)}:"
                yield from _lines(inner, column + 2)
            else:
                yield f"{space}{_scalar(key)}: {_scalar(inner)}"
    elif isinstance(value, list) and value:
        for one in value:
            inner = one
            if isinstance(one, Noted):
                yield from _comment(one.note, column)
                inner = one.value
            lines = list(_lines(inner, column + 2))
            while lines[0].lstrip().startswith("#"):  # of what the dash begins: above the dash
                yield space + lines.pop(0).lstrip()
            yield f"{space}- {lines[0][column + 2 :]}"
            yield from lines[1:]
    else:
        yield f"{space}{_scalar(value)}"


def _is_block(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _scalar(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Quote as JSON does, but for what lies beyond 16 bits: YAML takes no pairs of halves."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    if " " <= one <= "~":
        return one
    return f"\\u{ord(one):04x}" if ord(one) < 1 << 16 else f"\\U{ord(one):08x}"


def _comment(note: str, column: int) -> Iterator[str]:
    for line in note.splitlines():
        space = " " * column
        for row in wrap(line, _WIDTH - column, break_on_hyphens=False, break_long_words=False):
            yield f"{space}# {row}"
