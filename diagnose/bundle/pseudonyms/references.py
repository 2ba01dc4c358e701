"""A tag for a tag, a digest for a digest."""

import re

from diagnose.bundle.pseudonyms.names import Names

_DIGEST = re.compile(r"(?P<kind>sha256:|sha512:|)(?P<hexes>[0-9a-f]{64}|[0-9a-f]{128})")


_CUT = re.compile(r"(sha256:)([0-9a-f]{1,63})")


def reference(names: Names, text: str) -> str:
    """Give the alias of a tag, which is told from others by its letters' case, or of a digest."""
    if found := digest(names, text):
        return found
    return text if text == "latest" else names.alias("tag", text, exact=True)


def digest(names: Names, text: str) -> str:
    """Give the alias of a digest, with or without its algorithm; '' where ``text`` is none."""
    if cut := _CUT.fullmatch(text):  # messages show a digest's first digits alone
        return cut[1] + names.keyed.hexes(cut[2], len(cut[2]))
    parts = _DIGEST.fullmatch(text)
    if not parts:
        return ""
    alias = names.keyed.hexes(parts["hexes"], 64)
    if len(parts["hexes"]) > len(alias):
        alias += names.keyed.hexes(parts["hexes"] + ":", 64)
    return names.whole(text, parts["kind"] + alias)
