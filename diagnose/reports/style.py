"""How a report may look: symbols, colour and width, decided in one place from where it goes.

* Symbols (a tick, a cross, ...) are for a terminal that takes UTF-8. In a pipe or a file, in
  another encoding and with TERM=dumb, ASCII words stand in their place, so that what is searched
  for or pasted depends on no locale.
* Colour is for a terminal, unless NO_COLOR is set and not empty (https://no-color.org), or
  ``--no-color`` was given, or TERM is dumb. These two switches are about colour: they leave the
  symbols alone, as a symbol has none. Nothing is told by colour that no symbol or word tells.
* The width is the terminal's, from 60 to 120 columns, and 100 everywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TextIO

from diagnose.terminal import columns, is_terminal

WIDTH = 100
NARROWEST, WIDEST = 60, 120
_SYMBOLS = {"ok": "√", "FAIL": "\N{MULTIPLICATION SIGN}", "?": "?", "skip": "-", "BUG": "‼"}


class Paint(Enum):
    """What a colour is for; the value is the parameter of the terminal's SGR sequence."""

    GOOD = "32"
    BAD = "1;31"
    DOUBT = "33"
    HEAD = "1"
    QUIET = "2"


PAINTS = {
    "ok": Paint.GOOD,
    "FAIL": Paint.BAD,
    "?": Paint.DOUBT,
    "skip": Paint.QUIET,
    "BUG": Paint.BAD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the reader's end can show; the default is what every reader can."""

    unicode: bool = False
    colour: bool = False
    width: int = WIDTH

    def paint(self, text: str, paint: Paint) -> str:
        return f"\x1b[{paint.value}m{text}\x1b[0m" if self.colour and text else text

    def mark(self, word: str) -> str:
        """Give the symbol of ``ok``, ``FAIL``, ``?``, ``skip`` or ``BUG``, or the word itself."""
        return _SYMBOLS[word] if self.unicode else word

    @property
    def widest_mark(self) -> int:
        return max(len(self.mark(word)) for word in _SYMBOLS)


PLAIN = Style()


def of(stream: TextIO, environ: Mapping[str, str], *, colour: bool = True) -> Style:
    """Read what ``stream`` can show; ``colour`` is False after ``--no-color``."""
    if not is_terminal(stream):
        return PLAIN
    able = environ.get("TERM", "") != "dumb"
    return Style(
        unicode=able and _takes_symbols(stream),
        colour=able and colour and not environ.get("NO_COLOR"),
        width=min(WIDEST, max(NARROWEST, columns(stream))),
    )


def _takes_symbols(stream: TextIO) -> bool:
    try:
        "".join(_SYMBOLS.values()).encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
