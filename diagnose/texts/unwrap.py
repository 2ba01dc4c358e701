"""From what people paste to plain lines: terminal colours, escapes, JSON, kubelet's lists.

The work grows with the length of the text and with nothing else in it.
"""

import re
from collections.abc import Iterable, Iterator

LONGEST = 16_384  # characters; a longer line is read in pieces
OVERLAP = 1_024  # characters that two pieces share, so that a wording is not cut in half

# CSI and OSC sequences (ECMA-48), also as journald and `cat -v` show the escape character.
_ANSI = re.compile(
    r"(?:\x1b|#033|\^\[)\[[0-9;?]{0,32}[@-~]|\x1b\][^\x07\x1b\n]{0,256}(?:\x07|\x1b\\)?"
)
_MARKS = ("\x1b", "#033", "^[")
# However often a text was escaped (JSON in a string in JSON), its backslashes stand in one run.
_ESCAPE = re.compile(r"""(?<!\\)\\{1,64}(?:u([0-9a-fA-F]{4})|([nrt"'/]))""")
_MEANS = {"n": "\n", "r": "\n", "t": " "}
_SAME = {
    "&quot;": '"', "&#34;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "\ufeff": "",
    "\u2026": "...", "\u200b": "",
}  # fmt: skip

# kubelet joins the errors of its attempts as "[first, second]" (apimachinery's Aggregate).
_LIST = re.compile(r"\[(?=rpc error|failed to|error response|get |head )", re.IGNORECASE)
_NEXT = re.compile(
    r", (?=rpc error: code|failed to pull and unpack|error response from)", re.IGNORECASE
)


def lines(blocks: Iterable[str]) -> Iterator[str]:
    """Give the lines of the text whose consecutive ``blocks`` these are, plain and never empty.

    Characters outside ASCII become a question mark: no client says its error with them.
    """
    for block in blocks:
        text = block
        if any(mark in text for mark in _MARKS):
            text = _ANSI.sub("", text)
        if "\\" in text:
            text = _ESCAPE.sub(_meant, text)
        if "&" in text or not text.isascii():
            for odd, plain in _SAME.items():
                text = text.replace(odd, plain)
            text = text.encode("ascii", "replace").decode("ascii")
        for line in text.splitlines():
            if words := " ".join(line.split()):
                yield from _pieces(words)


def errors(line: str) -> list[str]:
    """Split a line that holds kubelet's list of errors; any other line is one error."""
    opened = _LIST.search(line)
    if opened is None:
        return [line]
    first, *further = _NEXT.split(line[opened.end() :])
    return [line[: opened.start()] + first, *further]


def _meant(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _MEANS.get(escape[2], escape[2])


def _pieces(line: str) -> Iterator[str]:
    if len(line) <= LONGEST:
        yield line
        return
    for start in range(0, len(line), LONGEST - OVERLAP):
        yield line[start : start + LONGEST]
