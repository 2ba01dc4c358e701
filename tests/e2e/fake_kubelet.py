"""What a kubelet does with one pod of a DaemonSet, over CRI, with the containerd of a VM.

Real: mounts, capabilities, seccomp, limits, host network, the log and the exit code. Played:
volumes are made ready and checked by their types, the downward API and ConfigMaps are filled in,
the init container is waited for and its termination message kept. There is no API server.
"""

import contextlib
import io
import json
import re
import tarfile
import time
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.e2e.containerd import SOCKET
from tests.e2e.cri_pods import Mount, Pods, container_config, linux_config, sandbox_config
from tests.e2e.namespace import Namespace

NODE = "aks-nodepool1-12345678-vmss000000"
# mov eax, 34 (pause); syscall; jmp to the beginning: all that a sandbox has to do.
_PAUSE = bytes.fromhex("b8220000000f05ebf7")
_TESTS = {"File": "-f", "Directory": "-d", "Socket": "-S"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a container ended, and what it left."""

    exit_code: int
    message: str
    log: tuple[str, ...]  # lines of stdout
    errors: tuple[str, ...]  # lines of stderr
    seconds: float


class FailedMount(Exception):  # noqa: N818 the kubelet's word for it
    """A hostPath is not there, or not of its type: the pod would wait."""


class Runtime:
    """The runtime of a node, by its socket, and how images come to it without a registry."""

    def __init__(self, vm: Namespace) -> None:
        self.vm = vm
        # As it is to be seen from outside of the VM's mounts.
        self.pods = Pods(Path(f"/proc/{vm.pid}/root{SOCKET}"))
        usual = vm.run(["containerd", "config", "default"], check=True).stdout
        (sandbox,) = re.findall(r'sandbox_image = "(.+)"', usual)
        self.load(sandbox, {"pause": _program()})

    def load(self, name: str, files: Mapping[str, bytes]) -> None:
        """Bring an image of one layer to the node, as ``ctr images import`` does."""
        archive = self.vm.folder / f"{sha256(name.encode()).hexdigest()[:12]}.tar"
        archive.write_bytes(image(name, files))
        words = ["ctr", "-a", SOCKET, "-n", "k8s.io", "images", "import", str(archive)]
        self.vm.run(words, check=True)


class Kubelet:
    """Runs one pod of a DaemonSet; ``documents`` are what a cluster was given."""

    def __init__(self, runtime: Runtime, documents: Iterable[Mapping[str, Any]]) -> None:
        self.runtime, self.vm = runtime, runtime.vm
        self.maps = {
            one["metadata"]["name"]: one for one in documents if one["kind"] == "ConfigMap"
        }
        self.folder = runtime.vm.folder / "kubelet"
        self.group = runtime.vm.folder.name
        self.sandbox = ""

    def start(self, daemon_set: Mapping[str, Any]) -> None:
        """Make the volumes ready, and run the sandbox."""
        self.name = daemon_set["metadata"]["name"]
        self.spec = daemon_set["spec"]["template"]["spec"]
        if not self.spec["hostNetwork"] or self.spec["dnsPolicy"] != "Default":
            raise NotImplementedError("only pods with the node's network")
        self.folder.mkdir()
        self.volumes = {one["name"]: self._volume(one) for one in self.spec["volumes"]}
        resolv = self.vm.run(["cat", "/etc/resolv.conf"], check=True).stdout
        rows = [line.split() for line in resolv.splitlines()]
        servers = [row[1] for row in rows if row[:1] == ["nameserver"]]
        self.config = sandbox_config(self.name, f"/{self.group}", self.folder, servers)
        self.sandbox = self.runtime.pods.sandbox(self.config)

    def run(self, container: Mapping[str, Any], seconds: float = 120) -> Ended:
        """Run one container to its end."""
        began = time.monotonic()
        found = self.begin(container)
        while (status := self.runtime.pods.status(found)).running:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"{container['name']} does not end:\n{self._log(container)}")
            time.sleep(0.1)
        rows = self._log(container)
        return Ended(
            exit_code=status.exit_code,
            message=self._message(container["name"]).read_text(),
            log=tuple(text for stream, text in rows if stream == "stdout"),
            errors=tuple(text for stream, text in rows if stream == "stderr"),
            seconds=time.monotonic() - began,
        )

    def begin(self, container: Mapping[str, Any]) -> str:
        """Start one container, and give its id."""
        name, own = container["name"], container["securityContext"]
        message = self._message(name)
        message.write_text("")
        message.chmod(0o666)  # as the kubelet does: its pod may be anybody
        told = container.get("volumeMounts", [])
        mounts = [
            Mount(
                inside=one["mountPath"],
                outside=self.volumes[one["name"]],
                readonly=one.get("readOnly", False),
            )
            for one in told
        ]
        mounts.append(Mount(inside="/etc/hosts", outside="/etc/hosts", readonly=False))
        mounts.append(Mount(inside="/dev/termination-log", outside=str(message), readonly=False))
        limits = container["resources"]["limits"]
        linux = linux_config(
            drop=own["capabilities"]["drop"],
            readonly=own["readOnlyRootFilesystem"],
            user=self.spec["securityContext"]["runAsUser"],
            group=self.spec["securityContext"]["runAsGroup"],
            cpu=int(limits["cpu"].removesuffix("m")),
            memory=int(limits["memory"].removesuffix("Mi")) << 20,
        )
        words = (container["command"], container.get("args", []))
        environ = {one["name"]: self._value(one) for one in container.get("env", [])}
        config = container_config(name, container["image"], words, environ, mounts, linux)
        return self.runtime.pods.start(self.sandbox, config, self.config)

    def close(self) -> None:
        """Remove the pod and its control group, which no namespace ends."""
        if self.sandbox:
            self.runtime.pods.remove(self.sandbox)
        top = Path("/sys/fs/cgroup")
        for folder in (top / self.group, *top.glob(f"*/{self.group}")):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _value(self, variable: Mapping[str, Any]) -> str:
        source = variable.get("valueFrom")
        if source is None:
            return variable["value"]
        return {"spec.nodeName": NODE}[source["fieldRef"]["fieldPath"]]

    def _message(self, name: str) -> Path:
        return self.folder / f"{name}.message"

    def _log(self, container: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Read the log of a container: time, stream, whole or part, text."""
        text = (self.folder / f"{container['name']}.log").read_text()
        found: list[tuple[str, str]] = []
        part = ""
        for line in text.splitlines():
            _, stream, kind, said = line.split(" ", 3)
            part += said
            if kind == "F":
                found.append((stream, part))
                part = ""
        return found

    def _volume(self, volume: Mapping[str, Any]) -> str:
        """Give where the volume stands in the VM."""
        place = self.folder / volume["name"]
        if "hostPath" in volume:
            return self._host_path(volume["hostPath"])
        place.mkdir()
        if "emptyDir" in volume:
            size = volume["emptyDir"]["sizeLimit"].removesuffix("i")
            self.vm.run(
                ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmp", str(place)], check=True
            )
            return str(place)
        for source in volume["projected"]["sources"]:
            found = self.maps[source["configMap"]["name"]]
            for name, text in found.get("data", {}).items():
                (place / name).write_text(text)
            for name, text in found.get("binaryData", {}).items():
                (place / name).write_bytes(b64decode(text, validate=True))
        return str(place)

    def _host_path(self, told: Mapping[str, str]) -> str:
        place, kind = told["path"], told["type"]
        if kind == "DirectoryOrCreate":
            self.vm.run(["mkdir", "-p", "-m", "755", place], check=True)
            kind = "Directory"
        if self.vm.run(["test", _TESTS[kind], place]).returncode:
            raise FailedMount(f"hostPath type check failed: {place} is no {kind}")
        return place


def image(name: str, files: Mapping[str, bytes]) -> bytes:
    """Give an OCI image of one layer as an archive."""
    layer = _tar({path: (data, 0o755) for path, data in files.items()})
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": [f"/{next(iter(files))}"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    ).encode()
    kind = "application/vnd.oci.image"
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{kind}.manifest.v1+json",
            "config": _described(f"{kind}.config.v1+json", config),
            "layers": [_described(f"{kind}.layer.v1.tar", layer)],
        }
    ).encode()
    row = _described(f"{kind}.manifest.v1+json", manifest)
    row["annotations"] = {"io.containerd.image.name": name}
    index = {"schemaVersion": 2, "manifests": [row]}
    blobs = {f"blobs/sha256/{_digest(blob)[7:]}": blob for blob in (layer, config, manifest)}
    whole = {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps(index).encode(),
        **blobs,
    }
    return _tar({path: (data, 0o644) for path, data in whole.items()})


def _described(kind: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "digest": _digest(data), "size": len(data)}


def _digest(data: bytes) -> str:
    return f"sha256:{sha256(data).hexdigest()}"


def _tar(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, (data, mode) in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _program() -> bytes:
    """Give a static program for x86-64 that only waits: an ELF header, one segment, three words."""
    start, base = 0x78, 0x400000
    head = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)
    head += (2).to_bytes(2, "little") + (62).to_bytes(2, "little") + (1).to_bytes(4, "little")
    head += (base + start).to_bytes(8, "little") + (64).to_bytes(8, "little") + bytes(8 + 4)
    head += b"".join(number.to_bytes(2, "little") for number in (64, 56, 1, 0, 0, 0))
    size = start + len(_PAUSE)
    segment = (1).to_bytes(4, "little") + (5).to_bytes(4, "little") + bytes(8)
    segment += b"".join(number.to_bytes(8, "little") for number in (base, base, size, size, 4096))
    return head + segment + _PAUSE
