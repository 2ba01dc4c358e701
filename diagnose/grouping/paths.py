"""Which files are meant: bundles, and folders that are searched for them."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from diagnose.bundle.errors import printable
from diagnose.grouping.digest import Unread, named

ENDING = ".tar.gz"


def found(sources: Sequence[Path]) -> tuple[list[str], list[Unread]]:
    """Give every bundle once, in the order of the names, and the folders that gave none.

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
        for file in _within(source, refused):
            seen += 1
            files.setdefault(os.path.realpath(file), file)
        empty += [_unread(error.filename or source, error) for error in refused]
        if not seen and not refused:
            empty.append(Unread(name=named(source), because=f"no *{ENDING} is in this folder"))
    return sorted(files.values()), empty


def _within(folder: str, refused: list[OSError]) -> Iterator[str]:
    for place, _, names in os.walk(folder, onerror=refused.append):
        yield from (
            f"{place.rstrip(os.sep)}{os.sep}{name}" for name in names if name.endswith(ENDING)
        )


def _unread(folder: str, error: OSError) -> Unread:
    why = printable(error.strerror or type(error).__name__)
    return Unread(name=named(folder), because=f"this folder cannot be read: {why}")
