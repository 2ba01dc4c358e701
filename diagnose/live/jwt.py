"""Knows how to read what a token says of itself, without verifying it."""

import base64
import json
import time
from typing import Any

from checks.token_replies import Access, Claims


def claims(token: str) -> Claims:
    """Decode a JWT's payload; anything that is not one gives empty claims."""
    try:
        part = token.split(".")[1]
        padded = part + "=" * (-len(part) % 4)
        payload = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, IndexError, RecursionError):
        return Claims()
    if not isinstance(payload, dict):
        return Claims()
    expiry = payload.get("exp")
    return Claims(
        audience=_text(payload, "aud"),
        issuer=_text(payload, "iss"),
        tenant=_text(payload, "tid", "tenant"),
        object_id=_text(payload, "oid"),
        client_id=_text(payload, "appid", "azp"),
        expired=isinstance(expiry, (int, float)) and expiry < time.time(),
        permissions=_permissions(payload),
        access=_access(payload.get("access")),
    )


def _text(payload: dict[str, Any], *names: str) -> str:
    for name in names:
        value = payload.get(name)
        if isinstance(value, str) and value:
            return value
    return ""


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(word for word in value if isinstance(word, str))


def _permissions(payload: dict[str, Any]) -> tuple[str, ...] | None:
    """Keep a missing claim apart from an empty one: only an ABAC registry leaves it out."""
    if "permissions" not in payload:
        return None
    found = payload["permissions"]
    return _words(found.get("actions")) if isinstance(found, dict) else ()


def _access(value: object) -> tuple[Access, ...]:
    entries = value if isinstance(value, list) else []
    return tuple(
        Access(type=_text(e, "type"), name=_text(e, "name"), actions=_words(e.get("actions")))
        for e in entries
        if isinstance(e, dict)
    )
