"""What the locked wheels say of themselves: their metadata and their licences."""

import email
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from lock import Locked, fetched, locked

# What older metadata say in words, by the identifiers of https://spdx.org/licenses/.
_IN_WORDS = {
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License": "ISC",
}
_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
}
_NOT_IN_TWO_CLAUSES = "* Neither the name of the"
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """``licence`` is an SPDX expression; ``texts`` are the licence files by their name."""

    locked: Locked
    licence: str
    summary: str
    page: str
    needs: tuple[str, ...]
    texts: dict[str, str]


def wheels() -> tuple[Wheel, ...]:
    """Read every wheel of the node set, in the order of their names; pip fetches what is not here.

    Ends the program where one does not say its licence.
    """
    places = fetched()
    rows = locked()
    names = {row.name for row in rows}
    found = []
    for row in rows:
        with zipfile.ZipFile(places[row.name]) as opened:
            found.append(_read(row, opened, names))
    return tuple(found)


def _read(row: Locked, opened: zipfile.ZipFile, names: set[str]) -> Wheel:
    inside = sorted(name for name in opened.namelist() if ".dist-info/" in name)
    (place,) = (name for name in inside if name.endswith(".dist-info/METADATA"))
    told = email.message_from_string(opened.read(place).decode("utf-8"))
    own = {name for name in inside if _LICENCE_FILE.search(name.partition(".dist-info/")[2])}
    return Wheel(
        locked=row,
        licence=_licence(row.name, told),
        summary=told.get("Summary", ""),
        page=_page(told),
        needs=tuple(sorted(set(needs(told.get_all("Requires-Dist", []))) & names)),
        texts={
            name.rpartition("/")[2]: opened.read(name).decode("utf-8")
            for name in sorted(own)
            if not name.endswith("/")
        },
    )


def _licence(name: str, told: Message) -> str:
    """Read the field of core metadata 2.4, or the ones before it."""
    found = told.get("License-Expression", "") or told.get("License", "").strip()
    if "\n" in found and _NOT_IN_TWO_CLAUSES in found:
        return "BSD-3-Clause"  # its classifier would say BSD alone
    if not found or "\n" in found:  # a whole text is no name
        rows = (_CLASSIFIERS.get(row, "") for row in told.get_all("Classifier", []))
        found = next(filter(None, rows), "")
    if not found:
        raise SystemExit(f"{name} does not say its licence in a form that is known here")
    return _IN_WORDS.get(found, found)


def _page(told: Message) -> str:
    """Give where its source is, or failing that its page."""
    rows = (row.partition(", ") for row in told.get_all("Project-URL", []))
    named = {label.lower(): url for label, _, url in rows}
    wanted = ("source", "repository", "source code", "code", "homepage")
    found = next((named[label] for label in wanted if label in named), "")
    return found or told.get("Home-page", "")


def needs(rows: Iterable[str]) -> Iterator[str]:
    """Read ``Requires-Dist``: what is needed without an extra, whatever Python and system runs."""
    for row in rows:
        words, _, marker = row.partition(";")
        match = _NAME.match(words.strip())
        if match and "extra" not in marker:
            yield re.sub(r"[-_.]+", "-", match[0]).lower()
