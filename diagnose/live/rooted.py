"""Knows where a machine's file stands when that machine's ``/`` is a folder of this one.

A link that begins with ``/`` means the other machine's ``/``: followed as it stands, it would lead
into this one's files, or nowhere (https://www.man7.org/linux/man-pages/man7/path_resolution.7.html).
"""

import os
from pathlib import Path

_MOST = 40  # links on one way, as the kernel allows
_NOWHERE = Path(os.devnull) / "a-link-without-end"


def place(root: Path | str, path: str) -> Path:
    """Give where ``path`` stands, if it is there; links without end lead nowhere."""
    top = Path(root)
    if str(top) == "/":
        return top / path.lstrip("/")
    waiting = [part for part in reversed(path.split("/")) if part not in ("", ".")]
    at: list[str] = []
    links = 0
    while waiting:
        part = waiting.pop()
        if part == "..":
            at = at[:-1]
            continue
        try:
            told = str(top.joinpath(*at, part).readlink())
        except OSError:  # no link, or not there
            at.append(part)
            continue
        links += 1
        if links > _MOST:
            return _NOWHERE
        if told.startswith("/"):
            at = []
        waiting += [part for part in reversed(told.split("/")) if part not in ("", ".")]
    return top.joinpath(*at)
