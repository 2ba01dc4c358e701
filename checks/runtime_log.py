"""What the runtimes logged about this registry. Lines may be old: they support, and never prove."""

from dataclasses import dataclass

from checks import answers, asks, runtime_words
from checks.contract import Check, Fact, Unseen
from checks.machine_replies import LogReply
from checks.ports import World
from checks.replies import Failure
from checks.runtime_words import Plugin
from checks.target import Target

MIRROR = "acr-mirror"  # artifact streaming's; it pulls nothing, so its lines prove no pull's end
_MOST = 5  # lines of a unit, the last ones
_LONGEST = 600  # characters; what a plug-in said stands at the end of the kubelet's line


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeLog(Fact):
    lines: tuple[tuple[str, str], ...]  # unit, line; without times

    def naming(self, *words: str) -> str:
        """Give a runtime's last line that holds one of ``words``, as evidence, or nothing."""
        fitting = (
            f"{u}: {line}"
            for u, line in reversed(self.lines)
            if u != MIRROR and any(w in line for w in words)
        )
        return next(fitting, "")

    @property
    def of_mirror(self) -> str:
        """Give the last error of artifact streaming's own service, or nothing."""
        return next((f"{u}: {line}" for u, line in reversed(self.lines) if u == MIRROR), "")

    def of_plugin(self, *said: Plugin) -> str:
        """Give the last line in which the kubelet's credential provider failed so, or nothing."""
        fitting = (
            f"{unit}: {line}"
            for unit, line in reversed(self.lines)
            if unit == "kubelet" and runtime_words.plugin(line) in said
        )
        return next(fitting, "")

    @property
    def summary(self) -> str:
        if not self.lines:
            return "nothing about this registry"
        unit, line = self.lines[-1]
        return f"{len(self.lines)} line(s), the last of {unit}: {line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeLogUnknown(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"not read: {self.why}"


def gather(world: World, target: Target) -> RuntimeLog | RuntimeLogUnknown:
    return parse(world.node.journal(target.login_server))


def parse(reply: tuple[LogReply, ...] | Failure) -> RuntimeLog | RuntimeLogUnknown:
    if isinstance(reply, Failure):
        return RuntimeLogUnknown(why=answers.clean(reply.detail) or str(reply.trouble))
    kept: list[tuple[str, str]] = []
    for unit in sorted({row.unit for row in reply}):
        mine = [answers.clean(row.line, _LONGEST) for row in reply if row.unit == unit]
        kept += [(unit, line) for line in tuple(dict.fromkeys(mine))[-_MOST:]]
    return RuntimeLog(lines=tuple(kept))


CHECK = Check(
    id="runtime-log",
    title="the runtimes' logs can be read",
    gather=gather,
    asks=(asks.run("journalctl", "what the runtimes logged of this registry"),),
)
