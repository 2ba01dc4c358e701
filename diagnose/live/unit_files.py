"""Knows which proxies systemd gives the units that pull images, from files alone.

As in systemd.exec(5) and systemd.unit(5): drop-ins are read by file name, one of /etc hides one of
the same name of /usr; what an EnvironmentFile says goes before any Environment; an empty assignment
takes back what came before it. DefaultEnvironment is systemd-system.conf(5). Docker's daemon.json
goes before its environment (docs.docker.com, "Daemon proxy configuration").
"""

import json
import shlex
from collections.abc import Iterator

from checks.machine_replies import UnitReply
from diagnose.live import proxies
from diagnose.live.machine_files import MachineFiles

UNITS = ("docker", "containerd", "kubelet")
DAEMON_JSON = "/etc/docker/daemon.json"
_FOLDERS = (  # the first one that has a file of a name hides the others
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_LONGEST = 1 << 17  # characters of a line's values; execve(2): no text of a process's is longer
_NAMES = (*proxies.VARIABLES, *(name.lower() for name in proxies.VARIABLES))


class Environment:
    """Variables in the making, and the file that last set a proxy."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.source = ""

    def take(self, assignments: Iterator[tuple[str, str]], source: str) -> None:
        for name, value in assignments:
            if name in _NAMES:
                self.values[name], self.source = value, source


def units(files: MachineFiles) -> tuple[UnitReply, ...]:
    """Return each unit that is installed, with the proxies that it runs under."""
    found = (_unit(files, name) for name in UNITS)
    return tuple(unit for unit in found if unit)


def is_installed(files: MachineFiles, name: str) -> bool:
    """Tell whether systemd has a unit of this name."""
    return bool(_file(files, name))


def daemon_json(files: MachineFiles) -> dict[str, object]:
    """Return docker's own settings; nothing where they cannot be understood."""
    try:
        told = json.loads(files.text(DAEMON_JSON) or "{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _unit(files: MachineFiles, name: str) -> UnitReply | None:
    paths = _paths(files, name)
    if not paths:
        return None
    environment = _defaults(files)
    later: list[str] = []
    for path in paths:
        for key, value in _settings(files.text(path), "Service"):
            if key == "Environment":
                environment.take(_assignments(value), path)
                if not value:
                    environment.values.clear()
            elif key == "EnvironmentFile":
                later = [*later, value.lstrip("-")] if value else []
    for path in later:
        environment.take(_lines(files.text(path)), path)
    if name == "docker":
        environment.take(_of_daemon(files), DAEMON_JSON)
    return UnitReply(
        name=name,
        proxies=proxies.declared(environment.values),
        source=environment.source or paths[0],
    )


def _defaults(files: MachineFiles) -> Environment:
    """Return what the system's manager gives to every unit."""
    environment = Environment()
    for path in ("/etc/systemd/system.conf", *_drop_ins(files, "system.conf.d")):
        for key, value in _settings(files.text(path), "Manager"):
            if key == "DefaultEnvironment":
                environment.take(_assignments(value), path)
    return environment


def _paths(files: MachineFiles, name: str) -> tuple[str, ...]:
    """Return the unit's file and then its drop-ins; nothing where it is not installed."""
    file = _file(files, name)
    inner: dict[str, str] = {}
    for folder in reversed(_FOLDERS):
        for path in files.listed(f"{folder}/{name}.service.d", ".conf"):
            inner[path.rpartition("/")[2]] = path
    own = tuple(path for _, path in sorted(inner.items()))
    return (file, *own) if file else own


def _file(files: MachineFiles, name: str) -> str:
    return next((p for f in _FOLDERS if files.exists(p := f"{f}/{name}.service")), "")


def _drop_ins(files: MachineFiles, folder: str) -> tuple[str, ...]:
    every = ("/usr/lib/systemd", "/run/systemd", "/etc/systemd")
    inner = {
        path.rpartition("/")[2]: path
        for place in every
        for path in files.listed(f"{place}/{folder}", ".conf")
    }
    return tuple(path for _, path in sorted(inner.items()))


def _settings(text: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Give the keys and values of one section, in order; a backslash goes on in the next line."""
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        bare = line.strip()
        if bare.startswith("["):
            section = bare.strip("[]")
        elif section == wanted and bare[:1] not in ("", "#", ";"):
            key, _, value = bare.partition("=")
            yield key.strip(), value.strip()


def _assignments(value: str) -> Iterator[tuple[str, str]]:
    """Take ``"A=1" B=2`` apart; what is not quoted as systemd wants it is left out."""
    try:
        words = shlex.split(value) if len(value) <= _LONGEST else []
    except ValueError:
        return
    for word in words:
        name, mark, told = word.partition("=")
        if mark:
            yield name, told.replace("%%", "%")  # one % begins a specifier


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Read an environment file: one assignment on each line, perhaps quoted."""
    for line in text.splitlines():
        bare = line.strip().removeprefix("export ")
        if "=" in bare and bare[0] not in "#;":
            name, _, value = bare.partition("=")
            yield name.strip(), value.strip().strip("\"'")


def _of_daemon(files: MachineFiles) -> Iterator[tuple[str, str]]:
    told = daemon_json(files).get("proxies")
    for key, value in told.items() if isinstance(told, dict) else ():
        if isinstance(value, str) and value:
            yield str(key).upper().replace("-", "_"), value
