"""The comparison for a person: both verdicts, the differences, the most telling one again."""

import textwrap
from collections.abc import Iterator

from diagnose import __version__
from diagnose.difference import verdicts
from diagnose.difference.contract import Difference

_WIDTH = 100


def render(difference: Difference) -> str:
    sections = (
        _head(difference),
        _verdicts(difference),
        _lines(difference),
        _follows(difference),
        _uncompared(difference),
        _wrapped(verdicts.closing(difference), "", "  "),
    )
    return "\n\n".join("\n".join(lines) for part in sections if (lines := list(part))) + "\n"


def _head(difference: Difference) -> Iterator[str]:
    yield f"acr-diagnose {__version__}: what differs between two machines"
    yield f"  GOOD {verdicts.who(difference.good)}"
    yield f"  BAD  {verdicts.who(difference.bad)}"


def _verdicts(difference: Difference) -> Iterator[str]:
    yield "Verdicts"
    yield from _wrapped(f"GOOD {verdicts.verdict(difference.good)}", "  ", "       ")
    yield from _wrapped(f"BAD  {verdicts.verdict(difference.bad)}", "  ", "       ")
    for remark in verdicts.remarks(difference):
        yield from _wrapped(remark, "  ", "  ")


def _lines(difference: Difference) -> Iterator[str]:
    if difference.lines:
        yield "What differs, most telling first"
    for number, line in enumerate(difference.lines, 1):
        yield f"  {number}. {verdicts.heading(line)}"
        yield from _wrapped(f"GOOD {line.good}", "     ", "          ")
        yield from _wrapped(f"BAD  {line.bad}", "     ", "          ")


def _follows(difference: Difference) -> Iterator[str]:
    if told := verdicts.consequences(difference):
        yield from _wrapped(f"And what follows from it: {told}", "", "  ")


def _uncompared(difference: Difference) -> Iterator[str]:
    if told := verdicts.uncompared(difference):
        yield "Could not be compared"
        for sentence in told:
            yield from _wrapped(sentence, "  ", "    ")


def _wrapped(text: str, indent: str, further: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
