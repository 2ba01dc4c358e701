"""Knows how much room the runtimes' data directories have."""

import os

from checks.machine_replies import SpaceReply
from diagnose.live import unit_files
from diagnose.live.machine_files import MachineFiles

_CONTAINERD = "/var/lib/containerd"


def space(files: MachineFiles) -> tuple[SpaceReply, ...]:
    """Return one reply for each file system that holds a runtime's images."""
    told = unit_files.daemon_json(files).get("data-root")
    docker = told if isinstance(told, str) and told.startswith("/") else "/var/lib/docker"
    found: dict[int, SpaceReply] = {}
    for path in (docker, _CONTAINERD):
        try:
            place = files.place(path)
            device, state = place.stat().st_dev, os.statvfs(place)
        except OSError:
            continue
        reply = SpaceReply(
            path=path,
            free=state.f_bavail * state.f_frsize,
            size=state.f_blocks * state.f_frsize,
            free_inodes=state.f_favail,
            inodes=state.f_files,
        )
        found.setdefault(device, reply)
    return tuple(found.values())
