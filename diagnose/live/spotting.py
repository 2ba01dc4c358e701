"""Knows where secrets stand in what a machine's people wrote: its URLs, variables, files and logs.

What is found goes into the vault, so that it is taken out of all that is shown. Too much is no
harm, but for plain words, which `diagnose.secrecy` finds as whole values alone.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from diagnose.secrecy import Place, place

# The last "@" before the path ends the credentials, as people do not escape the one in a password.
_USER_PART = re.compile(r"\w:(?:\\?/){2}([^/\s\"'<>]+)@")
_SIGNED = {"sig", "signature", "x-amz-signature", "x-goog-signature", "token", "access_token"}
_LINK = re.compile(r"[?&](?:sig|signature|token|access_token)=([^&\s\"'<>\\]{8,})", re.IGNORECASE)
_TOKEN = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*)*")  # also one that is cut short
_SCHEME = re.compile(r"(?i)\b(?:Bearer|Basic)\s+([A-Za-z0-9+/_.~-]{8,}=*)(?![\w=\"])")
_KEYED = re.compile(
    r"(?i)(?:password|passwd|secret|token|api_?key|authorization|\bauth)[\"']?\s*[:=]\s*(?:\[\s*)?"
    r"(?:\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)'|([^\s\"',\[\]{}]+))"
)
_PAIRED = re.compile(  # the kubelet's way to give a plug-in a variable
    r"(?i)name[\"']?\s*:\s*[\"']?(?=\w*(?:SECRET|PASSWORD|TOKEN|KEY))\w+[\"']?\s*(?:,\s*)?"
    r"[\"']?value[\"']?\s*:\s*[\"']?([^\"'\s,}]+)"
)
_READ = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD")
_NAMED = re.compile(r"(?i)SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|ACCESS_?KEY|CREDENTIAL")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^\s/]{16,}\Z")


def of_login(user: str, secret: str) -> Iterator[str]:
    """Give a secret, and the forms that it has beside its user's name."""
    if secret:
        pair = f"{user}:{secret}"
        yield from (secret, pair, base64.b64encode(pair.encode("utf-8", "replace")).decode())


def of_url(text: str) -> Iterator[str]:
    """Give what stands before a URL's host: as it is, decoded, and as a Basic header has it."""
    for match in _USER_PART.finditer(text) if "@" in text else ():
        raw = match[1]
        # systemd writes a percent sign twice.
        for told in dict.fromkeys((raw, unquote(raw), unquote(raw.replace("%%", "%")))):
            user, colon, secret = told.partition(":")
            # A token may stand in the user's place; "git" may too.
            yield from of_login(user, secret) if colon else _unplain([told])


def of_link(url: str) -> Iterator[str]:
    """Give what signs a link: the signature, as it stands and decoded, and the query with it."""
    query = url.partition("?")[2].partition("#")[0]  # of what may be no URL at all
    named = [(key, value) for key, value in parse_qsl(query) if key.lower() in _SIGNED and value]
    if named:
        yield query
    for key, value in named:
        yield value
        raw = re.search(rf"(?:^|&){re.escape(key)}=([^&]*)", query)
        yield raw[1] if raw else ""


def of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Give the secrets that Azure's libraries read, and what looks like one under such a name."""
    for name, value in environ.items():
        is_bare = name.upper().endswith("_PROXY") and "://" not in value
        yield from of_url(f"http://{value}" if is_bare else value)
        if name in _READ or (_NAMED.search(name) and _RANDOM.match(value)):
            yield value


def of_words(text: str) -> Iterator[str]:
    """Give the secrets that a program's words or a log line hold."""
    yield from of_url(text)
    yield from _unplain(_TOKEN.findall(text))
    for value in _unplain(_LINK.findall(text)):
        yield from (value, unquote(value))
    for value in _unplain(_SCHEME.findall(text)):
        yield from _unpacked(value)


def of_settings(text: str) -> Iterator[str]:
    """Give the secrets of a configuration file, whatever its syntax.

    A plain word after ``token=`` is mostly a setting: "true" is no secret.
    """
    yield from of_words(text)
    values = [value for found in _KEYED.findall(text) for value in found]
    for value in _unplain([*values, *_PAIRED.findall(text)]):
        told_as = (value, value.replace("\\/", "/"), _unescaped(value), value.replace("%%", "%"))
        for told in dict.fromkeys(told_as):
            yield from _unpacked(told)


def _unescaped(value: str) -> str:
    """Give what a text stands for in JSON; one that is no JSON stands for itself."""
    try:
        return str(json.loads(f'"{value}"'))
    except ValueError:
        return value


def _unplain(values: Iterable[str]) -> Iterator[str]:
    return (value for value in values if place(value) in (Place.ANYWHERE, Place.WORD))


def _unpacked(value: str) -> Iterator[str]:
    """Give ``value``, and the password in it where it is ``user:password`` in base64."""
    yield value
    bare = value.split(None, 1)[-1] if value.lower().startswith(("basic ", "bearer ")) else value
    yield bare
    try:
        plain = base64.b64decode(bare, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return
    user, colon, secret = plain.partition(":")
    if colon and plain.isprintable():
        yield from of_login(user, secret)
