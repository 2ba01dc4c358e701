"""Bundles, what is kept of bodies in them, and the pseudonyms of a redacted one."""

import json
from functools import cache

from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle import bodies, changing
from diagnose.bundle.pseudonyms import Pseudonyms
from tests.fuzz import properties, unpacking
from tests.fuzz.mutation import Random
from tests.fuzz.target import Target
from tests.fuzz.targets import parses, texts

_SALT = bytes(range(32))
_KINDS = [one for one in Sensitivity if one not in (Sensitivity.HEADERS, Sensitivity.BODY)]
_NAMES = (
    "contoso.azurecr.io/team/app:v1@sha256:" + "0" * 64,
    "/subscriptions/1111/resourceGroups/net-rg/providers/Microsoft.Network/virtualNetworks/v1",
    "https://user:pw@eusreplstore.blob.core.windows.net/a//b?sig=x#y",
    "CN=*.azurecr.io,O=Microsoft Corporation,L=Redmond\\, WA",
    "10.0.0.0/24", "fd00::a04%eth0", "168.63.129.16", "Storage.EastUS", "*.azurecr.*",
    "/home/alice/.docker/config.json", "alice@contoso.com", "aks-vnet-1234", "vm_7",
)  # fmt: skip


def bundle(data: bytes) -> object:
    return unpacking.used(data)


def _tampered(chance: Random) -> bytes:
    return chance.choice(unpacking.WAYS)(chance)


@cache
def answers() -> tuple[bytes, ...]:
    """Give what was asked and what came: a question's name, and its body on the next line."""
    asked = (
        "arm get /subscriptions/1/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
        "arm get /subscriptions/1/providers/Microsoft.ContainerRegistry/registries/r",
        "arm get /subscriptions/1/providers/Microsoft.Authorization/roleAssignments",
        "imds instance -",
        "imds load_balancer -",
        "http get https://contoso.azurecr.io/v2/app/manifests/v1",
        "http get https://contoso.azurecr.io/v2/",
    )
    found = [*map(json.dumps, parses.recorded()), "<html><title>x</title>", "plain words"]
    return tuple(f"{asked[i % len(asked)]}\n{body}".encode() for i, body in enumerate(found))


def kept(data: bytes) -> object:
    """A body cut down to what a bundle keeps of it; what is kept is kept whole the next time."""
    head, _, body = data.partition(b"\n")
    port, _, rest = head.decode("utf-8", "replace").partition(" ")
    method, _, what = rest.partition(" ")
    asked = {"path": what, "url": what}
    found = []
    for status in (200, 403):
        reply = HttpReply(status=status, headers={"content-type": "text/html", "x": "y"}, body=body)
        once = bodies.kept(port, method, asked, reply, changing.bare)
        again = bodies.kept(port, method, asked, once, changing.bare)
        properties.same(again, once, "what is kept of a body, kept again")
        redacted = bodies.kept(port, method, asked, reply, Pseudonyms(_SALT).of)
        found.append((once, redacted))
    return found


def named(data: bytes) -> object:
    """Any text as any kind of name: the same alias each time, and one that is no alias stays."""
    text = data.decode("utf-8", "surrogateescape")
    names = Pseudonyms(_SALT)
    found = [(kind, names.of(kind, text)) for kind in _KINDS]
    again = [(kind, names.of(kind, text)) for kind in _KINDS if kind is not Sensitivity.PROSE]
    others = [row for row in found if row[0] not in (Sensitivity.PROSE, Sensitivity.PUBLIC)]
    properties.same(
        [row for row in again if row in others or row[0] is not Sensitivity.PUBLIC],
        others,
        "an alias, given again",
    )
    return found


def prose(data: bytes) -> object:
    """Running text, once its names were met."""
    text = data.decode("utf-8", "replace")
    names = Pseudonyms(_SALT)
    for one in _NAMES:
        names.of(Sensitivity.HOST, one)
    names.of(Sensitivity.PROSE, text)
    once = names.of(Sensitivity.PROSE, text)
    properties.same(names.of(Sensitivity.PROSE, text), once, "a text, redacted again")
    return once


TARGETS = (
    Target(name="bundle", seeds=lambda: (b"",), use=bundle, make=_tampered),
    Target(name="kept-body", seeds=answers, use=kept),
    Target(name="pseudonym", seeds=lambda: tuple(one.encode() for one in _NAMES), use=named),
    Target(
        name="prose",
        seeds=lambda: (*(one.encode() for one in _NAMES), *texts.pasted()),
        use=prose,
    ),
)
