"""A real containerd of the VM's own, on a VM that is dressed as a node of AKS.

Its root, state and socket are the VM's; nothing of the machine the tests run on is touched. The
files of a node stand in an overlay over /etc and /var/lib, which ends with the VM's namespace.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from diagnose.lab.cri_state import AZURE_JSON, CERTS, PROGRAM, PROVIDERS
from diagnose.lab.cri_state import CONFIG as SETTINGS
from diagnose.lab.cri_state import PROVIDER_CONFIG as CONFIGURED
from diagnose.live.cri.client import Cri
from diagnose.live.cri.messages import Login
from tests.e2e.machine import Machine
from tests.e2e.namespace import ROOT, Namespace

NEEDED = ("containerd", "runc")
SOCKET = "/run/containerd/containerd.sock"  # the default place; /run is the VM's own
CONFIG = """version = 2
root = "{folder}/containerd"
state = "/run/containerd/state"
[grpc]
  address = "{socket}"
[ttrpc]
  address = "{socket}.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{snapshotter}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{certs}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{cni}"
"""
# What is mounted below /etc already is bound again on top of the overlay.
DRESS = """
set -e
resolv=$(readlink -m /etc/resolv.conf)
for place in etc var/lib; do
  name=$(echo $place | tr / -); mkdir -p "$1/$name/upper" "$1/$name/work"
  mount -t overlay node \
    -o "lowerdir=/$place,upperdir=$1/$name/upper,workdir=$1/$name/work" "/$place"
done
mount --bind "$2/hosts" /etc/hosts
mount --bind "$2/certs" /etc/ssl/certs
case $resolv in /etc/*) mount --bind "$2/resolv.conf" "$resolv";; esac
rm -rf /etc/containerd /var/lib/kubelet
"""


def why_not() -> str:
    """Say why there is no containerd here, or nothing."""
    missing = [name for name in NEEDED if shutil.which(name, path="/usr/bin:/usr/sbin") is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def dress(machine: Machine, azure_json: str) -> None:
    """Turn the VM into a node: the kubelet's files, and a credential provider that runs."""
    vm = machine.vm
    vm.run(["sh", "-c", DRESS, "dress", str(vm.folder), str(vm.folder / "dress")], check=True)
    write(vm, AZURE_JSON, azure_json, "600")
    write(vm, PROVIDERS, CONFIGURED)
    source = (ROOT / "tests/e2e/provider.py").read_text()
    write(vm, PROGRAM, f"#!{sys.executable} -I\n{source}", "755")


def write(vm: Namespace, path: str, text: str, mode: str = "644") -> None:
    """Write one file of the VM's own."""
    script = 'mkdir -p "$(dirname "$1")" && cat > "$1" && chmod "$2" "$1"'
    vm.run(["sh", "-c", script, "write", path, mode], text=text, check=True)


class Containerd:
    """containerd on a node; `close` ends it by its process group.

    ``cni`` is where the network plug-ins are, which pods of the node's own network do not need.
    """

    def __init__(self, machine: Machine, cni: str = "/opt/cni/bin") -> None:
        self.vm, self.cni = machine.vm, cni
        self.log = self.vm.folder / "containerd.log"
        for snapshotter in ("overlayfs", "native"):
            self._start(snapshotter)
            if self._comes_up():
                return
            self.close()
        raise OSError("containerd does not start:\n" + self.log.read_text()[-3000:])

    def _start(self, snapshotter: str) -> None:
        told = {"folder": self.vm.folder, "socket": SOCKET, "certs": CERTS, "cni": self.cni}
        write(self.vm, SETTINGS, CONFIG.format(**told, snapshotter=snapshotter))
        with self.log.open("w") as log:
            words = ["containerd", "--config", SETTINGS]
            self.process = self.vm.popen(words, stdout=log, stderr=log)

    def _comes_up(self) -> bool:
        until = time.monotonic() + 40
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(Exception):
                return bool(self._cri().version(2.0).version)
            time.sleep(0.2)
        return False

    def _cri(self) -> Cri:
        """The socket as it is to be seen from outside of the VM's mounts."""
        return Cri(Path(f"/proc/{self.vm.pid}/root{SOCKET}"))

    def pull(self, image: str, login: Login | None) -> str:
        return self._cri().pull(image, login, 30.0)

    def images(self) -> frozenset[str]:
        return self._cri().ids(5.0)

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
