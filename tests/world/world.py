"""`checks.ports.World` for one simulated cloud: the real adapters wherever they open no socket."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from checks.ports import AZURE_DNS
from diagnose.lab.cloud import Cloud
from diagnose.lab.machine import SYSTEM_BUNDLE, Machine, write_files
from diagnose.live import LiveWorld
from diagnose.live.deadline import Limits
from diagnose.live.options import Options
from diagnose.runs.demonstration import options_of
from tests.world import tls
from tests.world.adapters import (
    STUB,
    InsideArm,
    InsideClient,
    InsideDialer,
    InsideImds,
    InsideNet,
)
from tests.world.cri import InsideContainerd
from tests.world.engine import InsideDocker
from tests.world.files import InsideHost, Remembered
from tests.world.rights import Rights
from tests.world.wire import Wire

# Nothing here gets better by waiting: a pause that no run has time for is not made.
_LIMITS = Limits(imds_pause=1e9, retry_after=0.0)
_folders: list["tempfile.TemporaryDirectory[str]"] = []  # they leave with the process


class InsideWorld(LiveWorld):
    """Many of these may share one `Wire`, whose cloud must stay as it is meanwhile."""

    imds_kind, arm_kind, net_kind, docker_kind = InsideImds, InsideArm, InsideNet, InsideDocker
    containerd_kind = InsideContainerd
    dialer: InsideDialer

    def __init__(self, wire: Wire, login_server: str, rights: Rights | None = None) -> None:
        self.rights = rights or Rights()
        super().__init__(options(wire.cloud, self.rights), login_server, _LIMITS)
        self.dialer = InsideDialer(self.options, self.deadline, self.limits, wire)
        self.dialer.direct_dns = self.rights.direct_dns
        self.client = InsideClient(
            self.dialer, self.deadline, self.limits, self.environ, self.ca_file
        )

    def warm(self) -> None:
        """Nothing here is waited for."""

    @property
    def host(self) -> InsideHost:
        return self._once.get("host", self._host)

    @property
    def node(self) -> Any:
        node = super().node
        return self._once.get("remembered", lambda: Remembered(node, self.dialer.wire.memo))

    def _host(self) -> InsideHost:
        wire, is_root = self.dialer.wire, self.rights.root
        return InsideHost(self.options, self.environ, wire, is_root=is_root)

    def _docker(self) -> Any:
        docker: Any = super()._docker()
        docker.wire = self.dialer.wire
        return docker

    def _containerd(self) -> Any:
        containerd: Any = super()._containerd()
        containerd.wire, containerd.is_root = self.dialer.wire, self.rights.root
        return containerd


def options(cloud: Cloud, rights: Rights) -> Options:
    """Give what `demonstration.laboratory` gives, less what ``rights`` take away."""
    root = _root(cloud)
    has_docker = rights.docker and cloud.machine.engine is not None
    has_containerd = rights.docker and cloud.machine.containerd is not None
    told = options_of(
        cloud,
        detours={},
        root=root,
        ca_file=f"{root}{SYSTEM_BUNDLE}",
        docker_host="unix:///run/docker.sock" if has_docker else "",
        cri_socket="/run/containerd/containerd.sock" if has_containerd else "",
    )
    needs_stub = not rights.direct_dns and AZURE_DNS in cloud.name_servers
    return replace(
        told,
        auth=told.auth if rights.identity else "none",
        resolver=STUB if needs_stub else "",
    )


def _root(cloud: Cloud) -> str:
    """Give a folder with the machine's files, the same one for the same files."""
    bundles = tuple((path, tuple(sorted(held))) for path, held in cloud.machine.bundles.items())
    return _written(tuple(sorted(cloud.files.items())), bundles, cloud.clock_offset)


@cache
def _written(
    files: tuple[tuple[str, str], ...],
    bundles: tuple[tuple[str, tuple[str, ...]], ...],
    clock_offset: float,
) -> str:
    folder = tempfile.TemporaryDirectory(prefix="acr-machine-")
    _folders.append(folder)
    machine = Machine(files=dict(files), bundles={path: set(held) for path, held in bundles})
    write_files(machine, Path(folder.name), tls.pki(clock_offset).authorities)
    return folder.name
