"""Refuses to write what holds a secret of the run: the last look, at every member and its name.

How a secret is looked for is the rule of `diagnose.secrecy`. A text is undone before the search,
one layer after the other (JSON, HTML, percent signs, each twice; base64 in quotes), so that a
spelling in which only some characters are escaped is found as well.
"""  # noqa: A005 nobody imports the other module of this name here

import base64
import binascii
import html
import json
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from diagnose import secrecy
from diagnose.bundle.errors import quoted
from diagnose.secrecy import Place

_SHORT = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b'"': b'"', b"/": b"/"}
_UNICODE = re.compile(rb"(?:\\u[0-9a-fA-F]{4})+")
_ENOUGH = 64  # bytes that are sought of a longer secret, which is faster
_SHORTEST = 12  # characters of base64, for a secret of eight bytes
_ALPHABET = (string.ascii_letters + string.digits + "+/-_=").encode()
_UNDOING = re.compile(rb"[\\&%]")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where a secret was found; never the secret."""

    member: str
    form: str  # "plain", "JSON-escaped", "base64 ..."

    def __str__(self) -> str:
        return f"{quoted(self.member)} holds a secret of this run ({self.form})"


class LeakError(Exception):
    """Something that was about to be written holds a secret; the text never does."""


def refuse(members: Mapping[str, bytes], secrets: Iterable[str]) -> None:
    """Raise `LeakError` where a member, or its name, holds one of ``secrets``."""
    scan = Scan(secrets)
    for name, data in members.items():
        hit = scan.found_in(name, data)
        if hit:
            raise LeakError(f"{hit}; nothing was written")


class Scan:
    """A search for many secrets at once, made ready before the first text comes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain: dict[bytes, None] = {}
        coded: dict[bytes, None] = {}
        hexadecimal: dict[bytes, None] = {}
        self._short: list[_Short] = []
        for secret in filter(None, dict.fromkeys(secrets)):
            data, where = secrecy.as_bytes(secret), secrecy.place(secret)
            # A token's end is its signature; what is cut off before that is worth nothing.
            data = data if b"&" in data else data[-_ENOUGH:]
            spaced = data.replace(b" ", b"+")  # as forms have it
            if where is not Place.ANYWHERE:
                self._short += [_Short(one, where) for one in {data, spaced}]
                continue
            plain.update(dict.fromkeys((data, spaced)))
            coded.update(dict.fromkeys(one.translate(_URL_SAFE) for one in secrecy.cores(data)))
            hexadecimal[data.hex().encode()] = None
        self._plain, self._coded, self._hexadecimal = map(tuple, (plain, coded, hexadecimal))
        self._odd = tuple(one for one in plain if _UNDOING.search(one))

    def __repr__(self) -> str:
        return "Scan()"

    def found_in(self, name: str, data: bytes) -> Hit | None:
        """Look at a member and its name; give the first hit."""
        for text in (secrecy.as_bytes(name), data):
            form = self._form(text)
            if form:
                return Hit(member=name if text is data else "a member's name", form=form)
        return None

    def _form(self, data: bytes) -> str:
        form, last = self._undone(data)
        if form:
            return form
        folded = last.translate(_URL_SAFE)
        if any(core in folded for core in self._coded):
            return "base64"
        inner = _decoded(last)
        if inner and self._undone(inner)[0]:
            return "base64 of a text"
        lower = last.lower()
        return "hexadecimal" if any(one in lower for one in self._hexadecimal) else ""

    def _undone(self, data: bytes) -> tuple[str, bytes]:
        """Give the form that was met while ``data`` was undone, and what is left of it then."""
        last = data
        if self._has(data, self._plain):
            return "plain", data
        for form, text in _layers(data):
            # To undo a layer can spoil a secret that holds its signs, so those are looked for at
            # each; all others wait for the last.
            if self._has(text, self._odd):
                return form, text
            last = text
        if last is data or not self._has(last, self._plain):
            return "", last
        met = (form for form, text in _layers(data) if self._has(text, self._plain))
        return next(met), last

    def _has(self, text: bytes, secrets: Iterable[bytes]) -> bool:
        return any(secret in text for secret in secrets) or any(
            one.stands_in(text) for one in self._short
        )


class _Short:
    """A secret that counts only where it stands as its rule says."""

    def __init__(self, secret: bytes, where: Place) -> None:
        self._pattern = secrecy.pattern(secret, where)
        # Found as plain bytes first, which is faster than to look around at every byte.
        self._quotes = 1 if where is Place.STRING else 0
        self._needle = b'"' * self._quotes + secret + b'"' * self._quotes

    def stands_in(self, text: bytes) -> bool:
        at = text.find(self._needle)
        while at >= 0:
            if self._pattern.match(text, at + self._quotes):
                return True
            at = text.find(self._needle, at + 1)
        return False


def _layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the text after each layer that was there to be undone.

    HTML may hold JSON and JSON may hold HTML, so JSON is undone beside the others first.
    """
    if b"&" in data and b"\\" in data:
        yield "JSON-escaped", _unescaped(data)
    for form, sign, undo in _LAYERS:
        if sign in data:
            before, data = data, undo(data)
            if data != before:
                yield form, data


def _unescaped(data: bytes) -> bytes:
    """Undo JSON's escapes; pairs of backslashes are told apart first, as JSON's readers do."""
    pieces = data.split(b"\\\\")
    for number, piece in enumerate(pieces):
        if b"\\" in piece:
            told = _UNICODE.sub(_characters, piece) if b"\\u" in piece else piece
            for letter, character in _SHORT.items():
                told = told.replace(b"\\" + letter, character)
            pieces[number] = told
    return b"\\".join(pieces)


def _characters(match: re.Match[bytes]) -> bytes:
    return secrecy.as_bytes(str(json.loads(b'"' + match[0] + b'"')))


def _unmarked(data: bytes) -> bytes:
    text = html.unescape(data.decode("utf-8", "surrogateescape"))
    return text.encode("utf-8", "surrogateescape")


def _decoded(data: bytes) -> bytes:
    """Give what stands in base64 between quotes, as a recorded body does."""
    found = []
    for quoted_text in data.split(b'"'):
        if len(quoted_text) < _SHORTEST or quoted_text.translate(None, _ALPHABET):
            continue
        packed = quoted_text.rstrip(b"=").translate(_URL_SAFE)
        try:
            found.append(base64.b64decode(packed + b"=" * (-len(packed) % 4)))
        except (binascii.Error, ValueError):
            continue
    return b"\n".join(found)


_LAYERS: tuple[tuple[str, bytes, Callable[[bytes], bytes]], ...] = (
    ("HTML-escaped", b"&", _unmarked),
    ("JSON-escaped", b"\\", _unescaped),
    ("JSON-escaped", b"\\", _unescaped),
    ("HTML-escaped", b"&", _unmarked),
    ("percent-encoded", b"%", unquote_to_bytes),
    ("percent-encoded", b"%", unquote_to_bytes),
)
