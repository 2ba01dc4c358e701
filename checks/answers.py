"""How to read an HTTP answer that may or may not come from ACR or from ARM.

Content decides, not headers alone: ACR's refusals use more than one content type, and proxies
answer in ACR's place.
"""

import email.utils
import json
import re
from dataclasses import dataclass

from checks.replies import HttpReply, Json

_DENIED = re.compile(
    r"client with IP\s+(?:'|\\u0027)?(?P<ip>[^'\\\s]+?)(?:'|\\u0027)?\s+is not allowed access",
    re.IGNORECASE,
)
_CORRELATION = re.compile(r"(?<!\s)\s*Correlation ?ID:?\s*[0-9a-f-]{8,}\.?", re.IGNORECASE)
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryError:
    """The first entry of a registry's ``errors`` list, or what stands in its place."""

    code: str = ""
    message: str = ""  # one clean line, without the correlation id
    refused_ip: str = ""  # the address in "client with IP ... is not allowed access"


def clean(text: str, limit: int = 300) -> str:
    """Make foreign text one printable line: no terminal escapes, no varying ids, capped."""
    # In this order: what is no space before may be one after, in front of an id.
    line = _CORRELATION.sub("", _UNPRINTABLE.sub(" ", text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"


def json_of(reply: HttpReply) -> Json:
    """Decode the body, or give None where it is not JSON (or nested beyond reason)."""
    try:
        decoded: Json = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    return decoded


def table(value: Json, key: str) -> dict[str, Json]:
    """Give ``value[key]`` where both are JSON objects, else an empty one."""
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def rows(value: Json, key: str) -> tuple[dict[str, Json], ...]:
    """Give the objects in the list ``value[key]``, else none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return tuple(row for row in inner if isinstance(row, dict)) if isinstance(inner, list) else ()


def text(value: Json, key: str) -> str:
    """Give ``value[key]`` where it is a string, else an empty one."""
    inner = value.get(key) if isinstance(value, dict) else None
    return clean(inner, 600) if isinstance(inner, str) else ""


def texts(value: Json, key: str) -> tuple[str, ...]:
    """Give the strings in the list ``value[key]``, else none."""
    inner = value.get(key) if isinstance(value, dict) else None
    return tuple(clean(s) for s in inner if isinstance(s, str)) if isinstance(inner, list) else ()


def registry_error(reply: HttpReply) -> RegistryError:
    """Read a registry's error body, whatever its content type says."""
    body = reply.body[:65536].decode("utf-8", "replace")
    denied = _DENIED.search(body)
    first = next(iter(rows(json_of(reply), "errors")), {})
    return RegistryError(
        code=text(first, "code"),
        message=text(first, "message"),
        refused_ip=clean(denied["ip"], 60) if denied else "",
    )


def from_acr(reply: HttpReply) -> bool:
    """Tell whether the registry itself answered, and not something on the way.

    Any one mark is enough: the root's 404 lacks both the Docker and the correlation header.
    """
    headers = reply.headers
    return (
        "x-ms-correlation-request-id" in headers
        or "docker-distribution-api-version" in headers
        or headers.get("server", "").lower() in ("azurecontainerregistry", "openresty")
        or bool(registry_error(reply).code)
    )


def is_page(reply: HttpReply) -> bool:
    """Tell whether this is a page for people, by its type or by its first bytes."""
    opening = reply.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    named = reply.headers.get("content-type", "").lower().startswith("text/html")
    return named or opening.startswith((b"<html", b"<!doctype html"))


def minutes_off(reply: HttpReply, now: float) -> int | None:
    """Give the local clock minus the answer's Date in whole minutes; None without a Date."""
    try:
        server = email.utils.parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return round((now - server) / 60)  # to the nearest: seconds of travel are not a skew
