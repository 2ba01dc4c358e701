"""Cuts one HTTP answer down to what a recording keeps of it, by what was asked.

The checks must read the same from what is left, so that a body that was JSON stays JSON, one that
was not never becomes it, and a page still looks like one.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from checks import answers
from checks.privacy import Sensitivity
from checks.replies import HttpReply
from diagnose.bundle.bodies import arm, headers, imds, registry, texts
from diagnose.bundle.bodies.errors import ERRORS
from diagnose.bundle.bodies.shape import Alias, Fields, reduced

_NOTHING: Fields = {}


def kept(
    port: str, method: str, arguments: Mapping[str, object], reply: HttpReply, alias: Alias
) -> HttpReply:
    """Give ``reply`` with reduced body and headers, ``alias`` in their texts; the rest as it is."""
    return replace(
        reply,
        headers=headers.kept(reply.headers, alias),
        body=_body(reply, shape_of(port, method, arguments), alias, _layer(port, arguments)),
    )


def shape_of(port: str, method: str, arguments: Mapping[str, object]) -> Fields:
    """Give what is kept of the answer to this question, beside errors."""
    if port == "imds":
        return imds.LOAD_BALANCER if method == "load_balancer" else imds.INSTANCE
    if port == "arm":
        return arm.shape_of(str(arguments.get("path", "")))
    if port == "http" and "/manifests/" in str(arguments.get("url", "")):
        return registry.MANIFEST
    return _NOTHING


def _layer(port: str, arguments: Mapping[str, object]) -> bool:
    """Tell whether the answer is a layer where all is well, or an image's configuration."""
    asked = "/blobs/" in str(arguments.get("url", "")) or arguments.get("only_first_byte") is True
    return port == "http" and asked


def _body(reply: HttpReply, shape: Fields, alias: Alias, is_layer: bool) -> bytes:
    good, page = 200 <= reply.status < 300, answers.is_page(reply)
    if not reply.body or (is_layer and good and not page):
        return b""
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError):
        text = texts.readable(reply.body)
        # Half an answer may hold a field that no table names; half an error holds none.
        half = text.lstrip("\ufeff \r\n\t").startswith(("{", "["))
        if (good and (half or not page)) or not (page or texts.is_text(reply.body)):
            return b""
        return texts.never_json(alias(Sensitivity.PROSE, text))
    told = (ERRORS | shape, *(() if good else (Sensitivity.PROSE,)))
    return json.dumps(reduced(value, told, alias), separators=(",", ":")).encode()
