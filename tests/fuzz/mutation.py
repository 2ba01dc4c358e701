"""Random changes of bytes, and of the values in a JSON document; the same for the same chance."""

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

Random = random.Random

DEPTH = 100  # levels of a document whose places are changed

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 0.5, 1e308, -1e-308,
    "", " ", "\0", "\n", "\x1b[2J", "\u202e", "\U0001f600", "\udcff", "\\", "'", '"', "<script>",
    "%s", "{}", "{0.__class__}", "a" * 10_000, "/" * 500, "../../etc/passwd", "\u0660", "0x10",
    "http://[", "https://a:b:c/", "https://x:99999999/", "[::", "::1%eth0", "999.1.1.1",
    "10.0.0.0/99", "0.0.0.0/0", "::/0", "10.0.0.4", "168.63.129.16", "contoso.azurecr.io",
    "9999-12-31T23:59:59Z", "0000-00-00", "1e400", "/subscriptions/x/resourceGroups//providers",
    "sha256:", "is", "ok", [], [[]], [None], ["a", 1], {}, {"": ""}, {"is": "Failure"},
    {"is": 1}, {"a": {"b": [1]}},
)  # fmt: skip
TOKENS = (
    b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\\u0000", b"\\ud800", b"NaN", b"1e999", b"-",
    b"[" * 70, b"9" * 30, b"null", b"\xff", b"\xef\xbb\xbf", b"\n", b"\0", b" ", b'"a":1,' * 3,
)  # fmt: skip


def changed(chance: Random, data: bytes, words: Sequence[bytes] = ()) -> bytes:
    """Change bytes here and there; ``words`` are put in beside the usual tokens."""
    some = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        at, length = chance.randrange(len(some) + 1), chance.choice((1, 1, 2, 40, 2000))
        how = chance.randrange(6)
        if how == 0 and at < len(some):
            some[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            some[at : at + length] = chance.randbytes(length)
        elif how == 2:
            del some[at : at + length]
        elif how == 3:
            some[at:at] = some[at : at + length] * chance.choice((1, 3))
        elif how == 4:
            some[at : at + chance.choice((0, 1))] = chance.choice((*TOKENS, *words))
        elif chance.random() < 0.2:
            del some[at:]
    return bytes(some)


def places(value: Any, depth: int = DEPTH) -> Iterator[tuple[Any, Any]]:
    """Give each place in a document: what holds it, and its key or index there."""
    inner = range(len(value)) if isinstance(value, list) else list(value)
    for key in inner:
        yield value, key
        if depth and isinstance(value[key], (list, dict)):
            yield from places(value[key], depth - 1)


def replace(chance: Random, holder: Any, key: Any, others: Sequence[Any]) -> None:
    """Change one place of a document; ``others`` are values that such documents have."""
    if isinstance(holder, list) and key >= len(holder):
        return  # it was taken away before
    if isinstance(holder, dict) and key not in holder:
        return
    value, how = holder[key], chance.random()
    if isinstance(value, str) and value[:1] in ("{", "[") and how < 0.9:
        holder[key] = _inside(chance, value, others)
    elif how < 0.45:
        alike = [one for one in HOSTILE if type(one) is type(value)]
        holder[key] = copy.deepcopy(chance.choice(alike or HOSTILE))
    elif how < 0.6:
        holder[key] = copy.deepcopy(chance.choice(HOSTILE))
    elif how < 0.75:
        holder[key] = copy.deepcopy(chance.choice(others or HOSTILE))
    elif how < 0.85:
        del holder[key]
    elif isinstance(holder, dict):
        holder[str(chance.choice(HOSTILE))] = holder.pop(key)
    else:
        holder.extend([holder[key]] * chance.choice((1, 2, 50)))


def _inside(chance: Random, text: str, others: Sequence[Any]) -> str:
    """Change the JSON of a service's answer, which stands in a text of ours."""
    try:
        document = [json.loads(text)]
    except ValueError:
        return text[: chance.randrange(len(text))]
    for _ in range(chance.choice((1, 1, 2, 4))):
        found = list(places(document))
        if found:
            replace(chance, *chance.choice(found), others)
    return json.dumps(document[0]) if document else ""
