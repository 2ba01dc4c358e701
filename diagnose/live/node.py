"""Knows what the container runtimes on this machine are told, and what they logged."""

from pathlib import Path

from checks.machine_replies import (
    CloudConfigReply,
    LogReply,
    MirrorReply,
    ProviderReply,
    SpaceReply,
    UnitReply,
)
from checks.replies import Failure
from diagnose.live import cloud_config, disks, journal, kubelet, runtime_hosts, unit_files
from diagnose.live.deadline import Deadline
from diagnose.live.machine_files import MachineFiles
from diagnose.live.options import Options
from diagnose.live.vault import Vault


class LiveNode:
    """`checks.ports.Node`, from the files under ``options.root``; changes nothing."""

    def __init__(self, options: Options, deadline: Deadline, vault: Vault | None = None) -> None:
        self._options, self._deadline = options, deadline
        self._root = Path(options.root)
        self._vault = vault
        self._files = MachineFiles(options.root, vault)

    def units(self) -> tuple[UnitReply, ...]:
        return unit_files.units(self._files)

    def mirrors(self, login_server: str) -> tuple[MirrorReply, ...] | Failure:
        return runtime_hosts.mirrors(self._files, login_server)

    def providers(self) -> tuple[ProviderReply, ...] | Failure:
        return kubelet.providers(self._root, self._files.heard)

    def cloud(self) -> CloudConfigReply | Failure:
        return cloud_config.cloud(self._root, self._vault)

    def journal(self, login_server: str) -> tuple[LogReply, ...] | Failure:
        return journal.lines(self._files, self._options.root, login_server, self._deadline)

    def space(self) -> tuple[SpaceReply, ...]:
        told = self._options.disks
        return disks.space(self._files) if told is None else told
