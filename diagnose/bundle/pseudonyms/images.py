"""HOST/REPOSITORY:TAG@DIGEST, each part by its own rule; or a repository alone."""

import re

from diagnose.bundle.pseudonyms.hosts import host, is_public
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.references import reference

_HOST = re.compile(r"[^/]*[.:][^/]*|localhost")  # as docker tells a host from a repository
_SUFFIXED = re.compile(r"[^/:@]+\.(?P<zone>[^/:@.]+\.[^/:@]+)")


def image(names: Names, text: str) -> str:
    before, at, digest = text.partition("@")
    place, slash, path = before.partition("/")
    if not slash and _is_server(before):
        alias = host(names, before)
    elif slash and _HOST.fullmatch(place):
        alias = f"{host(names, place)}/{_tagged(names, path)}"
    else:
        alias = _tagged(names, before)
    return alias + at + (reference(names, digest) if digest else "")


def repository(names: Names, text: str) -> str:
    """Give the alias of a repository's path, part by part; one with dots may be a host's name."""
    alias = "/".join(_segment(names, part) for part in text.split("/"))
    return names.whole(text, alias, spread=True) if "/" in text else alias


def _segment(names: Names, part: str) -> str:
    return host(names, part) if "." in part else names.alias("repo", part)


def _tagged(names: Names, text: str) -> str:
    head, colon, tag = text.partition(":")
    return repository(names, head) + colon + (reference(names, tag) if tag else "")


def _is_server(text: str) -> bool:
    """Tell a login server alone from a repository with a dot in its name."""
    name = text.partition(":")[0]
    found = _SUFFIXED.fullmatch(name)
    return is_public(name) or (found is not None and is_public(found["zone"]))
