"""Knows whether the service of AKS's artifact streaming runs, from files alone.

A node pool with artifact streaming sends pulls to http://localhost:8578, where the unit acr-mirror
listens (Azure/AgentBaker, parts/linux/cloud-init/artifacts/cse_config.sh, ensureArtifactStreaming;
the port: learn.microsoft.com, container-registry/troubleshoot-artifact-streaming).

systemd keeps a link invocation:UNIT in /run/systemd/units while a unit is active or becomes so, and
takes it away when the unit is inactive or has failed (systemd, src/core/unit.c, unit_notify). That
place is the same with both kinds of control groups and in any slice, which the unit's folder below
/sys/fs/cgroup is not; and no process is asked, which may hang.
"""

from collections.abc import Iterable

from checks.listening import place
from checks.ports import Unrecorded
from diagnose.live.machine_files import MachineFiles
from diagnose.live.unit_files import is_installed

UNIT = "acr-mirror"
_HOSTS, _PORT = ("localhost", "127.0.0.1", "::1"), 8578
_UNITS = "/run/systemd/units"


def state(files: MachineFiles, urls: Iterable[str]) -> str:
    """Return running, stopped or absent; nothing where no URL is its own, or nobody can tell."""
    if not any(host in _HOSTS and port == _PORT for host, port in map(place, urls)):
        return ""
    try:
        active = files.listed(_UNITS, ".service")
        if f"{_UNITS}/invocation:{UNIT}.service" in active:
            return "running"
        if not active:  # systemd always has one: it is not to be seen from here
            return ""
        return "stopped" if is_installed(files, UNIT) else "absent"
    except Unrecorded:
        return ""
