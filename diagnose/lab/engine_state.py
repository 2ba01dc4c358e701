"""The state of a simulated docker engine, and the set-ups that write it as a person would.

What the engine was told stands twice on a real machine, in its files and in the running process;
the functions here write both, so that the two agree.
"""

from dataclasses import dataclass, field

GIB = 1 << 30
_DROP_IN = "/etc/systemd/system/docker.service.d/http-proxy.conf"


@dataclass
class Engine:
    """A docker engine that is installed on the machine."""

    version: str = "28.2.2"
    # overlay2, or overlayfs: the containerd image store, which asks the hosts of hosts.toml
    storage_driver: str = "overlay2"
    proxies: dict[str, str] = field(default_factory=dict)  # the daemon's own HTTPS_PROXY and so on
    mirrors: list[str] = field(default_factory=list)  # registry-mirrors, for Docker Hub alone
    hosts: dict[str, list[str]] = field(default_factory=dict)  # registry -> hosts of hosts.toml
    # Whose authorities it read when it started, in the words of `Machine.bundles`.
    trusts: set[str] = field(default_factory=lambda: {"public"})
    root: str = "/var/lib/docker"
    size: int = 30 * GIB
    free: int = 20 * GIB
    inodes: int = 2_000_000
    free_inodes: int = 1_900_000
    running: bool = True  # False: installed, and nothing listens on its socket
    images: dict[str, str] = field(default_factory=dict)  # name -> id of what it holds


def set_proxy(engine: Engine, files: dict[str, str], url: str, no_proxy: str = "") -> None:
    """Mutates: gives the daemon a proxy by a drop-in of its unit, and restarts it."""
    told = {"HTTP_PROXY": url, "HTTPS_PROXY": url} | ({"NO_PROXY": no_proxy} if no_proxy else {})
    engine.proxies = told
    lines = [f'Environment="{name}={value}"' for name, value in told.items()]
    files[_DROP_IN] = "\n".join(["[Service]", *lines, ""])


def set_hosts(engine: Engine, files: dict[str, str], registry: str, server: str) -> None:
    """Mutates: sends pulls of one registry to another server, by the engine's hosts.toml."""
    engine.storage_driver = "overlayfs"
    engine.hosts[registry] = [server]
    files[f"/etc/docker/certs.d/{registry}/hosts.toml"] = f'server = "{server}"\n'
