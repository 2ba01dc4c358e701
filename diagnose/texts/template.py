"""The little language in which wordings are written, and how one is found in a line.

A template is lower-case text. In it ``...`` skips up to `GAP` characters, ``{a|b}`` is one of
several words, and ``<n>``, ``<403>``, ``<registry>``, ``<layers>``, ``<private>`` and ``<public>``
stand for a number, this number on its own, a login server, a host of layers, and an address
of that kind.

There is no other operator, so no template can be slow: each piece is a short expression with
bounded repeats only, and a gap is a bounded search for the next piece, never a backtrack.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from checks.addresses import Kind, kind

GAP = 600  # characters; a signed blob URL alone has about 400
_TRIES = 40  # starts per line: a real line says a thing once or twice

_TOKEN = re.compile(r"\{([^{}]*)\}|<([a-z]+|[0-9]{3})>")
_ADDRESS = r"(?P<ip>[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[?[0-9a-f]{1,4}:[0-9a-f:.]{1,42}\]?)"
_TOKENS = {
    "n": "[0-9]{1,6}",
    # People mask names before they paste, so a host may hold <, * or a brace.
    "registry": r"[a-z0-9<>*_.{}$-]{1,90}\.azurecr\.[a-z]{2,20}",
    "layers": r"[a-z0-9<>*_.-]{1,120}\.(?:blob\.core\.|data\.azurecr\.|data\.mcr\.|cdn\.mscr\.)",
    "private": _ADDRESS,
    "public": _ADDRESS,
}
_ALONE = "(?<![0-9a-z.%_-]){}(?![0-9a-z._-])"  # no part of a digest, a date or a signature
_KINDS = {"private": Kind.PRIVATE, "public": Kind.PUBLIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a template was found in a line: start and end, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The text between two gaps."""

    expression: str
    needle: str  # its longest literal; where this is absent the pattern cannot match
    wanted: Kind | None  # the kind that the address in it must have


class Template:
    """A wording; `find` gives its first place in a line of lower-case text."""

    __slots__ = ("_pieces", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._pieces = tuple(_piece(part.strip()) for part in text.split("..."))

    @property
    def words(self) -> frozenset[str]:
        """Fixed words, each of which occurs in every text that this matches."""
        return frozenset(
            word for piece in self._pieces for word in (piece.needle, *piece.needle.split()) if word
        )

    def may_match(self, text: str) -> bool:
        """Say whether all fixed words occur: a quick look that spares most of the searches."""
        return all(piece.needle in text for piece in self._pieces)

    def find(self, line: str) -> Span | None:
        for start, end in _places(self._pieces[0], line, 0, len(line)):
            last = end
            for piece in self._pieces[1:]:
                place = next(_places(piece, line, last, min(last + GAP, len(line))), None)
                if place is None:
                    break
                last = place[1]
            else:
                return Span(start=start, end=last)
        return None


def _places(piece: _Piece, line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(_TRIES):
        found = _pattern(piece.expression).search(line, start, end)
        if found is None:
            return
        if piece.wanted is None or kind(found["ip"].strip("[]")) is piece.wanted:
            yield found.span()
        start = found.end()


def _piece(text: str) -> _Piece:
    expression, literals, wanted, last = "", [""], None, 0
    for token in _TOKEN.finditer(text):
        literals.append(text[last : token.start()])
        expression += re.escape(literals[-1])
        if token[2] and token[2].isdigit():
            expression += _ALONE.format(token[2])
            literals.append(token[2])
        elif token[2]:
            expression += _TOKENS[token[2]]
            wanted = _KINDS.get(token[2], wanted)
        else:
            expression += "(?:" + "|".join(map(re.escape, token[1].split("|"))) + ")"
        last = token.end()
    literals.append(text[last:])
    expression += re.escape(literals[-1])
    return _Piece(expression=expression, needle=max(literals, key=len), wanted=wanted)


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    """Compile when first needed: a short text needs few of some hundred."""
    return re.compile(expression)
