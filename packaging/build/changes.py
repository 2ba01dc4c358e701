"""The changelog in the forms of packages: Debian's, and the one in an RPM's header."""

import re
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass

from release import NAME, ROOT, epoch, version

FILE = ROOT / "packaging" / "CHANGELOG.md"
# No address is told to anybody: .invalid is nobody's (RFC 2606, section 2).
MAINTAINER = f"{NAME} contributors <maintainers@{NAME}.invalid>"
_HEAD = re.compile(r"## (?P<version>\S+) \((?P<date>.*)\)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    version: str
    moment: time.struct_time
    items: tuple[str, ...]


def releases() -> tuple[Release, ...]:
    """Read the changelog, newest first; what is being built bears the moment of its commit."""
    heads = list(_HEAD.finditer(text := FILE.read_text(encoding="utf-8")))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return tuple(
        Release(
            version=head["version"],
            moment=_moment(head["version"], head["date"]),
            items=tuple(_items(text[head.end() : end])),
        )
        for head, end in zip(heads, ends, strict=True)
    )


def _items(section: str) -> Iterator[str]:
    for item in re.split(r"^- ", section, flags=re.MULTILINE)[1:]:
        yield " ".join(item.replace("`", "").split())


def _moment(number: str, date: str) -> time.struct_time:
    if number == version() or date == "not released":
        return time.gmtime(epoch())
    return time.strptime(date, "%Y-%m-%d")


def debian() -> str:
    """Give Debian's form: https://www.debian.org/doc/debian-policy/ch-source.html#s-dpkgchangelog."""
    told = []
    for one in releases():
        items = [
            textwrap.fill(item, 76, initial_indent="  * ", subsequent_indent="    ")
            for item in one.items
        ]
        head = f"{NAME} ({one.version}) unstable; urgency=medium"
        at = one.moment
        date = f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"
        clock = f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} +0000"
        told.append("\n\n".join((head, "\n".join(items), f" -- {MAINTAINER}  {date} {clock}")))
    return "\n\n".join(told) + "\n"


def rpm() -> str:
    """Give what stands below an RPM spec's %changelog, where a percent sign would be a macro."""
    told = []
    for one in releases():
        at = one.moment
        date = f"{_DAYS[at.tm_wday]} {_MONTHS[at.tm_mon - 1]} {at.tm_mday:02} {at.tm_year}"
        items = [
            textwrap.fill(item, 76, initial_indent="- ", subsequent_indent="  ")
            for item in one.items
        ]
        told.append("\n".join((f"* {date} {MAINTAINER} - {one.version}-1", *items)))
    return "\n\n".join(told).replace("%", "%%")
