"""Finds verdicts in a line of text: bare, behind a prefix, or inside a text of JSON.

`kubectl logs --prefix`, Ansible and the likes put words before a line; ``az vm run-command``
gives the whole output as one text inside its own JSON.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from diagnose.bundle.errors import BundleError
from diagnose.fleet import foreign, report
from diagnose.grouping import compact
from diagnose.grouping.digest import Digest, Unread

_START = re.compile(r'\{\s*"schema"\s*:')
_ESCAPED = re.compile(r'\{\s*\\+"schema\\+"\s*:')
# One that does not end takes all that is left, so that nothing is looked through twice.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_NAME = re.compile(r'"name":"([^"\\]{1,253})"')
_DEPTH = 2  # texts of JSON in texts of JSON
_BROKEN = 100  # beginnings in one line; each one that leads nowhere costs a look at all before it
_DECODER = json.JSONDecoder()

Found = Digest | Unread


def within(line: str, name: str = "", depth: int = _DEPTH) -> Iterator[Found]:
    """Give each verdict; ``name`` is the node's where a verdict has none.

    What begins as one and is none is an `Unread`, whose name is empty where it cannot be told.
    """
    place = broken = 0
    while broken < _BROKEN and (found := _START.search(line, place)):
        try:
            document, place = _DECODER.raw_decode(line, found.start())
        except (ValueError, RecursionError) as error:
            told = _NAME.search(line, found.start(), found.start() + compact.MOST)
            yield Unread(name=told[1] if told else name, because="its verdict is cut short")
            place, broken = _further(line, found.end(), error), broken + 1
            continue
        yield of(document, line[found.start() : place], name)
    if depth and _ESCAPED.search(line):
        for text in _STRING.findall(line):
            if "schema" in text:
                yield from _inside(text, name, depth)


def _further(line: str, place: int, error: Exception) -> int:
    """Give where to look on: what was understood before the error is not looked through again."""
    if not isinstance(error, json.JSONDecodeError):
        return len(line)  # nested beyond reason
    # The text that the error stands behind may have begun in the next verdict's first quotes.
    return max(place, line.rfind("{", place, error.pos + 1))


def _inside(text: str, name: str, depth: int) -> Iterator[Found]:
    try:
        plain = json.loads(text)
    except ValueError:
        return
    for line in plain.split("\n"):
        yield from within(line, name, depth - 1)


def of(document: dict[str, Any], text: str, name: str = "") -> Found:
    """Give the verdict of one document, a line or a whole report; ``text`` is its JSON."""
    schema = document.get("schema")
    told = document.get("verdict")
    called = told.get("name") if isinstance(told, dict) else None
    known = foreign.short(called, foreign.NAME) if isinstance(called, str) and called else name
    if schema != compact.SCHEMA and isinstance(schema, int) and isinstance(told, dict):
        return Unread(name=known, because=f"its verdict is of schema {schema}, made by a later one")
    try:
        whole = report.is_report(document)
        digest = report.read(document, name) if whole else compact.read(text)
    except BundleError as error:
        return Unread(name=known, because=str(error))
    if digest.name or not name:
        return digest if digest.name else Unread(name="", because="its verdict names no machine")
    return foreign.named(digest, name)
