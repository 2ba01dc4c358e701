"""A GUID for a GUID, and an address of hardware for one of hardware."""

import re

from checks.role_list import BUILT_IN
from checks.stored import NULL_USER
from diagnose.bundle.pseudonyms.names import Names

GUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_GUID = re.compile(GUID)
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
# Role definitions that every tenant has, beside those of registries:
# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
_ROLES = (
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
    "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",  # User Access Administrator
    "4d97b98b-1d4f-4787-a291-c67834d212e7",  # Network Contributor
    "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",  # Virtual Machine Contributor
)
_ENDPOINT = "0000000c-0000-0000-c000-000000000000"  # Azure's own applications end like this one
_PUBLIC = frozenset((*BUILT_IN, *_ROLES, NULL_USER))


def guid(names: Names, text: str) -> str:
    """Give the alias of a GUID, or '' where ``text`` is none; everybody's ids stay."""
    if not _GUID.fullmatch(text):
        return ""
    key = text.lower()
    if key in _PUBLIC or key[8:] == _ENDPOINT[8:]:
        return key
    return names.whole(text, names.keyed.guid(key))


def mac(names: Names, text: str) -> str:
    """Give the alias of a MAC address in the same spelling, or '' where ``text`` is none."""
    form = _MAC.fullmatch(text)
    if not form or not re.search(r"\d", text):
        return ""
    digits = "02" + names.keyed.hexes(re.sub(r"\W", "", text).lower(), 10)  # locally administered
    alias = form[1].join(digits[at : at + 2] for at in range(0, 12, 2))
    return names.whole(text, alias.upper() if text.upper() == text else alias)
