"""Knows which hosts docker and containerd are told to ask for a registry's images.

containerd: docs/hosts.md (certs.d, the order of hosts, the implied ``server``) and docs/cri/
registry.md (the old section registry.mirrors, which config_path switches off). In its third
config version containerd has a config_path by default. Docker: moby daemon/hosts.go.
"""

import importlib
from typing import Any

from checks.machine_replies import MirrorReply
from checks.replies import Failure, Trouble
from diagnose.live import acr_mirror, proxies, unit_files
from diagnose.live.machine_files import MachineFiles

CONTAINERD = "/etc/containerd/config.toml"
_DOCKER_CERTS = "/etc/docker/certs.d"
_DEFAULT_PATH = "/etc/containerd/certs.d:/etc/docker/certs.d"
_DOTS = 500  # in a line: a key of n parts takes Python's reader n * n steps
_PLUGINS = ("io.containerd.cri.v1.images", "io.containerd.grpc.v1.cri", "cri")

Table = dict[str, Any]


class UnreadableError(Exception):
    """A file that is there and is not understood."""


def mirrors(files: MachineFiles, login_server: str) -> tuple[MirrorReply, ...] | Failure:
    """Return what each runtime is told, for this registry or for all of them."""
    try:
        found = [*_of_docker(files, login_server), *_of_containerd(files, login_server)]
    except UnreadableError as unreadable:
        return Failure(trouble=Trouble.PROTOCOL, detail=str(unreadable))
    return tuple(found)


def of_containerd(files: MachineFiles, login_server: str) -> tuple[MirrorReply, ...] | Failure:
    """Return what containerd alone is told, as on a node, where nothing else pulls."""
    try:
        return tuple(_of_containerd(files, login_server))
    except UnreadableError as unreadable:
        return Failure(trouble=Trouble.PROTOCOL, detail=str(unreadable))


def _of_docker(files: MachineFiles, login_server: str) -> list[MirrorReply]:
    told = unit_files.daemon_json(files).get("registry-mirrors")
    hosts = tuple(map(_clean, told)) if isinstance(told, list) else ()
    found = _of_folder(files, "docker", _DOCKER_CERTS, login_server)
    hub = MirrorReply(
        runtime="docker", registry="docker.io", hosts=hosts, source=unit_files.DAEMON_JSON
    )
    return [*([hub] if hosts else []), *([found] if found else [])]


def _of_containerd(files: MachineFiles, login_server: str) -> list[MirrorReply]:
    text = files.text(CONTAINERD)
    if not text:
        return []
    config = _toml(text, CONTAINERD)
    registry: Table = {}
    for part in (config, *_imported(files, config)):  # what is read last counts
        plugins = _table(part, "plugins")
        found_here = (_table(_table(plugins, name), "registry") for name in _PLUGINS)
        registry = next(filter(None, found_here), registry)
    default = _DEFAULT_PATH if config.get("version") == 3 else ""
    folders = str(registry.get("config_path") or default)
    for folder in filter(None, folders.split(":")):
        found = _of_folder(files, "containerd", folder, login_server)
        if found:
            return [found]
    return [] if folders else _of_section(_table(registry, "mirrors"), login_server)


def _imported(files: MachineFiles, config: Table) -> list[Table]:
    """Read the files that the configuration imports: paths, or all of a folder's (``*.toml``)."""
    told = config.get("imports")
    names = [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
    paths: list[str] = []
    for name in names:
        folder, _, pattern = name.rpartition("/")
        place = folder if folder.startswith("/") else f"/etc/containerd/{folder}".rstrip("/")
        listed = files.listed(place, pattern[1:]) if pattern.startswith("*") else ()
        paths += listed or ([] if pattern.startswith("*") else [f"{place}/{pattern}"])
    return [_toml(text, path) for path in paths if (text := files.text(path))]


def _of_section(told: Table, login_server: str) -> list[MirrorReply]:
    for name, registry in ((login_server, login_server), ("*", "_default")):
        listed = _table(told, name).get("endpoint")
        if isinstance(listed, list) and listed:
            hosts = (*map(_clean, listed), f"https://{login_server}")  # which is always asked last
            hosts = tuple(dict.fromkeys(hosts))
            reply = MirrorReply(
                runtime="containerd", registry=registry, hosts=hosts, source=CONTAINERD
            )
            return [reply]
    return []


def _of_folder(
    files: MachineFiles, runtime: str, folder: str, login_server: str
) -> MirrorReply | None:
    """Read the first of the registry's folders that exists, as containerd does."""
    for name in (f"{login_server}_443_", f"{login_server}:443", login_server, "_default"):
        path = f"{folder}/{name}/hosts.toml"
        if files.exists(path):
            told = _toml(files.text(path), path)
            hosts = _hosts(told, login_server)
            return MirrorReply(
                runtime=runtime,
                registry="_default" if name == "_default" else login_server,
                hosts=hosts,
                source=path,
                own_trust=_set(told, "ca", "skip_verify"),
                with_path=_set(told, "override_path"),
                service=acr_mirror.state(files, hosts),
            )
        if files.exists(f"{folder}/{name}"):
            return None
    return None


def _hosts(told: Table, login_server: str) -> tuple[str, ...]:
    able = [
        _clean(url)
        for url, options in _table(told, "host").items()
        if isinstance(options, dict) and _pulls(options.get("capabilities"))
    ]
    server = told.get("server")
    last = _clean(server) if isinstance(server, str) and server else f"https://{login_server}"
    return tuple(dict.fromkeys((*able, last)))


def _set(told: Table, *keys: str) -> tuple[str, ...]:
    """Give the hosts that have one of these settings; the ``server``'s stand at the top level."""
    tables = {**_table(told, "host"), str(told.get("server")): told}
    return tuple(
        _clean(url)
        for url, options in tables.items()
        if isinstance(options, dict) and any(options.get(key) for key in keys)
    )


def _pulls(capabilities: object) -> bool:
    if not isinstance(capabilities, list):
        return True
    return "pull" in capabilities or "resolve" in capabilities


def _clean(url: object) -> str:
    """Leave out what may be secret: the credentials, and a query, which no mirror needs."""
    return proxies.without_credentials(str(url)).partition("?")[0][:200]


def _table(value: Table, key: str) -> Table:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _toml(text: str, path: str) -> Table:
    """Decode TOML, by Python's own reader from 3.11 on; raise `UnreadableError`."""
    told = (line for line in text.split("\n") if not line.lstrip().startswith("#"))
    if any(line.count(".") > _DOTS for line in told):
        raise UnreadableError(f"{path} has a line with more dots than any setting has")
    for name in ("tomllib", "tomli"):
        try:
            reader: Any = importlib.import_module(name)
        except ImportError:
            continue
        try:
            decoded: Table = reader.loads(text)
        except (ValueError, RecursionError):
            raise UnreadableError(f"{path} is not TOML") from None
        return decoded
    raise UnreadableError(f"this Python has no reader for TOML, so {path} was not read")
