"""Knows what a run was asked to do, and where a simulated Azure listens instead of the real one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checks.machine_replies import HostReply, SpaceReply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The person's choices; below the line, what only the shipped simulation sets."""

    timeout: float = 20.0  # seconds, the whole run
    client_id: str = ""  # --identity
    auth: str = "auto"  # auto | msi | cli | env | workload | none
    arm: bool = True
    pull: bool = True
    runtime: str = "auto"  # auto | docker | containerd | none
    resolve: tuple[tuple[str, int, str], ...] = ()  # curl's --resolve HOST:PORT:ADDRESS
    docker_host: str = ""
    cri_socket: str = ""  # a path; empty: where containerd listens
    # -- the simulation ---------------------------------------------------------------------------
    imds: str = "http://169.254.169.254"
    detours: Mapping[tuple[str, int], tuple[str, int]] | None = None
    resolver: str = ""  # system lookups are asked of this address, not of getaddrinfo
    ca_file: str = ""  # trusted instead of the machine's store
    asset_tag: str | None = None
    root: str = "/"  # stands in for this machine's file system; a pod sees its node's there
    kernel: str = ""  # where /proc and /sys stand; empty: under ``root``
    host: HostReply | None = None  # stands in for this machine altogether
    disks: tuple[SpaceReply, ...] | None = None  # stand in for the runtimes' file systems
    # Stands in for the kubelet's plug-in: arguments, input; exit code, what it writes.
    plugin: Callable[[tuple[str, ...], bytes], tuple[int, bytes, bytes]] | None = None
    environ: Mapping[str, str] | None = None  # None: os.environ, or nothing when fenced

    @property
    def fenced(self) -> bool:
        """Say whether anything but the simulated servers and loopback is out of bounds."""
        return self.detours is not None
