"""Which headers of an answer are kept, each with its sensitivity; no other is."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Alias
from diagnose.bundle.bodies.texts import cut

_PUBLIC, _PROSE, _IDENTITY = Sensitivity.PUBLIC, Sensitivity.PROSE, Sensitivity.IDENTITY

KEPT = {
    "api-supported-versions": _PUBLIC,
    "content-length": _PUBLIC,
    "content-type": _PUBLIC,
    "date": _PUBLIC,
    "docker-content-digest": Sensitivity.REFERENCE,
    "docker-distribution-api-version": _PUBLIC,
    "location": Sensitivity.URL,
    "proxy-authenticate": _PROSE,
    "retry-after": _PUBLIC,
    "server": _PROSE,
    "via": _PROSE,
    "www-authenticate": _PROSE,
    "x-ms-correlation-request-id": _IDENTITY,
    "x-ms-error-code": _PUBLIC,
    "x-ms-failure-cause": _PROSE,
    "x-ms-request-id": _IDENTITY,
    "x-ms-version": _PUBLIC,
    "x-squid-error": _PROSE,
}
# RFC 9110, 11.3: a challenge may carry nonces and tokens beside what it asks for.
_CHALLENGE = re.compile(
    r"(?P<scheme>Basic|Bearer|Digest|Negotiate|NTLM)\b"
    r'|\b(?:realm|service|scope|error|error_description)="[^"]*"',
    re.IGNORECASE,
)


def kept(headers: Mapping[str, str], alias: Alias) -> dict[str, str]:
    """Give the headers that are kept, in their order; their names are in lower case."""
    found = {name: _reduced(name, value) for name, value in headers.items() if name in KEPT}
    return {name: alias(KEPT[name], value) if value else "" for name, value in found.items()}


def _reduced(name: str, value: str) -> str:
    if name == "location":
        return plain_url(value)
    return cut(challenge(value) if name.endswith("-authenticate") else value)


def plain_url(url: str) -> str:
    """Give a URL without credentials, query and fragment; what is none leads nowhere.

    The query of a redirect to storage is a signature that opens the layer to anybody.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    if host:
        scheme = f"{parts.scheme}:" if parts.scheme else ""
        return f"{scheme}//{host}{parts.path}"
    # With a scheme and no host, a path that opens with slashes would be taken for a host.
    return f"{parts.scheme}:" if parts.scheme else re.sub(r"\A/{2,}", "/", parts.path)


def challenge(value: str) -> str:
    """Give the schemes and what they say of where to sign in and what for."""
    told = ""
    for found in _CHALLENGE.finditer(value):
        after = found["scheme"] is None and told and not told.endswith(" ")
        told += f"{',' if after else ''}{found[0]}{' ' if found['scheme'] else ''}"
    return told.rstrip()
