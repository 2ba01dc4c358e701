"""The simulated machine's own state: its files, its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks.machine_replies import SpaceReply
from diagnose.lab.cri_state import Containerd
from diagnose.lab.engine_state import Engine

SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # the system's own store, on Debian


@dataclass
class Machine:
    """What the operating system of the VM holds.

    ``files`` are whole files as a real machine has them, by absolute path; ``environ`` is the
    environment of the shell in which the diagnosis is started; ``engine`` is its docker engine,
    None where docker is not installed, ``containerd`` its containerd. ``bundles`` are files of
    trusted authorities, each with whose they are: ``public`` for those that sign for Azure,
    ``inspecting`` for the company's own.
    """

    files: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    auth: str = "auto"  # --auth, as the person types it on this machine
    engine: Engine | None = None
    containerd: Containerd | None = None
    bundles: dict[str, set[str]] = field(default_factory=lambda: {SYSTEM_BUNDLE: {"public"}})


def write_files(machine: Machine, root: Path, authorities: Mapping[str, str] | None = None) -> None:
    """Write the machine's files under ``root``, as they stand now.

    ``authorities`` are PEM texts by the words of ``Machine.bundles``, which are left out without.
    """
    bundles = {
        path: "".join(authorities[whose] for whose in sorted(held))
        for path, held in machine.bundles.items()
        if authorities
    }
    for path, text in {**machine.files, **bundles}.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def disks(machine: Machine) -> tuple[SpaceReply, ...]:
    """The file systems of the runtimes' images; none where no runtime is installed."""
    return tuple(
        SpaceReply(
            path=runtime.root,
            free=runtime.free,
            size=runtime.size,
            free_inodes=runtime.free_inodes,
            inodes=runtime.inodes,
        )
        for runtime in (machine.engine, machine.containerd)
        if runtime
    )
