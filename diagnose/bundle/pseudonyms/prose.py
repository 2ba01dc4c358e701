"""The words of another program, with all that they name replaced; its own words stay.

Names that were met in a field of their own are replaced wherever they stand, unless they are
words that such messages are made of (`ordinary`): these only where something shows that a name is
meant. What nobody declared is found by its form (`prose_forms`).
"""

import re

from diagnose.bundle.pseudonyms import prose_forms
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.prose_rules import INNER, RULES

_PIECES = re.compile(r"([._-]+)")
_MOST = 12  # pieces of one word that are looked at together
_WORD = re.compile(f"{prose_forms.ESCAPE}|(?P<word>{prose_forms.WORD})")


class Prose:
    """Replaces in running text what ``names`` knows, and adds to it what it finds."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._done: dict[tuple[bool, str], str] = {}
        self._count = -1  # how many names there were when these were made

    def redacted(self, text: str) -> str:
        """Replace what is known, and what has the form of a name, an id or an address."""
        return self._cached(text, by_form=True)

    def replaced(self, text: str) -> str:
        """Replace what is known, and nothing else."""
        return self._cached(text, by_form=False)

    def _cached(self, text: str, *, by_form: bool) -> str:
        if self._names.count != self._count:
            self._done.clear()
            self._count = self._names.count
        alias = self._done.get((by_form, text))
        if alias is None:
            alias = self._whole(text, by_form=by_form)
            if self._names.count == self._count:
                self._done[by_form, text] = alias
        return alias

    def _whole(self, text: str, *, by_form: bool) -> str:
        """Take known names of several words out first, then read what lies between them."""
        phrases = self._names.phrases
        parts = prose_forms.any_of(phrases).split(text) if phrases else [text]
        for at, part in enumerate(parts):
            if at % 2:
                parts[at] = self._names.in_prose(part)
            elif by_form:
                parts[at] = self._formed(part)
            else:
                parts[at] = self._words(part)
        return "".join(parts)

    def _formed(self, text: str) -> str:
        done, at, search = "", 0, prose_forms.forms().search
        while found := search(text, at):
            kind = found.lastgroup or ""
            rule = RULES.get(kind)
            alias = rule(self._names, found) if rule else None
            end = found.end()
            if not alias:
                # What stands behind a noun or a quote and is no name there is read by itself.
                end = found.start(INNER[kind]) if kind in INNER else end
                alias = self._words(text[found.start() : end])
            done += text[at : found.start()] + alias
            at = end
        return done + text[at:]

    def _words(self, text: str) -> str:
        return _WORD.sub(
            lambda found: self._word(found["word"]) if found["word"] else found[0], text
        )

    def _word(self, text: str) -> str:
        """Replace what is known of a word's pieces, the longest run of them first."""
        if alias := self._names.in_prose(text):
            return alias
        parts = _PIECES.split(text)
        found, at = "", 0
        while at < len(parts):
            alias, end = self._run(parts, at)
            found += alias + "".join(parts[end : end + 1])
            at = end + 1
        return found

    def _run(self, parts: list[str], at: int) -> tuple[str, int]:
        """Give the alias of the longest known run that begins at ``at``, and where it ends."""
        last = min(len(parts), at + 2 * _MOST)
        for end in range(last if (last - at) % 2 else last - 1, at, -2):
            if alias := self._names.in_prose("".join(parts[at:end])):
                return alias, end
        return parts[at], at + 1
