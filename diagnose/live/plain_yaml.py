"""Knows how to read the plain YAML of a Kubernetes configuration file: blocks, lists and texts.

A YAML library is no dependency. Anchors, tags and texts over several lines do not occur in what
AKS writes (AgentBaker, parts/linux/cloud-init/artifacts/cse_config.sh) and are refused. JSON is
YAML and is read as well. Every scalar is a text.
"""

import json
from collections.abc import Iterator

from checks.replies import Json

_DEEPEST = 20
_REFUSED = ("&", "*", "!", "|", ">", "@", "`")


def read(text: str) -> Json:
    """Decode one document; raise `ValueError` where it is more than this can read."""
    if text.lstrip().startswith(("{", "[")):
        try:
            decoded: Json = json.loads(text)
        except RecursionError:
            raise ValueError("nested beyond reason") from None
        return decoded
    return _Reader(list(_lines(text))).document()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Give column and content of each line, without comments and document marks."""
    for line in text.splitlines():
        bare = "" if line.lstrip().startswith("#") else line.partition(" #")[0].rstrip()
        content = bare.lstrip(" ")
        if content.startswith("\t"):
            raise ValueError("a tab is no indent")
        if content and content != "---":
            yield len(bare) - len(content), content


class _Reader:
    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self._lines, self._at = lines, 0

    def document(self) -> Json:
        found = self._block(0, 0)
        if self._at < len(self._lines):
            raise ValueError("a line that belongs nowhere")
        return found

    def _next(self) -> tuple[int, str]:
        return self._lines[self._at] if self._at < len(self._lines) else (-1, "")

    def _block(self, least: int, depth: int) -> Json:
        """Read what stands at ``least`` columns or deeper."""
        column, content = self._next()
        if column < least:
            return ""
        if depth > _DEEPEST:
            raise ValueError("nested beyond reason")
        if _is_item(content):
            return self._list(column, depth)
        return self._table(column, depth)

    def _list(self, column: int, depth: int) -> Json:
        found: list[Json] = []
        while self._next()[0] == column and _is_item(self._next()[1]):
            rest = self._next()[1][1:].lstrip(" ")
            if rest and _key(rest):  # a table whose first line stands beside the dash
                inner = column + len(self._next()[1]) - len(rest)
                self._lines[self._at] = (inner, rest)
                found.append(self._table(inner, depth + 1))
                continue
            self._at += 1
            found.append(_scalar(rest) if rest else self._block(column + 1, depth + 1))
        return found

    def _table(self, column: int, depth: int) -> Json:
        found: dict[str, Json] = {}
        while self._next()[0] == column and not _is_item(self._next()[1]):
            key = _key(self._next()[1])
            if not key:
                raise ValueError("neither a key nor an item")
            rest = self._next()[1][len(key) + 1 :].strip()
            self._at += 1
            # A list may stand at its key's own column.
            beside = self._next()[0] == column and _is_item(self._next()[1])
            least = column if beside else column + 1
            found[_plain(key)] = _scalar(rest) if rest else self._block(least, depth + 1)
        return found


def _is_item(content: str) -> bool:
    return content == "-" or content.startswith("- ")


def _key(content: str) -> str:
    """Give what stands before the colon of ``key: value``; nothing where there is no such key."""
    if content.startswith(('"', "'")):
        end = content.find(content[0], 1) + 1
        return content[:end] if end and content[end:].startswith((": ", ":")) else ""
    key = content.partition(": ")[0]
    bare = key[:-1] if key == content and key.endswith(":") else key
    return bare if bare != content else ""


def _scalar(text: str) -> Json:
    if text.startswith(_REFUSED):
        raise ValueError("more than plain YAML")
    if text.startswith("[") and text.endswith("]"):
        return [_plain(part) for part in text[1:-1].split(",") if part.strip()]
    return _plain(text)


def _plain(text: str) -> str:
    bare = text.strip()
    quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"
    return bare[1:-1] if quoted else bare
