"""Knows where docker's command line keeps its logins, and which one it would present to a registry.

The order is docker's own: a helper named for the registry, then the store for all, then the file
(https://docs.docker.com/reference/cli/docker/login/, "Credential stores", "Credential helpers").
"""

import base64
import binascii
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checks.replies import Failure, Trouble
from diagnose.live import spotting
from diagnose.live.options import Options

_CAP = 1024 * 1024  # bytes; a configuration is a few hundred
_TOKENS = ("identitytoken", "registrytoken")
_INSTEAD_OF_USER = "<token>"  # what a helper gives beside an identity token


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One stored login."""

    source: str  # the file, or the helper's name
    kind: str  # password | identity-token | helper
    user: str
    secret: str = field(repr=False)
    is_token: bool = False  # the secret is a refresh token, to be sent as one


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """The helper that is to be asked instead of the file."""

    name: str  # what follows "docker-credential-"


def files(options: Options, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the configurations that this run's person has, by their real paths, first one first.

    Under sudo the login is mostly the calling person's, while docker reads root's.
    """
    root = Path(options.root)
    if options.fenced and options.root == "/":
        return ()  # a simulated Azure gets no login of the real machine
    chosen = environ.get("DOCKER_CONFIG", "")
    if chosen:
        folders = [chosen]
    else:
        own = environ.get("HOME") or _home(root, 2, str(os.geteuid())) or "/root"
        folders = [f"{own}/.docker"]
        caller = _home(root, 0, environ.get("SUDO_USER", ""))
        folders += [f"{caller}/.docker"] if caller else []
    found = dict.fromkeys(root / folder.lstrip("/") / "config.json" for folder in folders)
    return tuple(path for path in found if os.path.lexists(path))


def read(path: Path) -> dict[str, Any] | Failure:
    """Give the configuration as it stands; its text never gets into the failure."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_CAP))
    except PermissionError:
        return Failure(trouble=Trouble.FORBIDDEN, detail="docker's configuration")
    except OSError:
        return Failure(trouble=Trouble.ABSENT, detail="docker's configuration")
    except (ValueError, RecursionError):
        return Failure(trouble=Trouble.PROTOCOL, detail="docker's configuration is not JSON")
    if isinstance(document, dict):
        return document
    return Failure(trouble=Trouble.PROTOCOL, detail="docker's configuration is not an object")


def keeps_any(config: Mapping[str, Any]) -> bool:
    """Tell whether this configuration is used for logins at all, to whatever registry."""
    return bool(_table(config, "auths") or _table(config, "credHelpers") or _store(config))


def secrets(config: Mapping[str, Any]) -> Iterator[str]:
    """Give every secret of the configuration, of whatever server: we read the whole file."""
    for entry in _table(config, "auths").values():
        told = entry if isinstance(entry, dict) else {}
        word, packed = told.get("password"), told.get("auth")
        yield from (told[key] for key in _TOKENS if isinstance(told.get(key), str))
        if isinstance(word, str):
            yield from spotting.of_login(str(told.get("username", "")), word)
        if isinstance(packed, str):
            yield from _in_packed(packed)
    yield from (str(value) for value in _table(config, "HttpHeaders").values())
    for proxies in _table(config, "proxies").values():
        for url in proxies.values() if isinstance(proxies, dict) else ():
            yield from spotting.of_url(str(url))


def sent(auth: Mapping[str, str]) -> Iterator[str]:
    """Give the header in which docker's SDK hands a login to the engine."""
    yield base64.urlsafe_b64encode(json.dumps(auth).encode()).decode()


def _in_packed(packed: str) -> Iterator[str]:
    yield packed
    try:
        user, _, secret = base64.b64decode(packed).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return
    yield from spotting.of_login(user, secret)
    yield from spotting.of_login(user, secret.rstrip("\0"))


def login(config: Mapping[str, Any], server: str, source: str) -> Login | Helper | Failure | None:
    """Give what docker would present to ``server``: a login, or the helper that has it."""
    own = _table(config, "credHelpers").get(server)
    helper = own if isinstance(own, str) and own else _store(config)
    if helper:
        return Helper(name=helper)
    for key, entry in _table(config, "auths").items():
        if _host(key) == server and isinstance(entry, dict):
            found = _entry(entry, source)
            if found:
                return found
    return None


def from_helper(source: str, user: str, secret: str) -> Login:
    is_token = user == _INSTEAD_OF_USER
    shown = "" if is_token else user
    return Login(source=source, kind="helper", user=shown, secret=secret, is_token=is_token)


def _entry(entry: Mapping[str, Any], source: str) -> Login | Failure | None:
    token, packed = entry.get("identitytoken"), entry.get("auth")
    if isinstance(token, str) and token:
        return Login(source=source, kind="identity-token", user="", secret=token, is_token=True)
    if isinstance(packed, str) and packed:
        try:
            plain = base64.b64decode(packed, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return Failure(trouble=Trouble.PROTOCOL, detail="a stored login is not base64")
        user, colon, secret = plain.partition(":")
        if not colon or not secret.rstrip("\0"):
            return Failure(trouble=Trouble.PROTOCOL, detail="a stored login has no password")
        return Login(
            source=source,
            kind="password",
            user=user,
            secret=secret.rstrip("\0"),
        )
    name, word = entry.get("username"), entry.get("password")
    if isinstance(name, str) and isinstance(word, str) and word:
        return Login(source=source, kind="password", user=name, secret=word)
    return None


def _host(key: str) -> str:
    """Give the host of a key, which may be a URL, as docker itself compares it."""
    return key.removeprefix("https://").removeprefix("http://").split("/", 1)[0]


def _table(config: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = config.get(key)
    return found if isinstance(found, dict) else {}


def _store(config: Mapping[str, Any]) -> str:
    found = config.get("credsStore")
    return found if isinstance(found, str) else ""


def _home(root: Path, column: int, value: str) -> str:
    """Give the home of the account whose name (column 0) or number (2) this is."""
    try:
        lines = (root / "etc/passwd").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    rows = (line.split(":") for line in lines)
    return next((row[5] for row in rows if value and len(row) > 5 and row[column] == value), "")
