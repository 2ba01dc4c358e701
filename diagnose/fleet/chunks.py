"""A stream of bytes as text, in pieces and in lines, of which no more is held than has to be."""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

BLOCK = 1 << 16  # bytes read at once
LONGEST = 1 << 20  # characters of a line; a longer one comes in pieces
HEAD = 2048  # characters that tell what a text is


def of(stream: BinaryIO, first: bytes = b"") -> Iterator[str]:
    """Give the text; ``first`` was read already. PowerShell writes UTF-16 with a mark."""
    block = first or stream.read(BLOCK)
    utf16 = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8-sig")("replace")
    while block:
        yield decoder.decode(block)
        block = stream.read(BLOCK)
    yield decoder.decode(b"", final=True)


def begun(pieces: Iterator[str]) -> tuple[str, Iterator[str]]:
    """Give the text's beginning, and the whole of it."""
    taken: list[str] = []
    while sum(map(len, taken)) < HEAD and (piece := next(pieces, None)) is not None:
        taken.append(piece)
    return "".join(taken), chain(taken, pieces)


def lines(pieces: Iterable[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        yield from whole
        if len(rest) > LONGEST:
            yield rest
            rest = ""
    if rest:
        yield rest
