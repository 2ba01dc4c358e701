"""Files that are opened by path: docker's logins, AKS's settings, /etc and /proc."""

import contextlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from checks.replies import Failure
from diagnose.live import cloud_config, docker_config, kubelet, name_files, provider_settings
from diagnose.live.docker_config import Login
from diagnose.live.host import LiveHost
from diagnose.live.options import Options
from diagnose.live.vault import Vault
from tests.fuzz import properties
from tests.fuzz.target import Target
from tests.fuzz.targets import settings

SERVER = settings.SERVER
_AZURE = Path(__file__).parents[2] / "recorded" / "node" / "azure_json_cloudprovider_testdata.json"
_DOCKER = {
    "auths": {
        SERVER: {"auth": "dXNlcjpodW50ZXIyLUNvcnJlY3Q="},
        f"https://{SERVER}/v1/": {"identitytoken": "eyJh.eyJi.c", "auth": "MDA6"},
        "x": {"username": "u", "password": "p"},
    },
    "credHelpers": {"other.azurecr.io": "acr-env"},
    "credsStore": "",
    "HttpHeaders": {"X": "y"},
    "proxies": {"default": {"httpsProxy": "http://u:p@p:1"}},
}
_CUSTOM = {
    "name": "AzureStackCloud",
    "activeDirectoryEndpoint": "https://login.example/",
    "containerRegistryDNSSuffix": "azurecr.example",
    "resourceManagerEndpoint": "https://management.example/",
}
_RESOLV = "# x\nsearch a.b\nnameserver 168.63.129.16\nnameserver fe80::1%eth0\noptions edns0\n"
_ETC_HOSTS = f"127.0.0.1 localhost\n10.0.0.4 {SERVER}. # old\n::1 ip6-localhost\n"
_TRIE = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.1.0.4\n        /32 host LOCAL\n"
_INET6 = "fd0000000000000000000000000000a4 02 40 00 80     eth0\n"
_PROCESS, _STATUS = "proc/42/cmdline", "proc/42/status"
_KUBELET = "KUBELET_FLAGS=--image-credential-provider-config=/etc/c.yaml --x \\\n"


def _root() -> Path:
    """A machine's files."""
    return properties.folder("root")


def _written(path: str, data: bytes, *others: tuple[str, bytes]) -> Path:
    for name, content in ((path, data), *others):
        place = _root() / path if name == path else _root() / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return _root()


def docker(path: str, data: bytes) -> object:
    config = docker_config.read(_written(path, data) / path)
    if isinstance(config, Failure):
        return config
    vault = Vault()
    vault.remember(docker_config.secrets(config))
    told = docker_config.login(config, SERVER, "file")
    docker_config.keeps_any(config)
    if isinstance(told, Login):
        if told.secret in repr(told) and len(told.secret) > 15:
            raise AssertionError("a secret that shows")
        if (
            told.secret.strip("\0")
            and len(told.secret) > 15
            and told.secret in vault.clean(told.secret)
        ):
            raise AssertionError(f"a secret that the vault does not know: {told.secret!r}")
    return told, tuple(vault.secrets())


def azure(path: str, data: bytes) -> object:
    others = {cloud_config.CONFIG: _AZURE.read_bytes(), cloud_config.CUSTOM: b""}
    rest = [(name.lstrip("/"), told) for name, told in others.items() if name.lstrip("/") != path]
    root, vault = _written(path, data, *rest), Vault()
    found = cloud_config.cloud(root, vault)
    for text in properties.texts(found):
        properties.line(text, "a value of the node's configuration")
    return found, cloud_config.kubelet_client(root, vault), cloud_config.is_node(root)


def names(path: str, data: bytes) -> object:
    root = _written(path, data)
    return name_files.servers(root), name_files.hosts(root, SERVER)


def kernel(path: str, data: bytes) -> object:
    root = _written(path, data)
    host = LiveHost(Options(root=str(root), kernel=str(root)), {}, root)
    reply = host.look()
    return reply.addresses, reply.resolvers, reply.hostname, reply.asset_tag


def provider(path: str, data: bytes) -> object:
    config = "var/lib/kubelet/credential-provider-config.yaml"
    usual = {
        config: settings._YAML.encode(),
        _PROCESS: b"/usr/bin/kubelet\0",
        _STATUS: b"Uid:\t0\t0\t0\t0\n",
    }
    root = _written(path, data, *((name, told) for name, told in usual.items() if name != path))
    for number in ("1", "42"):  # root's, and of the machine itself: else it is not obeyed
        (root / "proc" / number / "ns").mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (root / "proc" / number / "ns/mnt").symlink_to("mnt:[1]")
    heard: list[str] = []
    told = provider_settings.told(root)
    found = kubelet.providers(root, heard.append)
    return told, found, provider_settings.environment(root)


def _row(name: str, use: Callable[[str, bytes], object], path: str, *seeds: bytes | str) -> Target:
    told = tuple(one.encode() if isinstance(one, str) else one for one in seeds)
    return Target(name=name, seeds=lambda: told, use=partial(use, path))


TARGETS = (
    _row("docker-config", docker, "root/.docker/config.json", json.dumps(_DOCKER)),
    _row("azure-json", azure, cloud_config.CONFIG.lstrip("/"), _AZURE.read_bytes()),
    _row("akscustom-json", azure, cloud_config.CUSTOM.lstrip("/"), json.dumps(_CUSTOM)),
    _row("resolv-conf", names, "etc/resolv.conf", _RESOLV),
    _row("etc-hosts", names, "etc/hosts", _ETC_HOSTS),
    _row("fib-trie", kernel, "proc/net/fib_trie", _TRIE),
    _row("if-inet6", kernel, "proc/net/if_inet6", _INET6),
    _row("hostname", kernel, "etc/hostname", "vm-1\n"),
    _row("asset-tag", kernel, "sys/class/dmi/id/chassis_asset_tag", "7783-7084-3265-9085\n"),
    _row(
        "provider-config",
        provider,
        "var/lib/kubelet/credential-provider-config.yaml",
        settings._YAML,
    ),
    _row("kubelet-flags", provider, "etc/default/kubelet", _KUBELET),
    _row(
        "kubelet-process",
        provider,
        _PROCESS,
        b"/usr/bin/kubelet\0--image-credential-provider-config=/etc/c.yaml\0--x\0y\0",
    ),
    _row("kubelet-status", provider, _STATUS, "Name:\tkubelet\nUid:\t0\t0\t0\t0\nGid:\t0\n"),
    _row("kubelet-environ", provider, "proc/42/environ", b"PATH=/bin\0HTTPS_PROXY=http://p\0=\0"),
)
