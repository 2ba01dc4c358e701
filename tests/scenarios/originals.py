"""Every name, id and address of a simulated cloud: what a redacted bundle must not hold."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from ipaddress import ip_address

from diagnose.lab.cloud import Cloud
from diagnose.lab.roles import ROLES

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_HOST = re.compile(r"(?<![\w./-])[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_KEPT = ("0.", "127.", "169.254.", "168.63.129.16", "255.")


def originals(cloud: Cloud) -> set[str]:
    """Give what stands for somebody or something in the state of ``cloud``."""
    texts = set(_texts(cloud))
    found = {cloud.vm.name, cloud.vm.resource_group, cloud.registry.name}
    found |= set(cloud.registry.repositories)
    for text in texts:
        found |= set(_GUID.findall(text)) - _public_ids()
        found |= {one for one in _IPV4.findall(text) if _own(one)}
        found |= set(_DIGEST.findall(text))
        if text.lower().startswith("/subscriptions/"):
            found |= set(_arm_names(text))
    return {one for one in found if one and one.lower() not in _ORDINARY}


# Names of the simulated cloud that are words of our own sentences, of a protocol's paths or of
# Azure itself; test_bundles.py looks for such names where they are words of nothing else.
_ORDINARY = {"0", "app", "apps", "build", "default", "endpoints", "v1", "privatelink.azurecr.io"}


def _public_ids() -> set[str]:
    """Give what Microsoft calls the same everywhere: the built-in roles."""
    return {match for role in ROLES.values() for match in _GUID.findall(repr(role))}


def _own(address: str) -> bool:
    try:
        ip_address(address)
    except ValueError:
        return False
    return not address.startswith(_KEPT)


def _arm_names(resource_id: str) -> Iterator[str]:
    """Give the names in an ARM id: what stands behind each type."""
    parts = resource_id.strip("/").split("/")
    at = 0
    while at < len(parts) - 1:
        if parts[at].lower() == "providers":
            at += 1  # the namespace; types and names follow
            at += 1
            continue
        yield parts[at + 1]
        at += 2


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _texts(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
