"""Knows how to take a token out of a reply, so that what is handed on holds none."""

import json
import re
from dataclasses import fields, replace
from typing import Any

from checks.replies import Failure, HttpReply
from checks.token_replies import Access, Claims, Granted
from diagnose.live.jwt import claims
from diagnose.live.vault import Vault

_CLAIMS = fields(Claims)
_MOST = 20  # tokens of one answer that are remembered; each costs a look at all that is shown
_LIKE_A_TOKEN = re.compile(rb"eyJ[\w-]{10,}|_token[\"'\s]*[:=]", re.ASCII)


def asked_for(login_server: str, repository: str) -> dict[str, str]:
    """Name what is asked for; an empty scope is left out, since registries stumble over it."""
    query = {"service": login_server}
    if repository:
        query["scope"] = f"repository:{repository}:pull"
    return query


def granted(
    vault: Vault,
    reply: HttpReply | Failure,
    keys: tuple[str, ...],
    name: str,
    how: str,
    *hosts: str,
) -> Granted | HttpReply | Failure:
    """Keep the token of a 200 under ``name``, usable at ``hosts``; else give the reply, cleaned."""
    if isinstance(reply, Failure):
        return reply
    vault.remember(_others(reply))
    secret = _token_in(reply, keys)
    if secret:
        token = vault.put(name, secret, *hosts)
        return Granted(token=token, claims=shown(vault, secret), how=how)
    clean = vault.clean_reply(reply)
    # A cut or unexpected 200 may hold a token that we did not recognise as such.
    return replace(clean, body=b"") if _LIKE_A_TOKEN.search(clean.body) else clean


def shown(vault: Vault, secret: str) -> Claims:
    """Give what a token says of itself: whoever made it may have put another secret into it."""
    told = claims(secret)
    return replace(told, **{one.name: _clean(vault, getattr(told, one.name)) for one in _CLAIMS})


def _clean(vault: Vault, value: Any) -> Any:
    if isinstance(value, str):
        return vault.clean(value)
    if isinstance(value, tuple):
        return tuple(_clean(vault, one) for one in value)
    if isinstance(value, Access):
        actions = _clean(vault, value.actions)
        return Access(type=vault.clean(value.type), name=vault.clean(value.name), actions=actions)
    return value


def _token_in(reply: HttpReply, keys: tuple[str, ...]) -> str:
    if reply.status != 200:
        return ""
    try:
        document = json.loads(reply.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    values = (document.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and _sendable(value)), "")


def _others(reply: HttpReply) -> list[str]:
    """Give the tokens of an answer, those too that nobody asked for."""
    try:
        document = json.loads(reply.body) if reply.status == 200 else None
    except (ValueError, RecursionError):
        return []
    rows = document.items() if isinstance(document, dict) else ()
    told = [value for key, value in rows if key.endswith("token") and isinstance(value, str)]
    return told[:_MOST]


def _sendable(value: str) -> bool:
    """Tell whether this can stand in a header: RFC 6750's tokens are printable ASCII."""
    return value.isascii() and value.isprintable() and " " not in value and bool(value)
