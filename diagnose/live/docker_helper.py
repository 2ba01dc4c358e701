"""Knows how to ask a docker credential helper, without a shell and without showing what it says.

The protocol is a program ``docker-credential-NAME get`` that reads the server from its standard
input (https://github.com/docker/docker-credential-helpers, "Development").
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from checks.ports import Failure, Trouble

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}\Z")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOTHING = b"credentials not found"
_CAP = 256 * 1024


def get(
    name: str, server: str, environ: Mapping[str, str], root: str, seconds: float
) -> tuple[str, str] | Failure | None:
    """Give user and secret, None where the helper has nothing for ``server``."""
    program = _program(name, environ, Path(root))
    if not program:
        detail = "docker's credential helper is not installed"
        return Failure(trouble=Trouble.ABSENT, detail=detail)
    try:
        done = subprocess.run(
            [program, "get"],
            input=server.encode(),
            capture_output=True,
            timeout=seconds,
            env=dict(environ),
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:  # which holds the output: it goes no further
        return Failure(trouble=Trouble.TIMEOUT, detail="docker's credential helper")
    except OSError:
        return Failure(trouble=Trouble.FORBIDDEN, detail="docker's credential helper")
    if done.returncode:
        if _NOTHING in done.stdout + done.stderr:
            return None
        detail = f"docker's credential helper ended with {done.returncode}"
        return Failure(trouble=Trouble.PROTOCOL, detail=detail)
    return _said(done.stdout[:_CAP])


def _said(output: bytes) -> tuple[str, str] | Failure | None:
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Failure(trouble=Trouble.PROTOCOL, detail="docker's credential helper")
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
