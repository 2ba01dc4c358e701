"""What AKS's log collector took from a node (aks_logs.zip), read as a bundle of that node.

Where acr-diagnose left its verdict below /var/log/azure, that is the verdict. Else the lines of
the kubelet and the container runtime that name a registry of ours are read as ``explain --text``
reads them. A log says what was, so what it gives is possible at most, and what came before a pull
that worked is left out. Which files are in it: Azure/AgentBaker, aks-log-collector.sh.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from diagnose.bundle.errors import BundleError
from diagnose.fleet import chunks, foreign, lines
from diagnose.fleet.items import Item, Lost, Told, silent
from diagnose.fleet.nodes import OS, RUNTIME
from diagnose.fleet.safe_zip import SafeZip
from diagnose.grouping.digest import Digest
from diagnose.grouping.features import FEATURES
from diagnose.texts import looks
from diagnose.texts.read import Candidate, Reading, read
from diagnose.texts.subject import Subject
from diagnose.verdict import Status

_OURS = re.compile(r"var/log/azure/acr-diagnose/[^/]+\Z")
_LOGS = re.compile(r"var/log/(?:syslog|messages)(?:\.1)?\Z")
_SPEAKS = re.compile(r"\b(?:containerd|kubelet|dockerd)(?:\[\d+\])?:")
_ABOUT = re.compile(r"\.azurecr\.|acr-credential-provider")
_WORKED = re.compile(r"PullImage .{1,400}returns image reference|Successfully pulled image")
_MOST = 4000  # lines about a registry that are kept, the last ones
_RELEASE = re.compile(r'^PRETTY_NAME="?([^"\n]{1,100})', re.MULTILINE)
_RUNTIME = re.compile(r"^RuntimeVersion:\s*(\S{1,40})", re.MULTILINE)
_RESOLVER = re.compile(r"^nameserver\s+([0-9a-fA-F.:]{2,45})", re.MULTILINE)


def read_zip(path: Path, where: str) -> Iterator[Item]:
    try:
        archive = SafeZip(path)
    except BundleError as error:
        yield Lost(name=where, because=str(error))
        return
    try:
        yield from _node(archive, where)
    finally:
        archive.close()


def _node(archive: SafeZip, where: str) -> Iterator[Item]:
    name = archive.text("etc/hostname", 300).strip() or archive.text("etc/HOSTNAME", 300).strip()
    name = foreign.short(name.partition("\n")[0], foreign.NAME) or where
    own = [item for item in _own(archive, where, name) if isinstance(item, Told)]
    if any(isinstance(item.row, Digest) for item in own):
        yield from own
        return
    reading = read(f"{line}\n" for line in _errors(archive))
    if reading.candidates:
        yield _told(archive, name, reading)
        return
    cut = "; it could not be read to its end" if archive.cut else ""
    yield silent(name, f"its logs hold neither a verdict nor an error of a pull that we know{cut}")


def _own(archive: SafeZip, where: str, name: str) -> Iterator[Item]:
    for member in filter(_OURS.match, archive.names):
        text = chunks.lines(_text(archive, member))
        yield from lines.read(text, f"{where}, {member}", name)


def _text(archive: SafeZip, member: str) -> Iterator[str]:
    return (piece.decode("utf-8", "replace") for piece in archive.pieces(member))


def _errors(archive: SafeZip) -> list[str]:
    """Give the lines about a registry since the last pull that worked; the older file is first."""
    kept: list[str] = []
    for member in sorted(filter(_LOGS.match, archive.names), reverse=True):
        for line in chunks.lines(_text(archive, member)):
            if not (_ABOUT.search(line) and _SPEAKS.search(line)):
                continue
            if _WORKED.search(line):
                kept.clear()
            else:
                kept.append(line)
                del kept[:-_MOST]
    return kept


def _told(archive: SafeZip, name: str, reading: Reading) -> Told:
    first, *others = reading.candidates
    alone = not others or first.confidence == "likely"
    digest = Digest(
        name=name,
        names="",
        status=Status.CAUSE if alone else Status.INCONCLUSIVE,
        cause=first.cause if alone else "",
        title=looks.title(first.cause) if alone else "",
        owner="",
        confidence="possible" if alone else "",
        reached="",
        also=(),
        rivals=tuple(one.cause for one in (others if alone else reading.candidates)),
        looks=tuple(_look(one, reading.subject) for one in reading.candidates),
        fix=(),
        version="",
        features=_features(archive, reading.subject),
    )
    seen = tuple(foreign.short(one.because) for one in reading.candidates)
    return Told(row=digest, seen=seen, more=_more(archive))


def _look(candidate: Candidate, subject: Subject) -> str:
    return f"{candidate.cause}: {looks.ask(candidate.cause, subject)}"


def _features(archive: SafeZip, subject: Subject) -> tuple[str, ...]:
    servers = _RESOLVER.findall(archive.text("etc/resolv.conf"))
    image = "" if subject.image == Subject().image else subject.image
    told = {"resolvers": ", ".join(sorted(set(servers))), "image": image}
    return tuple(told.get(feature.name, "") for feature in FEATURES)


def _more(archive: SafeZip) -> tuple[tuple[str, str], ...]:
    found = {
        OS: _RELEASE.search(archive.text("etc/os-release")),
        RUNTIME: _RUNTIME.search(archive.text("collect/crictl_version.txt")),
    }
    told = {name: match[1] for name, match in found.items() if match}
    if RUNTIME in told:
        told[RUNTIME] = f"containerd://{told[RUNTIME]}"
    return tuple((name, foreign.short(value)) for name, value in told.items())
