"""A host's name, label by label, each by what stands behind it.

So ``a.corp.example`` and a rule for ``.corp.example`` still fit each other, and a data endpoint
still belongs to its registry. What belongs to Azure or to everybody stays (`public_hosts`).
"""

import re

from diagnose.bundle.pseudonyms import public_hosts
from diagnose.bundle.pseudonyms.addresses import address
from diagnose.bundle.pseudonyms.names import Names
from diagnose.bundle.pseudonyms.regions import REGIONS

_FORM = re.compile(r"(?P<name>[^\s:/@\[\]]*)(?P<port>(?::\d{1,5})?)")
_LABELS = 127  # of the longest name (RFC 1035, 2.3.4); what has more is none, and takes long
_GLOB = re.compile(r"([*?]+)")
_KINDS = {"blob": "account", "vault": "vault", "servicebus": "bus"}  # by the zone's first label
_SUFFIXES = tuple(public_hosts.REGISTRIES)


def host(names: Names, text: str) -> str:
    """Give the alias of a name or an address, with or without a port."""
    if found := address(names, text):
        return found
    parts = _FORM.fullmatch(text)
    if parts is None:
        return names.alias("host", text)
    return name(names, parts["name"]) + parts["port"]


def name(names: Names, text: str) -> str:
    """Give the alias of a DNS name; a leading dot or star, and a final dot, stay."""
    labels = text.lower().split(".")
    if len(labels) > _LABELS:
        return names.alias("host", text)
    tail, found = "", []
    for label in reversed(labels):
        found.append(_label(names, label, tail))
        tail = f"{label}.{tail}" if tail else label
    alias = ".".join(reversed(found))
    return names.whole(text, alias, spread=text.count(".") > 1) if "." in text else alias


def is_public(text: str) -> bool:
    """Tell whether this name is everybody's, or the end of such names."""
    return text.lower() in public_hosts.KEPT


def _label(names: Names, label: str, tail: str) -> str:
    whole = f"{label}.{tail}" if tail else label
    regional = label in REGIONS and tail in public_hosts.REGIONAL
    if whole.rstrip(".") in public_hosts.KEPT or regional or label == "privatelink":
        return label
    kind = _kind(tail)
    if "*" in label or "?" in label:
        parts = _GLOB.split(label)
        return "".join(p if _GLOB.fullmatch(p) else _part(names, kind, p) for p in parts)
    return _part(names, kind, label)


def _kind(tail: str) -> str:
    """Say what a label is, by what stands behind it."""
    region, _, rest = tail.partition(".")
    place = rest if region in REGIONS else tail
    if place in public_hosts.KEPT and place.endswith(_SUFFIXES):
        return "registry"
    if place in public_hosts.ZONES:
        return _KINDS.get(place.partition(".")[0], "host")
    return "domain" if tail in public_hosts.ENDINGS else "host"


def _part(names: Names, kind: str, label: str) -> str:
    """Give a label's alias; in a registry's, what follows the first hyphen is a hash."""
    head, hyphen, rest = label.partition("-")
    if kind != "registry" or not (head and hyphen):
        return names.alias(kind, label)
    alias = names.alias(kind, head) + hyphen + (names.keyed.hexes(rest, 10) if rest else "")
    return names.whole(label, alias, spread=bool(rest))
