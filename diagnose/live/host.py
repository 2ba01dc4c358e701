"""Knows this machine from its own files; sends nothing, and needs no root."""

import ipaddress
import os
import platform
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from checks import platforms
from checks.machine_replies import HostReply
from diagnose.live import cloud_config, name_files, proxies, trust
from diagnose.live.options import Options
from diagnose.live.vault import Vault

_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i686": "386",
    "i386": "386",
    "loongarch64": "loong64",
}
_TRIE = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


class LiveHost:
    """`checks.ports.Host`."""

    def __init__(
        self,
        options: Options,
        environ: Mapping[str, str],
        root: Path | None = None,
        vault: Vault | None = None,
    ) -> None:
        self._options, self._environ, self._vault = options, environ, vault
        self._root = root or Path(options.root)
        self._kernel = Path(options.kernel) if options.kernel else self._root

    def look(self) -> HostReply:
        """Read everything afresh; what cannot be read is left empty."""
        if self._options.host is not None:
            told = self._options.host
            return told if told.now else replace(told, now=time.time())
        machine = platform.machine()
        tag = self._options.asset_tag
        hostname = self._text("etc/hostname").strip() or platform.node()
        return HostReply(
            os=platform.system().lower(),
            architecture=_ARCHITECTURES.get(machine.lower(), machine.lower()),
            asset_tag=self._told("sys/class/dmi/id/chassis_asset_tag").strip()
            if tag is None
            else tag,
            hostname=hostname,
            is_root=os.geteuid() == 0,
            addresses=self._addresses(),
            resolvers=self._resolvers(),
            proxies=proxies.declared(self._environ),
            authorities=trust.named(self._environ),
            aks_node=cloud_config.is_node(self._root),
            kubelet_client=cloud_config.kubelet_client(self._root, self._vault),
            platform=platforms.of(self._environ, hostname),
            in_cluster=bool(self._environ.get("KUBERNETES_SERVICE_HOST")),
            has_card=self._has_card(),
            now=time.time(),
        )

    def hosts_file(self, name: str) -> tuple[str, ...]:
        """Give the addresses of ``name``, which also counts with its final dot."""
        return name_files.hosts(self._root, name)

    def _addresses(self) -> tuple[str, ...]:
        found = set(_TRIE.findall(self._told("proc/net/fib_trie")))
        for line in self._told("proc/net/if_inet6").splitlines():
            digits = line.split(" ", 1)[0]
            if len(digits) == 32:
                found.add(":".join(digits[i : i + 4] for i in range(0, 32, 4)))
        return tuple(sorted({own for text in found if (own := _unicast(text))}))

    def _has_card(self) -> bool | None:
        """Tell whether a device of the machine's is behind an interface; a veth has none."""
        try:
            found = [one for one in (self._kernel / "sys/class/net").iterdir() if one.name != "lo"]
            return any((one / "device").exists() for one in found) if found else None
        except OSError:
            return None

    def _resolvers(self) -> tuple[str, ...]:
        if self._options.resolver:
            return (self._options.resolver,)
        told = name_files.servers(self._root)
        return told or (name_files.UNTOLD,) * (self._root == Path("/"))

    def _told(self, path: str) -> str:
        """Give what the kernel says."""
        return self._text(path, self._kernel)

    def _text(self, path: str, root: Path | None = None) -> str:
        try:
            place = (root or self._root) / path
            return place.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def _unicast(text: str) -> str:
    """Return the address in its usual spelling, unless it is loopback or link-local."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return "" if address.is_loopback or address.is_link_local else str(address)
