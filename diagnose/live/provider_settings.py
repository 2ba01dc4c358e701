"""Knows with which words the kubelet starts its credential provider: from its configuration.

What the kubelet's own process was started with goes before what its files say, as the files may
have changed since. The shape is CredentialProviderConfig, kubelet.config.k8s.io/v1
(https://kubernetes.io/docs/reference/config-api/kubelet-config.v1/).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks import answers
from checks.replies import Json
from diagnose.live import plain_yaml

_CONFIG = "/var/lib/kubelet/credential-provider-config.yaml"  # AKS: AgentBaker, cse_config.sh
_PROGRAMS = "/var/lib/kubelet/credential-provider"
_TOLD = (
    "etc/default/kubelet",
    "etc/sysconfig/kubelet",
    "etc/systemd/system/kubelet.service",
    "lib/systemd/system/kubelet.service",
)
_DROP_INS = "etc/systemd/system/kubelet.service.d"
_IN_FILES = re.compile(r"--image-credential-provider-(config|bin-dir)[=\s]+[\"']?([^\s\"'\\]+)")
_FLAG = re.compile(r"--image-credential-provider-(config|bin-dir)(?:=(.*))?\Z", re.DOTALL)
_USERS = re.compile(r"^Uid:((?:\s+\d+){4})$", re.MULTILINE)  # real, effective, saved, of files
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\Z")  # one file, in the configured folder
_CAP = 256 * 1024
_API = "credentialprovider.kubelet.k8s.io/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where the kubelet looks; ``is_named`` is False where that is only where AKS puts it."""

    config: str
    programs: str
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One provider as it is started; what it is told may hold secrets."""

    name: str
    program: str  # a path of the machine's own
    match_images: tuple[str, ...]
    args: tuple[str, ...] = field(default=(), repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    api_version: str = _API
    wants_account: bool = False  # a pod's service account token, which nobody here has


def is_here(root: Path) -> bool:
    """Tell whether there is anything of a kubelet on the machine."""
    return any((root / name).exists() for name in (*_TOLD, "var/lib/kubelet"))


def told(root: Path) -> Told:
    """Give where the configuration and the plug-ins are."""
    flags = dict(_of_files(root))
    process = running(root) if flags or is_here(root) else None
    flags |= dict(_of_process(process)) if process else {}
    return Told(
        config=flags.get("config", _CONFIG),
        programs=flags.get("bin-dir", _PROGRAMS),
        is_named="config" in flags,
    )


def plugins(root: Path, heard: Callable[[str], None]) -> tuple[Plugin, ...]:
    """Give the configured providers in order; none without a configuration.

    ``heard`` is told each text before it is read. Raises `OSError` and `ValueError` where the
    configuration is there and cannot be read.
    """
    where = told(root)
    place = root / where.config.lstrip("/")
    if not place.exists():
        return ()
    found: list[Plugin] = []
    # Newer kubelets take a folder.
    for path in sorted(place.glob("*.*")) if place.is_dir() else [place]:
        text = path.read_text(encoding="utf-8")[:_CAP]
        heard(text)
        rows = answers.rows(plain_yaml.read(text), "providers")
        found += [_plugin(row, where.programs) for row in rows]
    return tuple(one for one in found if _NAME.match(one.name))


def lacking(plugin: Plugin, root: Path, *, in_pod: bool) -> str:
    """Give a file that the plug-in is told of and that only the node's own processes see.

    In a pod it would fail without that, and for the kubelet it does not.
    """
    for word in plugin.args:
        path = word.partition("=")[2] or word
        if path.startswith("/") and not Path(path).exists():
            on_node = root != Path("/") and (root / path[1:]).exists()
            if on_node or in_pod:
                return path
    return ""


def environment(root: Path) -> dict[str, str]:
    """Give the kubelet's own variables, which its plug-ins are started with; empty if unseen."""
    process = running(root)
    try:
        text = (process / "environ").read_bytes()[:_CAP] if process else b""
    except OSError:
        return {}
    pairs = (row.partition("=") for row in text.decode("utf-8", "replace").split("\0"))
    return {name: value for name, _, value in pairs if name}


def running(root: Path) -> Path | None:
    """Give the kubelet's folder in /proc, where it is to be seen from here.

    What it was started with names a program that is run here as root, and anybody may give a
    process that name, in a container as root too. So it has to be the machine's own.
    """
    try:
        found = [one for one in (root / "proc").iterdir() if one.name.isdigit()]
    except OSError:
        return None
    named = (one for one in found if Path(_words(one)[0]).name == "kubelet")
    return next(filter(_is_the_machines, named), None)


def _is_the_machines(process: Path) -> bool:
    """Tell whether root runs it, and in the mount namespace of the machine's first process."""
    try:
        status = (process / "status").read_text(encoding="utf-8", errors="replace")
        mounts = (process / "ns/mnt").readlink() == (process.parent / "1/ns/mnt").readlink()
    except OSError:
        return False
    users = _USERS.search(status)
    return mounts and users is not None and set(users[1].split()) == {"0"}


def _words(process: Path) -> list[str]:
    try:
        text = (process / "cmdline").read_bytes()[:_CAP].decode("utf-8", "replace")
    except OSError:
        return [""]
    return text.split("\0")


def _of_files(root: Path) -> Iterator[tuple[str, str]]:
    drop_ins = sorted((root / _DROP_INS).glob("*.conf"))
    for path in (*(root / name for name in _TOLD), *drop_ins):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")[:_CAP]
        except OSError:
            continue
        yield from _IN_FILES.findall(text)


def _of_process(process: Path) -> Iterator[tuple[str, str]]:
    words = _words(process)
    for word, following in zip(words, [*words[1:], ""], strict=True):
        flag = _FLAG.match(word)
        if flag:
            yield flag[1], following if flag[2] is None else flag[2]


def _plugin(row: dict[str, Json], folder: str) -> Plugin:
    name = _text(row, "name")
    account = answers.table(row, "tokenAttributes").get("requireServiceAccount")
    return Plugin(
        name=name,
        program=f"{folder.rstrip('/')}/{name}",
        match_images=_texts(row, "matchImages"),
        args=_texts(row, "args"),
        environ={_text(one, "name"): _text(one, "value") for one in answers.rows(row, "env")},
        api_version=_text(row, "apiVersion") or _API,
        wants_account=account in (True, "true"),
    )


def _text(row: dict[str, Json], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _texts(row: dict[str, Json], key: str) -> tuple[str, ...]:
    value = row.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
