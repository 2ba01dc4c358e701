"""A real docker engine of the VM's own, that touches nothing of the machine the tests run on."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.e2e.namespace import Namespace

SOCKET = "/run/docker.sock"  # the default place; /run is the VM's own


class Dockerd:
    """dockerd with its own containerd; `close` ends it by its process group."""

    def __init__(self, vm: Namespace, *, insecure: tuple[str, ...] = ()) -> None:
        self.vm = vm
        self.log = vm.folder / "dockerd.log"
        config = vm.folder / "daemon.json"
        config.write_text(json.dumps({"insecure-registries": list(insecure)}))
        self._start("overlay2", config)
        if not self._comes_up():
            self.close()
            self._start("vfs", config)
            if not self._comes_up():
                self.close()
                raise OSError("dockerd does not start:\n" + self.log.read_text()[-3000:])

    def _start(self, driver: str, config: Path) -> None:
        words = ["dockerd", "--config-file", str(config), "--host", f"unix://{SOCKET}"]
        words += ["--data-root", str(self.vm.folder / f"docker-{driver}")]
        words += ["--exec-root", "/run/docker", "--pidfile", "/run/docker.pid"]
        words += ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"]
        words += ["--storage-driver", driver]
        self.driver = driver
        with self.log.open("w") as log:
            self.process = self.vm.popen(words, stdout=log, stderr=log)

    def _comes_up(self) -> bool:
        until = time.monotonic() + 40
        while time.monotonic() < until and self.process.poll() is None:
            if self.request("GET", "/_ping").endswith("OK"):
                return True
            time.sleep(0.2)
        return False

    def request(self, verb: str, path: str, *, timeout: float = 60) -> str:
        """Ask the engine's API from inside the VM: the socket exists nowhere else."""
        source = (
            "import http.client, socket, sys\n"
            "c = http.client.HTTPConnection('localhost')\n"
            "c.sock = socket.socket(socket.AF_UNIX)\n"
            f"c.sock.connect({SOCKET!r})\n"
            f"c.request({verb!r}, {path!r})\n"
            "sys.stdout.write(c.getresponse().read().decode())\n"
        )
        return self.vm.python(source, timeout=timeout).stdout

    def pull(self, image: str) -> str:
        """Pull and return the engine's stream of JSON lines."""
        name, _, tag = image.rpartition(":")
        return self.request("POST", f"/images/create?fromImage={name}&tag={tag}")

    def images(self) -> list[str]:
        rows = json.loads(self.request("GET", "/images/json"))
        return [tag for row in rows for tag in row["RepoTags"] or ()]

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
