"""How foreign words stand in Markdown: as themselves, and as nothing else.

Three things may happen to a word in somebody's issue: it becomes markup, it becomes a link, or it
calls somebody. Markup is stopped by a backslash or an entity. Links and calls (``@name``,
``#123``, ``GH-1``, ``https://``, ``:smile:``, GitLab's ``/close``) are found in the text when it
is rendered, where a backslash is gone again; only a code span is left alone. So a word of that
kind stands in one (GitHub Flavored Markdown, sections 6.1 to 6.3 and 6.9).
"""

import re

from diagnose.reports.lines import printable

_CALL = re.compile(
    r"[@#!%&]\w"  # @name, #123, and GitLab's !123, %milestone, &epic
    r"|^/\w"
    r"|GH-\d"
    r"|://|www\.|mailto:|xmpp:"
    r"|:[\w+-]+:",  # GitHub makes :a: of an IPv6 address a picture
    re.IGNORECASE,
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LEADING = re.compile(r"^(?:(\d+)([.)])(?=\s|$)|()([-+=#]))")  # a list, a heading, a rule
_PUNCTUATION = ".,;:)"
_TICKS = re.compile("`+")


def prose(text: str) -> str:
    """Escape a sentence for a paragraph, a list item or a cell of a table."""
    line = " ".join(_word(word) for word in printable(text).split())
    return _LEADING.sub(r"\1\3\\\2\4", line)


def _word(word: str) -> str:
    if _CALL.search(word):
        bare = word.rstrip(_PUNCTUATION)
        return code(bare) + word[len(bare) :]
    return _MARKUP.sub(r"\\\g<0>", word.translate(_ENTITIES))


def code(text: str) -> str:
    """Give a code span: its fence is longer than any inside and touches none.

    A pipe would end a table's cell even here, so a broken bar stands for it.
    """
    line = printable(text).replace("|", "\N{BROKEN BAR}").strip() or " "
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str, language: str = "") -> list[str]:
    """Give a fenced block of one line, as its lines."""
    line = printable(text)
    fence = "`" * max(3, _longest_run(line) + 1)
    return [fence + language, line, fence]


def _longest_run(line: str) -> int:
    return max((len(run) for run in _TICKS.findall(line)), default=0)
