"""Find the meanings in a text of any length, at a cost that is bounded whatever the text holds.

A long text is sieved: first for a few dozen words of which every wording has one, then for each
wording's fixed words, and only what is left is searched. Each step pays from one budget.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from diagnose.texts.meaning import Meaning
from diagnose.texts.template import Span, Template
from diagnose.texts.unwrap import errors, lines
from diagnose.texts.wordings import ALL, sources

WRAPPED = 4_096  # characters: a shorter paste is also read as one line, as terminals wrap lines
_BUDGET = 600_000_000  # characters looked through, at about a nanosecond each
_LOOK = 100  # what a look for a word in a line costs at least, in characters
_SEARCH = 10  # how much a search costs more than a look
_SEEN = 50_000  # lines remembered, so that a repeated error is read once
_SHORTEST = 4  # characters of a word that is worth looking for in all of a long text
_DIGITS = {ord(digit): None for digit in "0123456789"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    rank: int
    meaning: Meaning
    template: Template
    is_anyones: bool  # any program says this, whatever it asked for


def _row(rank: int, meaning: Meaning, template: Template) -> _Row:
    who = {source for source, texts in meaning.heard.items() if template.text in texts}
    return _Row(rank=rank, meaning=meaning, template=template, is_anyones=who <= sources.ANYONES)


_ROWS = tuple(
    _row(rank, meaning, template)
    for rank, meaning in enumerate(ALL)
    for template in meaning.templates
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A line, or one error of a list in it, that says something we know."""

    meaning: Meaning
    rank: int  # of the meaning in `wordings.ALL`
    is_anyones: bool  # any program says these words, whatever it asked for
    line: str
    span: Span

    @property
    def words(self) -> str:
        return self.line[self.span.start : self.span.end]


class Scan:
    """One reading of a text; `hits` in the order of the lines, the first of each meaning."""

    def __init__(self) -> None:
        self._left = _BUDGET
        self._seen: set[int] = set()
        self._found: dict[str, Hit] = {}
        self._is_short = True
        self.head: list[str] = []  # the first lines, `WRAPPED` characters at most

    @property
    def hits(self) -> list[Hit]:
        return list(self._found.values())

    @property
    def is_empty(self) -> bool:
        return self._is_short and not self.head

    def read(self, blocks: Iterable[str]) -> None:
        """Read consecutive blocks, each of which ends with a line (or is a piece of one)."""
        for block in blocks:
            found = list(lines([block]))
            self._keep(found)
            found, rows = self._sieved(found)
            for line in self._new(found) if rows else ():
                hit = self._first(line, rows)
                if hit:
                    self._found.setdefault(hit.meaning.name, hit)
                if self._left <= 0:
                    return

    def wrapped(self) -> Hit | None:
        """Read a short paste as one line, for an error that a terminal broke over several."""
        if not self._is_short or len(self.head) < 2:
            return None
        return self._first(" ".join(self.head), _ROWS)

    def _keep(self, found: list[str]) -> None:
        size = sum(map(len, self.head)) if self._is_short else WRAPPED
        for line in found:
            size += len(line)
            if size > WRAPPED:
                self._is_short = False
                return
            self.head.append(line)

    def _sieved(self, found: list[str]) -> tuple[list[str], tuple[_Row, ...]]:
        """Give the lines that may say something, and the wordings that may be in them."""
        text = "\n".join(found).lower()
        if len(text) <= WRAPPED:
            return found, _ROWS
        words = [word for word in _triggers() if word in text]
        some = [line for line in found if any(word in line.lower() for word in words)]
        text = "\n".join(some).lower()
        rows = [_ROWS[place] for place in sorted(p for word in words for p in _triggers()[word])]
        self._left -= len(rows) * len(text)
        return some, tuple(row for row in rows if row.template.may_match(text))

    def _new(self, found: list[str]) -> Iterator[str]:
        """Leave out lines that differ from an earlier one in digits alone, such as the time."""
        for line in found:
            key = hash(line.translate(_DIGITS))
            if key not in self._seen:
                if len(self._seen) < _SEEN:
                    self._seen.add(key)
                yield line

    def _first(self, line: str, rows: tuple[_Row, ...]) -> Hit | None:
        """Give the meaning of a line; of several errors in it, of the first that has one."""
        for error in errors(line):
            lowered = error.lower()
            self._left -= len(rows) * max(_LOOK, len(lowered))
            for row in rows:
                if row.template.may_match(lowered):
                    self._left -= len(lowered) * _SEARCH
                    if span := row.template.find(lowered):
                        return Hit(
                            meaning=row.meaning,
                            rank=row.rank,
                            is_anyones=row.is_anyones,
                            line=error,
                            span=span,
                        )
        return None


@cache
def _triggers() -> dict[str, list[int]]:
    """Choose few words so that each wording has one: word -> the places in `_ROWS` that it is for.

    Greedy: the word that the most wordings share, then the one that most of the others share.
    """
    holders: dict[str, set[int]] = {}
    for place, row in enumerate(_ROWS):
        words = row.template.words
        for word in {w for w in words if len(w) >= _SHORTEST} or words:
            holders.setdefault(word, set()).add(place)
    chosen: dict[str, list[int]] = {}
    while holders:
        word = max(holders, key=lambda word: (len(holders[word]), word))
        taken = holders.pop(word)
        chosen[word] = sorted(taken)
        holders = {word: left for word, some in holders.items() if (left := some - taken)}
    return chosen
