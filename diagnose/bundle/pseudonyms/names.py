"""The names that were given a pseudonym, and which of them may be replaced in running text.

An alias says what its name was first seen as, and a name keeps its alias whatever it is seen as
later. No alias holds a hyphen: what follows one in a login server is a hash, and is cut off where
the registry's own name is wanted (`diagnose.causes.commands`).
"""

import re

from diagnose.bundle.pseudonyms.keyed import Keyed
from diagnose.bundle.pseudonyms.ordinary import ORDINARY

_SHORTEST = 3  # characters; what is shorter is a syllable in running text
_TOO_PLAIN = re.compile(r"[\d._-]*|v\d+(?:\.\d+)*|[0-9a-f]{1,4}", re.IGNORECASE)
_PLACES = ("file", "path", "resource")  # a folder's or a setting's name is no name elsewhere
_SEVERAL = re.compile(r"[^\w./:@-]")
NO_LETTER = re.compile(r"[\W_]*")


class Names:
    """Aliases by name; ``keyed`` is what they are derived from."""

    __slots__ = ("_aliases", "_given", "_originals", "_phrases", "_spread", "keyed")

    def __init__(self, keyed: Keyed) -> None:
        self.keyed = keyed
        self._aliases: dict[str, str] = {}
        self._originals: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._spread: dict[str, str] = {}
        self._phrases: set[str] = set()

    def alias(self, kind: str, text: str, *, exact: bool = False) -> str:
        """Give the alias of a name; ``exact`` where its letters' case tells two names apart.

        A text without any letter or digit is nobody's name.
        """
        if NO_LETTER.fullmatch(text):
            return text
        key = text if exact else text.casefold()
        alias = self._aliases.get(key)
        if alias is None:
            alias = self._aliases[key] = kind + self.keyed.word(key)
            self._originals[alias] = text
        if kind not in _PLACES:
            self._let_spread(key, alias)
        return alias

    def whole(self, text: str, alias: str, *, spread: bool = False) -> str:
        """Remember what stands for a text that was taken apart; give ``alias`` back."""
        if alias.casefold() != text.casefold():
            self._originals.setdefault(alias, text)
            self._aliases.setdefault(text.casefold(), alias)
            if spread:
                self._let_spread(text.casefold(), alias)
        return alias

    def given(self, text: str) -> str:
        """Give the alias of a word that stands where a name is meant, or an empty string."""
        return self._given.get(text) or self._given.get(text.casefold(), "")

    def in_prose(self, text: str) -> str:
        """Give the alias by which to replace a word wherever it stands, or an empty string."""
        return self._spread.get(text) or self._spread.get(text.casefold(), "")

    @property
    def originals(self) -> dict[str, str]:
        """Alias -> the name as it was first spelt."""
        return dict(self._originals)

    @property
    def count(self) -> int:
        """How much is known: while it stays the same, so does what is replaced in prose."""
        return len(self._given)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What may be replaced in prose and is more than one word, the longest first."""
        return tuple(sorted(self._phrases, key=lambda text: (-len(text), text)))

    def _let_spread(self, key: str, alias: str) -> None:
        if key in self._given:
            return
        self._given[key] = alias
        plain = len(key) < _SHORTEST or _TOO_PLAIN.fullmatch(key) or key.casefold() in ORDINARY
        if not plain:
            self._spread[key] = alias
            if _SEVERAL.search(key):
                self._phrases.add(key)
