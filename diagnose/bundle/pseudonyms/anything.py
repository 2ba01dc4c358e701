"""What a text without a class of its own is, by its form; else it is a name."""

import re

from diagnose.bundle.pseudonyms.addresses import address
from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.identities import guid, mac
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.references import digest
from diagnose.bundle.pseudonyms.resources import named, resource
from diagnose.bundle.pseudonyms.service_tags import is_tag
from diagnose.bundle.pseudonyms.urls import url

_ARM = re.compile(r"(?i)/?(?:subscriptions|providers)(?:/.*)?")
_DOTTED = re.compile(r"\.?(?:[A-Za-z0-9_*-]+\.)+[A-Za-z0-9_-]+\.?(?::\d{1,5})?")
_MAIL = re.compile(r"([^@\s]+)@((?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+)")
# Programs and accounts that every machine of a kind has.
_KNOWN = frozenset(
    """
acr-credential-provider ecr-credential-provider gcr-credential-provider gcp-credential-provider
azure-acr-credential-provider root oauth2accesstoken
""".split()
)


def name(names: Names, text: str, kind: str = "name") -> str:
    """Give the alias of a name, an id, an address, a path or a URL."""
    if text.lower() in _KNOWN:
        return text
    if "://" in text:
        return url(names, text)
    if _ARM.fullmatch(text):
        return resource(names, text)
    if mail := _MAIL.fullmatch(text):
        return f"{name(names, mail[1], 'user')}@{host(names, mail[2])}"
    found = address(names, text) or guid(names, text) or mac(names, text) or digest(names, text)
    if found:
        return found
    return host(names, text) if _DOTTED.fullmatch(text) else named(names, kind, text)


def place(names: Names, text: str) -> str:
    """Give the alias of what stands where an address may: ranges, lists, and service tags."""
    return re.sub(r"[^,\s]+", lambda entry: _entry(names, entry[0]), text)


def _entry(names: Names, text: str) -> str:
    found = address(names, text)
    if found or is_tag(text):
        return found or text
    first, mark, last = text.partition("-")
    ends = (address(names, first), address(names, last)) if mark else ("", "")
    return mark.join(ends) if all(ends) else name(names, text)
