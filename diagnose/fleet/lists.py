"""The objects of a Kubernetes list, one after the other: 5,000 pods take 40 MB of JSON at once.

What `kubectl get -o json` writes and what the API answers differ in the order of the keys; both
have one ``items`` at the top, before any object.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_SINGLE = re.compile(r'"kind"\s*:\s*"(?:Pod|Node)"')
_SPACE = re.compile(r"[\s,]*")
_LARGEST = 8 << 20  # characters of one object; etcd's own limit is 1.5 MiB
_DECODER = json.JSONDecoder()


class CutShortError(Exception):
    """The list ends before its end, or is no JSON there."""


def is_list(head: str) -> bool:
    """Tell from a text's beginning whether it is a list of Kubernetes, or one of its objects."""
    start = head.lstrip()
    if not start.startswith("{"):
        return False
    alone = '"apiVersion"' in start and bool(_SINGLE.search(start))
    return bool(_ITEMS.search(start)) or alone


def objects(pieces: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Give each object; raise `CutShortError` where the text breaks off, after those before it."""
    text = next(pieces, "")
    while not (found := _ITEMS.search(text)) and len(text) < _LARGEST:
        piece = next(pieces, None)
        if piece is None:
            break
        text += piece
    if found is None:
        yield _alone(text)
        return
    place = found.end()
    while True:
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing too
        if text.startswith("]", place):
            return
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            text, place = text[place:], 0
            piece = next(pieces, None)
            if piece is None or len(text) > _LARGEST:
                raise CutShortError from None
            text += piece
            continue
        if isinstance(value, dict):
            yield value


def _alone(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise CutShortError from None
    if not isinstance(value, dict):
        raise CutShortError
    return value
