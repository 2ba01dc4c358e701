"""Whose work is inside the program, and on which terms: ``licences.py OUT`` writes all texts there.

What is named is what the archive holds: a wheel that is not in it is not in the list. Texts are the
authors' own, from the wheels.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lock import fetched
from release import NAME, ROOT, out, write
from wheels import Wheel, wheels

OWN = "MIT"
# What a wheel took over from others and has below its own folders: the file with its terms.
_TAKEN_OVER = {"typer/_click/LICENSE.txt": ("click", "BSD-3-Clause")}
_TERMS = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
_HOLDER = re.compile(r"copyright(,| \(c\)| ©)? (?!notice|owner|holder|law|licen)\S", re.IGNORECASE)
_NO_NAME = re.compile(r"\[yyyy\]|^[\"']|\bi\.e\.|all rights reserved\W*$", re.IGNORECASE)
_APACHE = "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``licence`` is an SPDX expression; ``files`` are folders and files inside the archive."""

    name: str
    version: str
    page: str
    files: tuple[str, ...]
    licence: str
    texts: tuple[str, ...]

    @property
    def holders(self) -> tuple[str, ...]:
        """Give the lines that name who has the copyright."""
        lines = (line.strip(" \t#*") for text in self.texts for line in text.splitlines())
        found = [line for line in lines if _HOLDER.match(line) and not _NO_NAME.search(line)]
        return tuple(dict.fromkeys(found)) or (f"the authors of {self.name}, {self.page}",)


def parts(archive: Path) -> tuple[Part, ...]:
    """Give what of others is in the archive, by name; ends the program on unknown terms."""
    with zipfile.ZipFile(archive) as opened:
        inside = set(opened.namelist())
    places = fetched()
    found: list[Part] = []
    for wheel in wheels():
        with zipfile.ZipFile(places[wheel.locked.name]) as opened:
            names = [one for one in opened.namelist() if ".dist-info/" not in one]
            if inside.intersection(names):
                found.append(_whole(wheel, names))
                found.extend(_taken_over(wheel, names, opened))
    return tuple(sorted(found, key=lambda part: part.name))


def _whole(wheel: Wheel, names: list[str]) -> Part:
    return Part(
        name=wheel.locked.name,
        version=wheel.locked.version,
        page=wheel.page,
        files=_tops(names),
        licence=wheel.licence.removesuffix(" License"),
        texts=tuple(wheel.texts.values()),
    )


def _tops(names: Iterable[str]) -> tuple[str, ...]:
    """Give the topmost folders that hold files themselves: several wheels share ``azure/``."""
    paths = [PurePosixPath(name) for name in names if name.endswith(".py")]
    folders = {path.parent for path in paths if path.parent.name}
    tops = {f"{one}/*" for one in folders if folders.isdisjoint(one.parents)}
    return tuple(sorted(tops | {path.name for path in paths if not path.parent.name}))


def _taken_over(wheel: Wheel, names: list[str], opened: zipfile.ZipFile) -> Iterator[Part]:
    for name in names:
        if _TERMS.match(PurePosixPath(name).name) and not name.endswith(".py"):
            if name not in _TAKEN_OVER:
                raise SystemExit(f"{name}: whose terms are these? packaging/build/licences.py")
            whose, licence = _TAKEN_OVER[name]
            yield Part(
                name=f"{whose} (in {wheel.locked.name})",
                version=wheel.locked.version,
                page=wheel.page,
                files=(f"{PurePosixPath(name).parent}/*",),
                licence=licence,
                texts=(opened.read(name).decode("utf-8"),),
            )


def expression(found: Iterable[Part]) -> str:
    """Give the terms of the whole as one SPDX expression."""
    single = {word for part in found for word in part.licence.split(" AND ")} | {OWN}
    return " AND ".join(sorted(single))


def plain(found: Iterable[Part]) -> str:
    """Give every text in full, ours first."""
    own = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    told = [f"{NAME} has parts by others inside. Its own terms come first.\n\n{own}"]
    for part in found:
        head = f"{part.name} {part.version}: {part.licence}\n{part.page}"
        told.append("\n\n".join((head, *(text.strip() for text in part.texts))))
    return f"\n\n{'-' * 80}\n\n".join(told) + "\n"


def dep5(found: Iterable[Part]) -> str:
    """Give Debian's form, where long texts that are on every system are named, not repeated.

    https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
    """
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    head = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        f"Upstream-Name: {NAME}",
        f"Comment: The program is one archive, /opt/{NAME}/{NAME}.pyz;",
        " each Files field but the first names folders and files inside it.",
    ]
    holders = [line for line in own.splitlines() if _HOLDER.match(line)]
    stanzas = ["\n".join(head), _stanza(("*",), holders, OWN, own)]
    for part in found:
        # One name for one text: two texts of the MIT licence are not the same to a letter.
        name = f"{part.licence.replace(' AND ', ' and ')}~{part.name.partition(' ')[0]}"
        texts = "\n\n".join(map(_shortened, part.texts))
        stanzas.append(_stanza(part.files, part.holders, name, texts))
    return "\n\n".join(stanzas) + "\n"


def _stanza(files: Iterable[str], holders: Iterable[str], licence: str, text: str) -> str:
    body = [f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().splitlines()]
    named = [re.sub(r"(?i)^copyright:?( \(c\)| ©|,)? ", "", holder) for holder in holders]
    rows = [f"Files: {' '.join(files)}", f"Copyright: {named[0]}"]
    rows += [f" {' ' * 10}{holder}" for holder in named[1:]]
    return "\n".join((*rows, f"License: {licence}", *body))


def _shortened(text: str) -> str:
    if _APACHE in text:
        return "On Debian systems, the text is in /usr/share/common-licenses/Apache-2.0."
    if "Mozilla Public License" in text:
        return f"{text}\nOn Debian systems, the MPL is in /usr/share/common-licenses/MPL-2.0.\n"
    return text


if __name__ == "__main__":
    write(out() / "LICENCES.txt", plain(parts(out() / f"{NAME}.pyz")).encode())
