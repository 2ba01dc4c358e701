"""A certificate's subject or issuer (RFC 4514): who signs for everybody stays, others do not."""

import re

from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.names import Names

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,40}|\d+(?:\.\d+)*")
_SPLIT = re.compile(r"((?<!\\)[,+]\s*)")
_HOST = re.compile(r"(?:\*\.)?(?:[A-Za-z0-9_-]+\.)+[A-Za-z][A-Za-z0-9-]*")
# Authorities that sign for Azure, docker's hosts and the web: a name on this list tells nothing of
# who met it, and that a certificate is one of theirs is what the causes look at.
_PUBLIC = re.compile(
    r"""(?ix)
    microsoft(?:\ (?:corporation|azure|rsa|ecc|it|tls|root|certificate|authority|g2|issuing|ca
        |\d{1,4}|aoc|eoc|ev))*
    | digicert(?:\ (?:inc\.?|tls|rsa|ecc|sha2|sha256|sha384|global|root|ca|g\d|secure|server|eu
        |cloud|services|high|assurance|ev|hybrid|\d{4}|ca-\d|ca\d|p\d{3}))*
    | baltimore(?:\ cybertrust\ root)? | cybertrust
    | let's\ encrypt | internet\ security\ research\ group | isrg\ root\ x\d | [re]\d{1,2}
    | amazon(?:\ (?:rsa|root|ca|m?\d{1,2}))*
    | globalsign(?:\ (?:nv-sa|root|ca|rsa|ov|dv|ssl|sha256|r\d|g\d|\d{4}|-))*
    | google\ trust\ services(?:\ llc)?
    | sectigo(?:\ (?:limited|rsa|ecc|ov|dv|domain|organization|validation|secure|server|ca))*
    | redmond | washington | wa | lehi | utah
    """
)
_COUNTRY = re.compile(r"[A-Za-z]{2}")


def subject(names: Names, text: str) -> str:
    return "".join(
        part if _SPLIT.fullmatch(part) else _attribute(names, part) for part in _SPLIT.split(text)
    )


def _attribute(names: Names, text: str) -> str:
    kind, equals, value = text.partition("=")
    if not equals or not _TYPE.fullmatch(kind.strip()):
        return names.alias("org", text)
    country = kind.strip().upper() == "C" and _COUNTRY.fullmatch(value)
    if country or _PUBLIC.fullmatch(value.strip()):
        return text
    return kind + equals + (host(names, value) if _HOST.fullmatch(value) else _named(names, value))


def _named(names: Names, value: str) -> str:
    bare = value.strip()
    return value.replace(bare, names.alias("org", bare)) if bare else value
