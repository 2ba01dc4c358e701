"""What AKS's log collector took from a node (aks_logs.zip), read as a bundle of that node.

Where acr-diagnose left its verdict below /var/log/azure, that is the verdict. Else the lines of
the kubelet and the container runtime that name a registry of ours are read as ``explain --text``
reads them. A log says what was, so what it gives is possible at most, and what came before a pull
that worked is left out. Beside them the node's files are judged by the causes of every run
(`aks_recording`): a cause that both give is as sure as the files make it; one that the files alone
give stands beside the log's, which a pull meets first, or alone where the log has none. Which files
are in it: Azure/AgentBaker, parts/linux/cloud-init/artifacts/aks-log-collector.sh.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from checks.ports import Unrecorded
from checks.target import UsageError, parse
from diagnose.bundle.errors import BundleError
from diagnose.fleet import aks_recording, aks_replies, aks_verdict, chunks, foreign, lines
from diagnose.fleet.items import Item, Lost, Told, renamed, silent
from diagnose.fleet.nodes import OS, RUNTIME
from diagnose.fleet.safe_zip import SafeZip
from diagnose.fleet.zip_files import ZipFiles
from diagnose.grouping.digest import Digest
from diagnose.texts.read import read
from diagnose.texts.subject import NAMES, Subject

_OURS = re.compile(r"var/log/azure/acr-diagnose/[^/]+\Z")
_LOGS = re.compile(r"var/log/(?:syslog|messages)(?:\.1)?\Z")
_SPEAKS = re.compile(r"\b(?:containerd|kubelet|dockerd)(?:\[\d+\])?:")
_ABOUT = re.compile(r"\.azurecr\.|acr-credential-provider")
_WORKED = re.compile(r"PullImage .{1,400}returns image reference|Successfully pulled image")
_MOST = 4000  # lines about a registry that are kept, the last ones
_RELEASE = re.compile(r'^PRETTY_NAME="?([^"\n]{1,100})', re.MULTILINE)
_RUNTIME = re.compile(r"^RuntimeVersion:\s*(\S{1,40})", re.MULTILINE)


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
    # A report calls the machine as Azure does; the cluster calls the node by its host name.
    own = [renamed(one, name) for one in _own(archive, where, name) if isinstance(one, Told)]
    if any(isinstance(item.row, Digest) for item in own):
        yield from own
        return
    log = _errors(archive)
    reading, files = read(f"{line}\n" for line in log), ZipFiles(archive)
    node = aks_recording.judged(files, name, _image(reading.subject, files), log)
    digest = aks_verdict.of(name, reading, node)
    if digest is not None:
        told = (foreign.short(one.because) for one in reading.candidates)
        rest = (foreign.short(one) for one in (*node.seen, *map(_not_read, node.unread)))
        yield Told(row=digest, seen=tuple(dict.fromkeys((*told, *rest))), more=_more(archive))
        return
    nothing = "its logs hold neither a verdict nor an error of a pull that we know"
    cut = ("it could not be read to its end",) if archive.cut else ()
    because = "; ".join((nothing, *cut, *node.seen, *node.unread))
    yield silent(name, foreign.short(because, aks_verdict.MOST))


def _not_read(sentence: str) -> str:
    return f"not read: {sentence}"


def _image(subject: Subject, files: ZipFiles) -> str:
    """Give what the log is about, else the only registry of ours that images are from."""
    if subject.image != Subject().image:
        return subject.image
    try:
        names = [one.partition("/")[0] for one in aks_replies.images(files)]
    except Unrecorded:
        return ""
    ours = {name for name in names if name.endswith(NAMES)}
    try:
        return parse(ours.pop()).login_server if len(ours) == 1 else ""
    except UsageError:
        return ""


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


def _more(archive: SafeZip) -> tuple[tuple[str, str], ...]:
    found = {
        OS: _RELEASE.search(archive.text("etc/os-release")),
        RUNTIME: _RUNTIME.search(archive.text("collect/crictl_version.txt")),
    }
    told = {name: match[1] for name, match in found.items() if match}
    if RUNTIME in told:
        told[RUNTIME] = f"containerd://{told[RUNTIME]}"
    return tuple((name, foreign.short(value)) for name, value in told.items())
