"""Verdicts in the output of many machines: one on a line, or whole reports over many lines.

Ansible heads each machine's output with ``host | CHANGED | rc=0 >>``. That name is taken, as two
machines may call themselves the same; a machine whose output holds no verdict sent nothing.
"""

import json
import re
from collections.abc import Iterable, Iterator

from diagnose.fleet import foreign, verdicts
from diagnose.fleet.items import Item, Lost, Other, Told, renamed, silent
from diagnose.grouping.digest import Unread

_HEADER = re.compile(r"(\S{1,253}) \| (CHANGED|SUCCESS|FAILED|UNREACHABLE)\b(?:!| =>| \|)")
_REPORT = 4 << 20  # characters of a report over many lines
_REPORTS = ('  "schema": ', '  "checks": [')  # keys at the top of one
_MOST_LOST = 100  # pieces without a name that are told one by one


def read(lines: Iterable[str], where: str, name: str = "") -> Iterator[Item]:
    """Give what the lines say; ``name`` is whose they are, where one knows."""
    reader = _Reader(where, name)
    for line in lines:
        yield from reader.line(line.rstrip("\r"))
    yield from reader.end()


class _Reader:
    def __init__(self, where: str, name: str) -> None:
        self._where, self._name = where, name
        self._host = ""  # whose output this is
        self._state = ""
        self._sent = True
        self._number = self._others = self._lost = 0
        self._block: list[str] = []  # the lines of what may become a report
        self._size = 0

    def line(self, line: str) -> Iterator[Item]:
        self._number += 1
        if line[:1] not in (" ", "}"):  # what stands at the margin is in no report
            yield from self._given_up()
        if line.rstrip() != "{" and not self._block:
            yield from self._plain(line)
            return
        self._block.append(line)
        self._size += len(line)
        if line.startswith("}"):
            yield from self._whole()
        elif self._size > _REPORT:
            yield from self._given_up()

    def end(self) -> Iterator[Item]:
        yield from self._given_up()
        yield from self._left()
        if self._others:
            yield Other(what="line", count=self._others)

    def _whole(self) -> Iterator[Item]:
        """Take what is gathered for a report if it is one, and for lines if it is none."""
        text = "\n".join(self._block)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if not (isinstance(document, dict) and "schema" in document):
            yield from self._given_up()
            return
        self._block, self._size = [], 0
        yield from self._told(verdicts.of(document, text, self._host or self._name))

    def _given_up(self) -> Iterator[Item]:
        block, self._block, self._size = self._block, [], 0
        if any(line.startswith(_REPORTS) for line in block):
            yield from self._told(
                Unread(name=self._host or self._name, because="its report is cut short")
            )
            return
        for line in block:
            yield from self._plain(line)

    def _plain(self, line: str) -> Iterator[Item]:
        if header := _HEADER.match(line):
            yield from self._left()
            self._host, self._state = foreign.short(header[1], foreign.NAME), header[2]
            self._sent = False
        found = list(verdicts.within(line, self._host or self._name))
        for one in found:
            yield from self._told(one)
        self._others += bool(line and not found and not header)

    def _told(self, found: verdicts.Found) -> Iterator[Item]:
        name = self._host or found.name
        if name:
            self._sent = True
            yield renamed(Told(row=found), foreign.short(name, foreign.NAME))
        elif isinstance(found, Unread):
            self._lost += 1
            if self._lost <= _MOST_LOST:
                yield Lost(name=f"{self._where}, line {self._number}", because=found.because)

    def _left(self) -> Iterator[Item]:
        """Tell of the machine whose output has ended without a verdict."""
        if not self._sent:
            yield silent(self._host, f"Ansible says {self._state}, and no verdict came")
        self._sent = True
