"""The two ends of a simulated Azure: the VM as Azure would dress it, and the far side of its NIC.

``azure`` holds every service address; ``vm`` has nothing but a cable to it. Neither has a route
or an interface to anywhere else, and ``azure`` forwards nothing: what does not exist is silence.
"""

import shutil
import subprocess
from pathlib import Path

from tests.e2e.namespace import Namespace

VM = "10.1.0.4"
GATEWAY = "10.1.0.1"
IMDS = "169.254.169.254"
PLATFORM = "168.63.129.16"
ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"
CERTS = Path("/etc/ssl/certs")

# A VM's file system: /run is its own, so that no socket of the real machine is to be seen, and /etc
# is, so that nothing that is done to it is done to the real machine's.
DRESS = """
set -e
resolv=$(readlink -m /etc/resolv.conf)
mount -t tmpfs run /run
mkdir /run/etc; cp -a /etc/. /run/etc; mount --bind /run/etc /etc
mkdir -p "$(dirname "$resolv")" /run/lock; [ -e "$resolv" ] || touch "$resolv"
mount --bind "$1/resolv.conf" "$resolv"
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/certs" /etc/ssl/certs
tag=/sys/class/dmi/id/chassis_asset_tag
if [ -e $tag ]; then
  mount --bind "$1/asset_tag" $tag
else
  mkdir /run/class; mount --bind /sys/class /run/class; mount -t tmpfs class /sys/class
  for d in /run/class/*; do
    n=$(basename "$d"); mkdir "/sys/class/$n"; mount --bind "$d" "/sys/class/$n"
  done
  umount /run/class; mkdir -p /sys/class/dmi/id; cp "$1/asset_tag" $tag
fi
"""


class Machine:
    """One VM and its Azure, ready for services to be started in `azure`."""

    def __init__(self, addresses: list[str], nameserver: str = PLATFORM) -> None:
        self.azure = Namespace("azure")
        try:
            self.vm = Namespace("vm")
        except BaseException:
            self.azure.close()
            raise
        try:
            self._cable(addresses)
            self._dress(nameserver)
        except BaseException:
            self.close()
            raise

    def _join(self) -> None:
        """Lay the cable: a device ``eth0`` at each end."""
        peer = ["type", "veth", "peer", "name", "eth0", "netns", str(self.vm.pid)]
        self.azure.ip("link", "add", "eth0", *peer)

    def _cable(self, addresses: list[str]) -> None:
        self._join()
        self.azure.ip("address", "add", f"{GATEWAY}/24", "dev", "eth0")
        self.azure.ip("link", "set", "eth0", "up")
        self.vm.ip("address", "add", f"{VM}/24", "dev", "eth0")
        self.vm.ip("link", "set", "eth0", "up")
        self.vm.ip("route", "add", "default", "via", GATEWAY)
        for address in dict.fromkeys([IMDS, PLATFORM, *addresses]):
            self.azure.ip("address", "add", f"{address}/32", "dev", "lo")
        # Answered by nobody: no forwarding, and no ICMP to say so.
        self.azure.run(["sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward"], check=True)

    def _dress(self, nameserver: str) -> None:
        folder = self.vm.folder / "dress"
        shutil.copytree(CERTS, folder / "certs", symlinks=True)
        (folder / "resolv.conf").write_text(f"nameserver {nameserver}\n")
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n{VM} app-vm\n")
        (folder / "asset_tag").write_text(ASSET_TAG + "\n")
        self._certs = folder / "certs"
        self.vm.run(["sh", "-c", DRESS, "dress", str(folder)], check=True)

    def trust(self, pem: Path) -> None:
        """Add an authority to the VM's own store: the bundle, and OpenSSL's folder of hashes."""
        words = ["openssl", "x509", "-noout", "-hash", "-in", str(pem)]
        done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=20)
        shutil.copy(pem, self._certs / f"{done.stdout.strip()}.0")
        bundle = self._certs / "ca-certificates.crt"
        text = bundle.read_text()
        if bundle.is_symlink():
            bundle.unlink()
        bundle.write_text(text + pem.read_text())

    def close(self) -> None:
        self.vm.close()
        self.azure.close()
