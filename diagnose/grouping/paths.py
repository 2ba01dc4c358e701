"""Which files are meant: bundles, and folders that are searched for them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from diagnose.bundle.errors import printable
from diagnose.grouping.digest import Unread, named

ENDING = ".tar.gz"


def found(
    sources: Sequence[Path], endings: tuple[str, ...] = (ENDING,)
) -> tuple[list[str], list[Unread]]:
    """Give every file once, in the order of the names, and the folders that gave none.

    A folder is searched with all below it; a link to a folder is followed where it was named, and
    nowhere else, so that no circle can be.
    """
    files: dict[str, str] = {}  # by the place that a name really leads to
    empty: list[Unread] = []
    for source in sorted(set(map(os.fspath, sources))):
        if not Path(source).is_dir():
            files.setdefault(os.path.realpath(source), source)
            continue
        refused: list[OSError] = []
        seen = 0
        for file in _within(source, endings, refused):
            seen += 1
            files.setdefault(os.path.realpath(file), file)
        empty += [_unread(error.filename or source, error) for error in refused]
        if not seen and not refused:
            without = f"no {_any(endings)} is in this folder"
            empty.append(Unread(name=named(source), because=without))
    return sorted(files.values()), empty


def _within(folder: str, endings: tuple[str, ...], refused: list[OSError]) -> Iterator[str]:
    for place, _, names in os.walk(folder, onerror=refused.append):
        yield from (
            f"{place.rstrip(os.sep)}{os.sep}{name}" for name in names if name.endswith(endings)
        )


def _any(endings: tuple[str, ...]) -> str:
    return " or ".join(f"*{ending}" for ending in endings)


def _unread(folder: str, error: OSError) -> Unread:
    why = printable(error.strerror or type(error).__name__)
    return Unread(name=named(folder), because=f"this folder cannot be read: {why}")
