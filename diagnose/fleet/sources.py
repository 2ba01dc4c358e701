"""What was given on the command line, read in its order; the kind of each is found by its content.

A folder's files are taken in the order of their names. Bundles that follow each other are judged
together, on all cores.
"""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from io import BufferedReader
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from diagnose.fleet import aks_logs, chunks, lines, lists, nodes, pods
from diagnose.fleet.foreign import NAME, short
from diagnose.fleet.items import Item, Lost, Other, Told
from diagnose.fleet.safe_zip import MAGIC
from diagnose.grouping import paths, pool
from diagnose.grouping.digest import named
from diagnose.reports.lines import printable

ENDINGS = (paths.ENDING, ".zip", ".json", ".jsonl", ".ndjson")
STDIN = "-"
_GZIP = b"\x1f\x8b"
_OPEN = {stat.S_IFREG, stat.S_IFIFO}

Tell = Callable[[int, int], None]  # how many files are read, of how many


def read(sources: Sequence[str], tell: Tell, workers: int | None = None) -> Iterator[Item]:
    """Give all that the sources say; what cannot be read is an item as well."""
    files, lost = _files(sources)
    yield from lost
    done = 0
    for bundles, some in groupby(files, _is_bundle):
        if not bundles:
            for one in some:
                yield from _file(one)
                tell(done := done + 1, len(files))
            continue
        with closing(pool.each(list(some), workers)) as rows:
            for row in rows:
                yield Told(row=row)
                tell(done := done + 1, len(files))


def is_zip(file: str) -> bool:
    """Tell whether it is a zip, of whatever name; a pipe is not looked into."""
    return _begins(file, MAGIC)


def _files(sources: Sequence[str]) -> tuple[list[str], list[Lost]]:
    """Give each file once, a folder's where the folder stands."""
    files: dict[str, str] = {}
    lost: list[Lost] = []
    for source in sources:
        found, empty = paths.found([Path(source)], ENDINGS) if source != STDIN else ([source], [])
        for file in found:
            files.setdefault(os.path.realpath(file) if file != STDIN else STDIN, file)
        lost += [Lost(name=one.name, because=one.because) for one in empty]
    return list(files.values()), lost


def _is_bundle(file: str) -> bool:
    """Look at the first bytes; a pipe gives them once, so it is none."""
    return file != STDIN and _begins(file, _GZIP)


def _begins(file: str, mark: bytes) -> bool:
    try:
        if not stat.S_ISREG(Path(file).stat().st_mode):
            return False
        with Path(file).open("rb") as stream:
            return stream.read(len(mark)) == mark
    except (OSError, ValueError):
        return False


def _file(file: str) -> Iterator[Item]:
    if file == STDIN:
        yield from _stream(sys.stdin.buffer, "stdin", "")
        return
    name = named(file)
    try:
        if stat.S_IFMT(Path(file).stat().st_mode) not in _OPEN:
            yield Lost(name=name, because="it is neither a file nor a pipe")
            return
        with Path(file).open("rb") as stream:
            yield from _opened(stream, file, name)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        yield Lost(name=name, because=f"it cannot be read: {printable(why)}")


def _opened(stream: BufferedReader, file: str, name: str) -> Iterator[Item]:
    if stream.peek(4).startswith(MAGIC):
        yield from aks_logs.read_zip(Path(file), name)
        return
    yield from _stream(stream, name, "")


def _stream(stream: BinaryIO, where: str, name: str) -> Iterator[Item]:
    first = stream.read(chunks.BLOCK)
    if not first.strip():
        yield Lost(name=where, because="it is empty")
        return
    if first.startswith((_GZIP, MAGIC)):
        yield Lost(name=where, because="a bundle or a zip is read from a file, not from a pipe")
        return
    head, pieces = chunks.begun(chunks.of(stream, first))
    if lists.is_list(head):
        yield from _objects(pieces, where)
    else:
        yield from lines.read(chunks.lines(pieces), where, name)


def _objects(pieces: Iterator[str], where: str) -> Iterator[Item]:
    number = 0
    try:
        for document in lists.objects(pieces):
            number += 1
            if nodes.is_node(document):
                yield nodes.read(document)
            elif pods.is_pod(document):
                yield from pods.read(document)
            else:
                yield Other(what="object")
    except lists.CutShortError:
        yield Lost(name=where, because=short(f"it is cut short after {number} objects", NAME))
