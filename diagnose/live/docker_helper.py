"""Knows how to ask a docker credential helper, without a shell and without showing what it says.

The protocol is a program ``docker-credential-NAME get`` that reads the server from its standard
input (https://github.com/docker/docker-credential-helpers, "Development").
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from checks.replies import Failure, Trouble
from diagnose.live import programs
from diagnose.live.programs import TooMuchSaidError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}\Z")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOTHING = b"credentials not found"
_MOST = 256 * 1024  # bytes, far more than a login
_DETAIL = "docker's credential helper"


def get(
    name: str, server: str, environ: Mapping[str, str], root: str, seconds: float
) -> tuple[str, str] | Failure | None:
    """Give user and secret, None where the helper has nothing for ``server``."""
    program = _program(name, environ, Path(root))
    if not program:
        return Failure(trouble=Trouble.ABSENT, detail=f"{_DETAIL} is not installed")
    try:
        done = programs.run([program, "get"], server.encode(), environ, seconds, _MOST)
    except TimeoutError:  # an OSError as well
        return Failure(trouble=Trouble.TIMEOUT, detail=_DETAIL)
    except OSError:
        return Failure(trouble=Trouble.FORBIDDEN, detail=_DETAIL)
    except TooMuchSaidError:
        return Failure(trouble=Trouble.PROTOCOL, detail=_DETAIL)
    if done.code:
        if _NOTHING in done.out + done.err:
            return None
        return Failure(trouble=Trouble.PROTOCOL, detail=f"{_DETAIL} ended with {done.code}")
    return _said(done.out)


def _said(output: bytes) -> tuple[str, str] | Failure | None:
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Failure(trouble=Trouble.PROTOCOL, detail=_DETAIL)
    user, secret = document.get("Username"), document.get("Secret")
    if not isinstance(user, str) or not isinstance(secret, str) or not secret:
        return None
    return user, secret


def _program(name: str, environ: Mapping[str, str], root: Path) -> str:
    """Give the helper's file; a name with a slash in it would be another program."""
    if not _NAME.match(name):
        return ""
    for folder in (environ.get("PATH") or _PATH).split(":"):
        place = root / folder.lstrip("/") / f"docker-credential-{name}"
        if folder.startswith("/") and place.is_file() and os.access(place, os.X_OK):
            return str(place)
    return ""
