"""The JMESPath of the `--query` options that fixes print, and no more of it.

https://jmespath.org/specification.html: identifiers joined by dots, ``[0]``, ``[]``,
``[?key=='value']``, ``[a, b]``, and ``length(name)``, where ``name || `[]` `` makes nothing none.
"""

import re
from typing import Any

_TOKEN = re.compile(
    r"\.?(?P<name>[A-Za-z_]\w*)"
    r"|\[(?P<index>\d+)\]"
    r"|\[\?(?P<key>\w+)=='(?P<value>[^']*)'\]"
    r"|(?P<each>\[\])"
    r"|\.\[(?P<several>\w+(?:, \w+)*)\]"
)


def search(text: str, value: Any) -> Any:
    """Raise `ValueError` where the text is anything else."""
    counted = re.fullmatch(r"length\((\w+)( \|\| `\[\]`)?\)", text)
    if counted:
        found = _step(_TOKEN.match(counted[1]), value)
        if found is None and counted[2]:
            return 0
        if found is None:
            raise ValueError(f"query {text}: length() of nothing is an error")
        return len(found)
    if not text:
        raise ValueError("an empty query")
    at, projects = 0, False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"{text!r} is no query that is understood here, from {text[at:]!r} on")
        at = token.end()
        each = value if projects and isinstance(value, list) else [value]
        found = [_step(token, one) for one in each]
        if token["each"] is not None or token["key"]:
            value, projects = [one for many in found for one in many or ()], True
        elif projects:
            value = [one for one in found if one is not None]
        else:
            value = found[0]
    return value


def _step(token: re.Match[str], value: Any) -> Any:
    if token["name"]:
        return value.get(token["name"]) if isinstance(value, dict) else None
    if token["several"]:
        names = token["several"].split(", ")
        return [value.get(name) for name in names] if isinstance(value, dict) else None
    if not isinstance(value, list):
        return None
    if token["index"]:
        index = int(token["index"])
        return value[index] if index < len(value) else None
    if token["key"]:
        return [row for row in value if row.get(token["key"]) == token["value"]]
    return value
