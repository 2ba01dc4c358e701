"""A container runtime's settings: hosts.toml, containerd's configuration, units, daemon.json."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from checks import mirrors, units
from checks.replies import Failure
from diagnose.live import journal, plain_yaml, runtime_hosts, unit_files
from diagnose.live.machine_files import MachineFiles
from tests.fuzz import properties
from tests.fuzz.target import Target

SERVER = "contoso.azurecr.io"
_CERTS = "/etc/containerd/certs.d"
HOSTS_TOML = f"{_CERTS}/{SERVER}/hosts.toml"
_V2 = f'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "{_CERTS}"\n'
_V3 = (
    'version = 3\nimports = ["conf.d/*.toml"]\nroot = "/var/lib/containerd"\n'
    f"[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '{_CERTS}'\n"
)
_OLD = (
    'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors."*"]\n'
    'endpoint = ["https://mirror.example:5000", "http://user:pw@[fd00::1]:80/v2"]\n'
    f'[plugins."io.containerd.grpc.v1.cri".registry.mirrors."{SERVER}"]\nendpoint = []\n'
)
_HOSTS = (
    (
        f'server = "https://{SERVER}"\n\n[host."http://localhost:8578/v2"]\n'
        '  capabilities = ["pull", "resolve"]\n  override_path = true\n  ca = "/etc/x.pem"\n'
    ),
    '[host."https://u:p@m.example?ns=x"]\nskip_verify = true\n[host.a.header]\nx = ["y"]\n',
)
_UNIT = (
    '[Unit]\nAfter=network.target\n[Service]\nEnvironment="HTTPS_PROXY=http://u:p@p:1" A=b\n'
    "Environment=\nEnvironment=HTTP_PROXY=http://p%%40:1 \\\n  NO_PROXY=10.0.0.0/8\n"
    "EnvironmentFile=-/etc/default/docker\n; x\n[Install]\n"
)
_DAEMON = '{"registry-mirrors":["https://m.example"],"proxies":{"https-proxy":"http://p:1"}}'
_LOG = (
    'Nov  1 00:00:00 vm containerd[123]: time="2026-11-01T00:00:00Z" level=error '
    f'msg="pull {SERVER}/app:v1 failed" error="401 Unauthorized"\n'
    f"Nov  1 00:00:00 vm kubelet[9]: E1101 00:00:00.000000    9 a.go:1] Failed {SERVER} token=x\n"
)
_YAML = (
    "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
    "- name: acr-credential-provider\n  matchImages:\n  - '*.azurecr.io'\n  - \"*.azurecr.*\"\n"
    '  defaultCacheDuration: "10m"  # ten\n  args: [/etc/kubernetes/azure.json, --x=y]\n'
    "  env:\n    - name: A\n      value: 'b: c'\n"
)


class OneFile(MachineFiles):
    """A machine that has these files and no others."""

    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__("/nowhere")
        self._files = files

    def text(self, path: str) -> str:
        told = self._files.get(path, "")
        self.heard(told)
        return told

    def exists(self, path: str) -> bool:
        return any(one == path or one.startswith(f"{path}/") for one in self._files)

    def listed(self, folder: str, ending: str) -> tuple[str, ...]:
        inside = (one for one in self._files if one.rpartition("/")[0] == folder)
        return tuple(sorted(one for one in inside if one.endswith(ending)))

    def place(self, path: str) -> Path:
        raise AssertionError(f"{path} is opened without this class")


def _machine(place: str, data: bytes) -> OneFile:
    # As it is read from a disk: with "replace", and any line's end as "\n".
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    others = {
        runtime_hosts.CONTAINERD: _V2,
        HOSTS_TOML: _HOSTS[0],
        "/etc/systemd/system/docker.service": _UNIT,
        "/lib/systemd/system/containerd.service": "[Service]\n",
        unit_files.DAEMON_JSON: "",
    }
    return OneFile({**others, place: text})


def hosts(place: str, data: bytes) -> object:
    found = runtime_hosts.mirrors(_machine(place, data), SERVER)
    if isinstance(found, Failure):
        return properties.line(found.detail, "a failure")
    told = tuple(mirrors.parse(one, ()) for one in found)
    for one in found:
        for url in (*one.hosts, *one.own_trust, *one.with_path):
            if "@" in url or "?" in url or len(url) > 200:
                raise AssertionError(f"a mirror's URL: {url!r}")
    return found, told


def of_units(place: str, data: bytes) -> object:
    found = unit_files.units(_machine(place, data))
    for one in found:
        properties.line(units.parse(one, SERVER, "").name)
        for url in one.proxies.values():
            if "@" in url.partition("/")[0]:
                raise AssertionError(f"a proxy's URL: {url!r}")
    return found


def logged(data: bytes) -> object:
    files = OneFile({})
    found = journal.tagged(files, data.decode("utf-8", "replace").splitlines(), SERVER)
    for one in found:
        if len(one.line) > 600 or len(one.line.splitlines()) > 1:
            raise AssertionError(f"a line of a log: {one.line!r}")
    return found


def yaml(data: bytes) -> object:
    try:
        return plain_yaml.read(data.decode("utf-8", "replace"))
    except ValueError as error:
        return properties.line(str(error), "a refusal")


def _row(name: str, use: Callable[[str, bytes], object], place: str, *seeds: str) -> Target:
    told = tuple(one.encode() for one in seeds)
    return Target(name=name, seeds=lambda: told, use=partial(use, place), words=_WORDS)


_WORDS = (b"[host.", b'"""', b"'''", b"= ", b"\\\n", b"[[", b"1979-05-27", b"inf", b"Environment=")
TARGETS = (
    _row("hosts-toml", hosts, HOSTS_TOML, *_HOSTS),
    _row("containerd-toml", hosts, runtime_hosts.CONTAINERD, _V2, _V3, _OLD),
    _row("daemon-json", hosts, unit_files.DAEMON_JSON, _DAEMON),
    _row("unit", of_units, "/etc/systemd/system/docker.service", _UNIT),
    _row("environment-file", of_units, "/etc/default/docker", "HTTPS_PROXY='http://u:p@p'\n#\n"),
    _row("daemon-proxies", of_units, unit_files.DAEMON_JSON, _DAEMON),
    Target(name="log-lines", seeds=lambda: (_LOG.encode(),), use=logged),
    Target(name="yaml", seeds=lambda: (_YAML.encode(), b'{"providers":[{"name":"a"}]}'), use=yaml),
)
