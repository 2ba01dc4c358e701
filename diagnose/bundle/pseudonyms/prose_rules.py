"""What stands for each form that `prose_forms` finds; a rule gives None where it is none of it."""

import re
from collections.abc import Callable

from diagnose.bundle.pseudonyms import public_hosts
from diagnose.bundle.pseudonyms.addresses import address
from diagnose.bundle.pseudonyms.anything import name
from diagnose.bundle.pseudonyms.files import file
from diagnose.bundle.pseudonyms.hosts import host, is_public
from diagnose.bundle.pseudonyms.identities import guid, mac
from diagnose.bundle.pseudonyms.images import image
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.ordinary import ORDINARY
from diagnose.bundle.pseudonyms.references import digest, reference
from diagnose.bundle.pseudonyms.resources import resource
from diagnose.bundle.pseudonyms.urls import url

REMOVED = "[removed]"
_LAST = ".,:;)]}…"  # what ends a sentence, and no URL
_NS = re.compile(r"[?&](ns=)([A-Za-z0-9.:-]+)")  # whose image a mirror is asked for, by containerd
_STATUS = re.compile(r":\d{3}$")
_CODE = frozenset("c cc conf cpp cs go h html java js json md py rb rs sh toml ts txt yaml".split())
_CHOSEN = re.compile(r"[\d._-]")  # what people choose mostly has one of these in it
_NETWORKS = ("subnet", "virtual network")  # ARM's messages name them without quotes
_PATHS = ("v2/", "oauth2/")

Match = re.Match[str]


def _removed(_names: Names, _found: Match) -> str:
    return REMOVED


def _bearer(_names: Names, found: Match) -> str:
    return f"{found[0].split()[0]} {REMOVED}"


def _secret(_names: Names, found: Match) -> str | None:
    value = found["value"]
    if value.strip(_LAST).casefold() in ORDINARY:
        return None
    return found[0][: -len(value)] + REMOVED


def _url(names: Names, found: Match) -> str:
    text = found[0].rstrip(_LAST)
    rest = found[0][len(text) :]
    before, _, after = text.partition("://")
    if after.partition("/")[0].lower() in public_hosts.DOCUMENTS:
        return found[0]
    if before == "docker":
        return f"docker://{image(names, after)}{rest}"
    asked, status = _NS.search(text), _STATUS.search(text) if "?" in text else None
    query = f"?{asked[1]}{host(names, asked[2])}" if asked else ""
    return url(names, text) + query + (status[0] if status else "") + rest


def _scope(names: Names, found: Match) -> str:
    return found[0][: -len(found["scoped"])] + image(names, found["scoped"])


def _arm(names: Names, found: Match) -> str:
    text = found[0].rstrip(_LAST)
    return resource(names, text) + found[0][len(text) :]


def _file(names: Names, found: Match) -> str:
    text = found[0].rstrip(_LAST)
    return file(names, text) + found[0][len(text) :]


def _image(names: Names, found: Match) -> str | None:
    if alias := address(names, found[0]):
        return alias
    text = found[0].rstrip("._-/:")
    place, _, path = text.partition("/")
    if place.lower() in public_hosts.DOCUMENTS:
        return found[0]
    if not _is_host(place):
        return None
    alias = url(names, text) if path.startswith(_PATHS) else image(names, text)
    return alias + found[0][len(text) :]


def _is_host(text: str) -> bool:
    """Tell a host from a file, a class or a version, by how it ends."""
    bare, port, _ = text.partition(":")
    last = bare.lower().rpartition(".")[2]
    if bare.startswith("System."):  # .NET's own names end in "Net"
        return False
    return is_public(last) or bool(port and last not in _CODE and not last.isdecimal())


def _hosted(names: Names, found: Match) -> str | None:
    return host(names, found[0]) if _is_host(found[0]) else None


def _lookup(names: Names, found: Match) -> str | None:
    text = found["looked"]
    if "/" in text or text.casefold() in ORDINARY:
        return None
    return found[0][: -len(text)] + host(names, text)


def _quoted(names: Names, found: Match) -> str | None:
    text, noun = found["inside"].rstrip(_LAST), found["noun"].lower()
    rest = found["inside"][len(text) :]
    if not text or re.search(r"\s|^[<%$*.-]", text) or text.lower().startswith("microsoft."):
        return None
    if noun.startswith("tag"):
        alias = reference(names, text)
    elif "://" not in text and ("/" in text.strip("/") or ":" in text) and text[0] != "/":
        alias = image(names, text)
    else:
        alias = name(names, text, "name")
    return found[0][: -len(found["inside"])] + alias + rest


def _marked(names: Names, found: Match) -> str | None:
    text = found["told"].rstrip(_LAST)
    plain = text.casefold() in ORDINARY or ("://" in text or not text)
    if plain or not (found["mark"] == "=" or names.given(text) or _CHOSEN.search(text)):
        return None
    alias = image(names, text) if "/" in text else name(names, text)
    return found[0][: -len(found["told"])] + alias + found["told"][len(text) :]


def _nouned(names: Names, found: Match) -> str | None:
    text = found["called"]
    alias = names.given(text)
    if not alias and found[0].lower().startswith(_NETWORKS) and _CHOSEN.search(text):
        alias = name(names, text)
    return found[0][: -len(text)] + alias if alias else None


def _pathed(names: Names, found: Match) -> str | None:
    """Replace ``team/app:v1`` and ``vnet/subnet`` where every part is known as a name."""
    text = found[0].rstrip("._-")
    named, at, told = text.partition("@")
    head, colon, tag = named.partition(":")
    parts = [names.given(part) for part in head.split("/")]
    last = tag if tag == "latest" else names.given(tag)
    if not all(parts) or (tag and not last):
        return None
    alias = (names.given(head) or "/".join(parts)) + colon + last
    return alias + at + digest(names, told) + found[0][len(text) :]


def _alone(names: Names, found: Match) -> str | None:
    alias = names.given(found["only"])
    return found[0][: -len(found["only"])] + alias if alias else None


def _blob(_names: Names, found: Match) -> str | None:
    text = found[0]
    random = sum(map(str.isupper, text)) > 3 < sum(map(str.isdecimal, text))
    return REMOVED if random and any(map(str.islower, text)) else None


RULES: dict[str, Callable[[Names, Match], str | None]] = {
    "jwt": _removed,
    "bearer": _bearer,
    "secret": _secret,
    "scope": _scope,
    "url": _url,
    "arm": _arm,
    "mail": lambda names, found: name(names, found[0]),
    "home": _file,
    "file": _file,
    "guid": lambda names, found: guid(names, found[0]),
    "mac": lambda names, found: mac(names, found[0]),
    "digest": lambda names, found: digest(names, found[0]),
    "image": _image,
    "v4": lambda names, found: address(names, found[0]),
    "v6": lambda names, found: address(names, found[0]),
    "lookup": _lookup,
    "quoted": _quoted,
    "marked": _marked,
    "nouned": _nouned,
    "pathed": _pathed,
    "alone": _alone,
    "hosted": _hosted,
    "blob": _blob,
}
# The part of a form that is read by itself where the whole is not what it looks like.
INNER = {"lookup": "looked", "quoted": "inside", "marked": "told", "nouned": "called"} | {
    "alone": "only",
    "pathed": "rest",
    "secret": "value",
}
