"""AKS's log archive as a recording, judged by today's checks and causes as any bundle is.

A recording, and not a folder to run the live program over: a recording says "unknown" of whatever
nobody asked, while a live look at a folder takes a file that was not collected for one that is not
there, and would ask this machine's network. The readers of the files are the live ones.

Nothing was asked of the network, so a mirror's hosts are told as they stand in the file, without an
answer; the verdict is taken from the causes alone, and how far a pull got is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import checks
from checks import mirrors
from checks.containerd_runtime import ContainerdRuntime
from checks.contract import Fact
from checks.mirrors import Mirrors
from checks.ports import Unrecorded, World
from checks.replies import Failure
from checks.target import Asked
from diagnose import causes, engine
from diagnose.bundle.recording import Answer, Recording
from diagnose.bundle.replay import Replay
from diagnose.facts import Facts
from diagnose.fleet import aks_replies
from diagnose.fleet.zip_files import ZipFiles
from diagnose.judging import verdict
from diagnose.judging.verdict import Verdict
from diagnose.live import journal, runtime_hosts

R = TypeVar("R")
_MOST = 5  # images that are named
_LINE = 2048  # characters of a line of a log


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``unread`` has a sentence for each look that the archive should allow and does not."""

    facts: Facts
    verdict: Verdict
    seen: tuple[str, ...]
    unread: tuple[str, ...]


def judged(files: ZipFiles, name: str, image: str, log: Sequence[str]) -> Node:
    """Judge a node by its archive.

    ``image`` is what its log is about, or empty; ``log`` has the lines about a registry that count.
    """
    server = image.partition("/")[0]
    told = _Told()
    told.ask("host", "host.look", lambda: aks_replies.host(files, name))
    told.ask("containerd", "containerd.version", lambda: aks_replies.runtime(files))
    told.ask("disk", "node.space", lambda: aks_replies.space(files))
    kept: list[Fact] = []
    if server:
        lines = journal.tagged(files, (line[:_LINE] for line in log), server)
        told.ask("runtime-log", "node.journal", lambda: lines, login_server=server)
        found = told.ask(
            "mirrors",
            "node.mirrors",
            lambda: runtime_hosts.of_containerd(files, server),
            login_server=server,
        )
        if found is not None and not isinstance(found, Failure):
            unasked = tuple(mirrors.parse(one, ()) for one in found if one.hosts)
            kept.append(Mirrors(login_server=server, mirrors=unasked))
    facts = _facts(told.answers, image, Facts(kept))
    return Node(
        facts=facts,
        verdict=verdict.decide(causes.ALL, facts),
        seen=(*_seen(facts), *_images(files, server, told)),
        unread=tuple(dict.fromkeys(told.unread)),
    )


class _Told:
    """Answers in the making; what cannot be told is a sentence."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.unread: list[str] = []

    def ask(self, check: str, question: str, look: Callable[[], R], **given: str) -> R | None:
        """Keep what ``look`` gives as the answer to a check's question, and return it."""
        try:
            reply = look()
        except Unrecorded as missing:
            self.unread.append(str(missing))
            return None
        port, _, method = question.partition(".")
        self.answers.append(
            Answer(check=check, port=port, method=method, arguments=given, reply=reply)
        )
        if isinstance(reply, Failure) and check == "mirrors":
            self.unread.append(reply.detail)
        return reply


def _facts(answers: Sequence[Answer], image: str, kept: Facts) -> Facts:
    asked = Asked(text=image)
    recording = Recording(asked=asked, answers=tuple(answers), steps=(), seconds=0.0)
    facts = Facts([asked] if image else [])
    lens = Replay(recording).lens
    for _, known in engine.in_turn(checks.ALL, cast(World, None), facts, lens=lens, kept=kept):
        facts = known
    return facts


def _seen(facts: Facts) -> tuple[str, ...]:
    """Give what bears on a pull whatever its cause: a mirror in between, a runtime not ready."""
    found, runtime = facts.get(Mirrors), facts.get(ContainerdRuntime)
    mirror = found.for_registry("containerd") if found else None
    told = [f"mirrors: {mirror.told} ({mirror.source})"] if mirror else []
    lacks = f"containerd: {runtime.summary}" if runtime and runtime.not_ready else ""
    return (*told, *([lacks] if lacks else []))


def _images(files: ZipFiles, server: str, told: _Told) -> tuple[str, ...]:
    """Name the registry's images that are on the node: what is there was pulled once, or put."""
    if not server:
        return ()
    try:
        mine = [one for one in aks_replies.images(files) if one.startswith(f"{server}/")]
    except Unrecorded as missing:
        told.unread.append(str(missing))
        return ()
    more = f" and {len(mine) - _MOST} more" if len(mine) > _MOST else ""
    names = ", ".join(mine[:_MOST]) + more if mine else "none with a tag"
    return (f"images of {server} on the node: {names}",)
