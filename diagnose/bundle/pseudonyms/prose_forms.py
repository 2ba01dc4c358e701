"""The forms in which names, ids and addresses stand in the words of other programs.

One expression, tried from left to right: what fits is taken as a whole, so no later form looks into
an earlier one. Repeats are of one character class each, so that no text is slow to read.
"""

import re
from functools import cache

from diagnose.bundle.pseudonyms.identities import GUID

WORD = r"[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*"
ESCAPE = r"\\(?:u[0-9A-Fa-f]{4}|.)|%[0-9A-Fa-f]{2}"  # its letters belong to no word behind it
_QUOTE = r"""(?:\\{0,6}["'`]|\\u0027|\\u0022)"""
_SLASHES = r"\\{0,6}"  # of text that was escaped more than once
_BARE = r"[^\s\"'`\\<>,;(){}\[\]]"
_LABEL = r"[A-Za-z0-9_*](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DOTTED = rf"(?:{_LABEL}\.)+{_LABEL}"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
_V4 = r"(?:\d{1,3}\.){3}\d{1,3}"
# Nouns behind which a name stands.
_NOUN = (
    r"(?i:\b(?:container ?app|container ?group|container ?name|container|repository|registry|"
    r"registries|images?|tagged by|tag|virtual network|vnet|subnets?|resource ?group|resource|"
    r"subscription|user(?:name)?|account|identity|host(?:name)?|node(?:name)?|pod|namespace|"
    r"cluster|machine|vm|server|service|tenant|client|object id|application|principal|role|policy|"
    r"rule|secret|workspace|manifest|denied for|manifest for|pull repository|name)(?: name)?)"
)
_MARK = r"(?i:\b(?:user(?:name)?|host(?:name)?|name|node|pod|namespace|account|tenant|cluster))"
_HELD = (
    r"(?i:(?:pass(?:word|wd)?|secret|(?:access|refresh|id|identity)[_-]?token|client[_-]secret|"
    r"api[_-]?key|sharedaccesskey|accountkey|sig|signature)"
    rf"(?:{_SLASHES}[\"'])?\s?[=:]\s?(?:{_SLASHES}[\"'])?)"
)
_FORMS = {
    # Secrets go without a trace of what they were.
    "jwt": r"eyJ[\w-]{5,}(?:\.[\w-]*){0,4}",
    "bearer": r"(?i:bearer|basic)[ ]+(?=[^\s\"',=]{16})(?=[^\s\"',=]*\d)[^\s\"',=]+=*",
    "secret": rf"{_HELD}(?P<value>[^\s\"'&,;}}\\]+)",
    # A token's scope (https://distribution.github.io/distribution/spec/auth/scope/).
    "scope": r"\brepository(?:\([a-z]+\))?:(?P<scoped>[a-z0-9][a-z0-9._/-]*)(?=:[a-z*])",
    "url": r"[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s\"'`<>\\]+",
    "arm": r"(?i:/(?:subscriptions|providers|resourcegroups))/[^\s\"'`<>\\,;()]+",
    "mail": rf"[A-Za-z0-9._%+-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z]{{2,20}}",
    "home": rf"(?:/home|/Users|(?:[A-Za-z]:)?\\{{1,4}}Users)[/\\]+(?:{_BARE}|\\)+",
    "file": rf"/(?:etc|var|usr|opt|run|root|mnt|tmp|data|srv|lib|proc|sys|media|boot)/{_BARE}*",
    "guid": rf"{GUID}(?![0-9A-Za-z])",
    "mac": r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z:-])",
    "digest": r"sha(?:256|512):[0-9a-f]{64,128}|[0-9a-f]{64}(?![0-9A-Za-z])",
    "image": rf"{_DOTTED}(?::\d{{1,5}})?/[a-z0-9][A-Za-z0-9._/-]*(?::{_TAG})?"
    r"(?:@sha256:[0-9a-f]+)?",
    "v4": rf"{_V4}(?:/\d{{1,2}})?(?!\w|\.\d)",
    "v6": r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}"
    rf"(?:{_V4}|[0-9A-Fa-f]{{1,4}}|(?=[\]/\s,]))(?:/\d{{1,3}})?(?![0-9A-Za-z:])",
    "lookup": rf"(?i:lookup[ ])(?P<looked>{_BARE}{{1,253}}?)(?=:?(?:\s|$))",
    "quoted": rf"(?P<noun>{_NOUN})(?:{_SLASHES}[\"'])?[ ]?[:=]?[ ]?{_QUOTE}"
    r"(?P<inside>[^\"'`\\]{1,200})",
    "marked": rf"{_MARK}(?P<mark>[:=] ?)(?P<told>{_BARE}{{1,300}})",
    "nouned": rf"{_NOUN}[ ](?P<called>[A-Za-z0-9][A-Za-z0-9_-]*)(?![\w.@/-]|:\S)",
    "pathed": r"(?P<lead>[A-Za-z0-9][A-Za-z0-9._-]*)"
    rf"(?P<rest>(?:(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+(?::{_TAG})?|:{_TAG})(?:@sha256:[0-9a-f]+)?"
    r"|@sha256:[0-9a-f]+)(?![/\w])",
    "alone": rf"{_QUOTE}(?P<only>[A-Za-z0-9_][A-Za-z0-9_.-]{{0,100}})(?={_QUOTE})",
    "hosted": rf"{_DOTTED}(?::\d{{1,5}}(?!\w))?",
    "blob": r"[A-Za-z0-9+/_-]{40,}={0,2}",
    "escape": ESCAPE,
    "word": WORD,
}


@cache
def forms() -> re.Pattern[str]:
    """Give the expression of all forms; it is compiled when the first text is read."""
    return re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()))


@cache
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Give an expression for known names of more than one word; the first that fits counts."""
    either = "|".join(map(re.escape, phrases))
    return re.compile(rf"(?<![A-Za-z0-9])({either})(?![A-Za-z0-9])", re.IGNORECASE)
