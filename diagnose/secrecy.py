"""How a secret is looked for in a text: one rule, for what a run shows and what a bundle holds.

A token of hundreds of characters stands nowhere by chance; a password of two letters stands in
every sentence. So it depends on the secret how it counts as found:

* 8 characters and more: anywhere, in every form of `forms`;
* 4 to 7: as a whole word, with no letter or digit beside it;
* one plain word (letters in one case, or digits alone) of 4 to 15: as a whole value, between
  quotes or as in ``password=word`` and ``user:word@host``, since ``password`` is a common password;
* fewer than 4: as a whole JSON string that is no key.

Who knows a user beside a short password makes their ``user:password`` and its Basic form secrets of
their own, which are long enough to be found anywhere.
"""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from checks.words import Word

_LONG, _WORD, _PLAIN = 8, 4, 16  # characters
_ALLOWED = "/?:@!$'()*,;+"  # in a query; RFC 3986, 3.4, less what separates its parts


class Place(Word):
    """Where a secret has to stand to count as found."""

    ANYWHERE = "anywhere"
    WORD = "word"
    VALUE = "value"
    STRING = "string"


_AROUND = {
    Place.WORD: (rb"(?<![0-9A-Za-z])", rb"(?![0-9A-Za-z])"),
    Place.VALUE: (rb"(?:(?<=[\"'=:])|(?<=[=:] ))", rb"(?=[\"'@&,;<>)\]}\r\n]|\Z)"),
    Place.STRING: (rb"(?<=\")", rb"(?=\"(?!\s*:))"),
}


def place(secret: str) -> Place:
    """Say where ``secret`` has to stand to count as found."""
    if len(secret) < _WORD:
        return Place.STRING
    letters = secret.isalpha() and secret in (secret.lower(), secret.upper(), secret.capitalize())
    if (letters or secret.isdigit()) and len(secret) < _PLAIN:
        return Place.VALUE
    return Place.ANYWHERE if len(secret) >= _LONG else Place.WORD


def pattern(secret: bytes, where: Place) -> re.Pattern[bytes]:
    """Give the expression that finds ``secret`` at ``where``, and nothing beside it."""
    before, after = _AROUND.get(where, (b"", b""))
    return re.compile(before + re.escape(secret) + after)


def as_bytes(text: str) -> bytes:
    """Encode what may hold half of a surrogate pair, as JSON can say it."""
    return text.encode("utf-8", "surrogatepass")


def forms(secret: str) -> Iterator[bytes]:
    """Give the spellings in which programs hand ``secret`` on; the plain one comes first."""
    yield from spelt(secret)
    if place(secret) is Place.ANYWHERE:
        for core in cores(as_bytes(secret)):
            yield core
            yield core.translate(bytes.maketrans(b"+/", b"-_"))


def spelt(secret: str) -> Iterator[bytes]:
    """Give ``secret`` as it is, and escaped as URLs, forms, JSON and HTML want it."""
    dumped = json.dumps(secret)[1:-1]
    for text in (secret, dumped, dumped.replace("/", "\\/"), html.escape(secret)):
        yield as_bytes(text)
    yield as_bytes(json.dumps(secret, ensure_ascii=False)[1:-1])
    for safe in ("", "/", _ALLOWED):
        text = quote(secret, safe=safe, errors="replace")
        for told in (text, text.replace("%20", "+")):
            yield told.encode()
            yield re.sub(r"%..", lambda match: match[0].lower(), told).encode()


def cores(secret: bytes) -> Iterator[bytes]:
    """Give the base64 of ``secret`` inside a longer text, for each of the three places to begin.

    Characters that depend on the text before or after it are left out.
    """
    for shift, lost in ((0, 0), (1, 2), (2, 3)):
        size = shift + len(secret)
        coded = base64.b64encode(b"\0" * shift + secret)
        yield coded[lost : size // 3 * 4 + (0, 1, 2)[size % 3]]
