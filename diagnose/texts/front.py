"""`explain --text`: where the text comes from, and how the answer is printed."""

import codecs
import json
import sys
import textwrap
from collections.abc import Iterator
from typing import BinaryIO

from diagnose.texts import looks
from diagnose.texts.read import Candidate, Reading, read
from diagnose.texts.unwrap import OVERLAP

_FOUND, _USAGE, _NO_IDEA = 0, 2, 3
_BLOCK = 65_536  # bytes read at once
_WIDTH = 100
_INDENT = " " * 12
_HOW = "give ID, or --text '...', or --text - and the text on stdin"


def command(name: str, text: str, output: str) -> int:
    """Explain ``text``, or what is piped in where it is empty or "-"; give the exit code.

    ``name`` is the id that was given as well, which is one too many.
    """
    if name:
        return _refuse("an id and --text exclude each other", output)
    piped = text in ("", "-")
    if piped and (sys.stdin is None or (not text and sys.stdin.isatty())):
        return _refuse("nothing to explain: neither an id nor a text", output)
    reading = read(blocks(sys.stdin.buffer) if piped else [text])
    if reading.is_empty:
        return _refuse("nothing to explain: the text is empty", output)
    sys.stdout.write(_document(reading) if output == "json" else _page(reading))
    return _FOUND if reading.candidates else _NO_IDEA


def _refuse(why: str, output: str) -> int:
    sys.stderr.write(f"acr-diagnose: {why}; {_HOW}\n")
    if output == "json":
        sys.stdout.write(_json({"schema": 1, "candidates": [], "error": why}))
    return _USAGE


def blocks(stream: BinaryIO) -> Iterator[str]:
    """Give the text of a stream in blocks that end with a line, one block in memory at a time.

    A line longer than a block is given in pieces that overlap. PowerShell writes UTF-16.
    """
    chunk = stream.read(_BLOCK)
    utf16 = chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8")("replace")
    rest = ""
    while chunk:
        text = rest + decoder.decode(chunk)
        whole, newline, rest = text.rpartition("\n")
        if newline:
            yield whole + newline
        elif len(rest) > _BLOCK:
            yield rest
            rest = rest[-OVERLAP:]
        chunk = stream.read(_BLOCK)
    yield rest + decoder.decode(b"", final=True)


def _document(reading: Reading) -> str:
    rows = [
        {
            "cause": one.cause,
            "confidence": one.confidence,
            "because": one.because,
            "next": f"{looks.run(reading.subject)}; {looks.ask(one.cause, reading.subject)}",
        }
        for one in reading.candidates
    ]
    return _json({"schema": 1, "candidates": rows})


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _page(reading: Reading) -> str:
    return "".join(f"{line}\n" for line in _lines(reading))


def _lines(reading: Reading) -> Iterator[str]:
    command = looks.run(reading.subject)
    if not reading.candidates:
        yield from _wrapped(reading.aside or "These words point to no cause that this tool knows.")
        yield f"Ask the machine itself: {command}"
        return
    yield "What these words can mean, best first"
    before = ""
    for number, one in enumerate(reading.candidates, 1):
        yield ""
        yield f"{number}. {one.cause} ({one.confidence}): {looks.title(one.cause)}"
        yield from _because(one, before)
        yield f"   next     {looks.ask(one.cause, reading.subject)}"
        before = one.because
    yield ""
    yield f"To have all of this looked at, on the machine that pulls: {command}"


def _because(one: Candidate, before: str) -> list[str]:
    why = "the same words" if one.because == before else one.because
    return _wrapped(f"   because  {why}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
