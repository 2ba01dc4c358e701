"""Pseudonyms for all that a recording names: the same value, the same alias, in every place.

What is built of two values in a check is, of their aliases, the alias of what was built: a URL of
a server and a repository, an ARM id of a group and a name, an address inside a network.
"""

from collections.abc import Callable

from checks.privacy import Sensitivity
from diagnose.bundle.pseudonyms.addresses import address
from diagnose.bundle.pseudonyms.anything import name, place
from diagnose.bundle.pseudonyms.files import file
from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.images import image, repository
from diagnose.bundle.pseudonyms.keyed import Keyed
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.prose import Prose
from diagnose.bundle.pseudonyms.references import reference
from diagnose.bundle.pseudonyms.resources import resource
from diagnose.bundle.pseudonyms.subjects import subject
from diagnose.bundle.pseudonyms.urls import url

_LONGEST = 200  # characters of a text that is public


def _host(names: Names, text: str) -> str:
    """Give a host's alias; a pattern of the kubelet's may have a repository's path behind it."""
    if "://" in text:
        return url(names, text)
    before, slash, path = text.partition("/")
    if not slash or address(names, text):
        return host(names, text)
    return f"{host(names, before)}/{repository(names, path)}"


def _identity(names: Names, text: str) -> str:
    return name(names, text, "id")


def _resource(names: Names, text: str) -> str:
    return resource(names, text) if "/" in text and "://" not in text else name(names, text)


def _image(names: Names, text: str) -> str:
    return url(names, text) if "://" in text else image(names, text)


def _reference(names: Names, text: str) -> str:
    return image(names, text) if "/" in text or "@" in text else reference(names, text)


_RULES: dict[Sensitivity, Callable[[Names, str], str]] = {
    Sensitivity.NAME: name,
    Sensitivity.HOST: _host,
    Sensitivity.ADDRESS: place,
    Sensitivity.RESOURCE: _resource,
    Sensitivity.IDENTITY: _identity,
    Sensitivity.URL: url,
    Sensitivity.IMAGE: _image,
    Sensitivity.REFERENCE: _reference,
    Sensitivity.FILE: file,
    Sensitivity.SUBJECT: subject,
}


class Pseudonyms:
    """The aliases of one salt. Names that running text holds are found once they were met in a
    field of their own, so a recording is gone through twice.
    """

    def __init__(self, salt: bytes) -> None:
        """Raise ValueError for a salt of less than 16 bytes."""
        self._names = Names(Keyed(salt))
        self._prose = Prose(self._names)
        self._found: dict[tuple[Sensitivity, str], str] = {}

    def of(self, kind: Sensitivity, text: str) -> str:
        """Give what stands for ``text`` in a redacted recording.

        Raises KeyError for headers and bodies, which are taken apart first.
        """
        if kind is Sensitivity.PROSE:
            return self._prose.redacted(text)
        if kind is Sensitivity.PUBLIC:
            return self._prose.replaced(text)[:_LONGEST]
        if not text:
            return text
        found = self._found.get((kind, text))
        if found is None:
            found = self._found[kind, text] = _RULES[kind](self._names, text)
        return found

    def known(self) -> dict[str, str]:
        """Give alias -> what it stands for."""
        return self._names.originals

    @property
    def salt_id(self) -> str:
        """The same for two bundles whose aliases may be compared; the salt does not follow."""
        return self._names.keyed.fingerprint
