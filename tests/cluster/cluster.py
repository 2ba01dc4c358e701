"""A real Kubernetes of one node, in the VM of a simulated Azure: every part of it as a process.

The API server, its etcd, controller-manager, scheduler, kubelet and containerd see the VM's
network alone. The VM is dressed as a node of AKS whose kubelet asks a credential provider.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diagnose.lab.cri_state import PROGRAM, PROVIDER_CONFIG, PROVIDERS
from diagnose.lab.healthy import healthy_cloud
from tests.e2e import containerd
from tests.e2e.azure import Azure, addresses
from tests.e2e.containerd import SOCKET, Containerd, write
from tests.e2e.fake_kubelet import NODE, Runtime
from tests.e2e.machine import VM, Machine
from tests.e2e.namespace import ROOT
from tests.scenarios.stories import aks

API = "https://127.0.0.1:6443"
ADMIN, NOBODY = "admin", "nobody"  # users; a token is the user's name
PAUSE = "localhost/oss/kubernetes/pause:3.10.2"  # on the node already; nothing in it can run
AZURE_JSON = "/etc/kubernetes/azure.json"
READY = 90.0  # seconds; 16 were measured
CNI = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "plugins": [
        {"type": "ptp", "ipam": {"type": "host-local", "subnet": "10.244.0.0/24"}},
    ],
}
KUBELET = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
    "authorization": {"mode": "AlwaysAllow"},
    "cgroupDriver": "cgroupfs",
    "cgroupsPerQOS": False,
    "enforceNodeAllocatable": [],
    "evictionHard": {"nodefs.available": "0%"},  # the disk of the machine that this runs on
    "failSwapOn": False,
    "featureGates": {"KubeletCredentialProviders": True},
    "imageGCHighThresholdPercent": 100,
}


class Cluster:
    """Ready when made. ``cases`` are mutations of the simulated Azure, as `Azure` takes them."""

    def __init__(self, built: Path, *cases: str) -> None:
        self.built = built
        self.machine = Machine(addresses())
        self.vm = self.machine.vm
        self.folder = self.vm.folder / "cluster"
        self.folder.mkdir()
        self._containerd: Containerd | None = None
        self._parts: list[subprocess.Popen[str]] = []
        try:
            self.azure = Azure(self.machine, *cases[:1])
            for case in cases[1:]:
                self.azure.becomes(case)
            self._dress()
            plugins = str(built / "cni")
            self._containerd = Containerd(self.machine, plugins)
            Runtime(self.vm).load(PAUSE, {"nothing": b"no program\n"})
            self._serve()
            self._join()
        except BaseException:
            self.close()
            raise

    def kubectl(self, *words: str, user: str = ADMIN, text: str | None = None) -> str:
        """Run kubectl, and give what it printed. Raises `OSError` with what it complained of."""
        done = self.vm.run(
            [str(self.built / "bin/kubectl"), *words],
            environ=self.environ(user),
            timeout=60,
            text=text,
        )
        if done.returncode:
            raise OSError(done.stderr)
        return done.stdout

    def listed(self, kind: str, *words: str) -> list[dict[str, Any]]:
        """Give objects of a kind, of all namespaces."""
        told: list[dict[str, Any]]
        told = json.loads(self.kubectl("get", kind, "-A", "-o", "json", *words))["items"]
        return told

    def environ(self, user: str = ADMIN) -> dict[str, str]:
        """Give what a person who uses this cluster has in the environment."""
        path = f"{self.built / 'bin'}:{self.vm.environ['PATH']}"
        return {"KUBECONFIG": str(self.folder / f"{user}.json"), "PATH": path}

    def until(self, holds: Callable[[], bool], what: str, seconds: float = READY) -> None:
        """Wait for something to hold; an answer that cannot be had yet is none."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if holds():
                    return
            time.sleep(0.5)
        raise TimeoutError(f"{what} after {seconds:.0f} s\n{self._logs()}")

    def close(self) -> None:
        """End every part, the kubelet first; what its pods hold ends with containerd's VM."""
        for part in reversed(self._parts):
            if part.poll() is None:
                os.killpg(part.pid, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    part.wait(20)
        if self._containerd:
            self._containerd.close()
        self.machine.close()

    def _dress(self) -> None:
        # The kubelet writes its pods' logs there, wherever its own folder is.
        self.vm.run(["mount", "-t", "tmpfs", "log", "/var/log"], check=True)
        cloud = healthy_cloud()
        aks.node(cloud)
        containerd.dress(self.machine, cloud.machine.files[AZURE_JSON])
        # This release reads the first version of the format, and gives its plug-ins no other.
        write(self.vm, PROVIDERS, re.sub(r"k8s\.io/v1\b", "k8s.io/v1alpha1", PROVIDER_CONFIG))
        source = (ROOT / "tests/e2e/provider.py").read_text()
        write(self.vm, PROGRAM, f"#!/usr/bin/python3 -I\n{source}", "755")
        write(self.vm, "/etc/default/kubelet", "KUBELET_FLAGS=--cloud-provider=external\n")
        write(self.vm, "/etc/hosts", f"127.0.0.1 localhost\n{VM} {NODE}\n")
        write(self.vm, "/etc/cni/net.d/10-pods.conflist", json.dumps(CNI))

    def _serve(self) -> None:
        key = self.folder / "accounts.key"
        words = ["openssl", "genrsa", "-out", str(key), "2048"]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f'{ADMIN},{ADMIN},1,"system:masters"\n{NOBODY},{NOBODY},2\n')
        self._start(
            "etcd",
            f"--data-dir={self.folder / 'etcd'}",
            "--unsafe-no-fsync",
            "--listen-peer-urls=http://127.0.0.1:2380",
        )
        self._start(
            "kube-apiserver",
            "--etcd-servers=http://127.0.0.1:2379",
            "--bind-address=127.0.0.1",
            f"--advertise-address={VM}",
            f"--cert-dir={self.folder / 'certs'}",
            f"--token-auth-file={tokens}",
            "--authorization-mode=Node,RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged",
        )
        certificate = self.folder / "certs/apiserver.crt"  # with its authority's behind it
        self.until(certificate.exists, "no certificate")
        for user in (ADMIN, NOBODY):
            told = _kubeconfig(certificate, user)
            (self.folder / f"{user}.json").write_text(json.dumps(told))
        self.until(lambda: self.kubectl("get", "--raw=/readyz") == "ok", "no API server")
        config = f"--kubeconfig={self.folder / ADMIN}.json"
        self._start("kube-controller-manager", config, f"--service-account-private-key-file={key}")
        self._start("kube-scheduler", config)

    def _join(self) -> None:
        settings = self.folder / "kubelet.json"
        settings.write_text(json.dumps(KUBELET))
        self._start(
            "kubelet",
            f"--kubeconfig={self.folder / ADMIN}.json",
            f"--config={settings}",
            f"--root-dir={self.folder / 'kubelet'}",
            f"--volume-plugin-dir={self.folder / 'plugins'}",
            f"--hostname-override={NODE}",
            f"--node-ip={VM}",
            "--container-runtime=remote",
            f"--container-runtime-endpoint=unix://{SOCKET}",
            f"--image-credential-provider-config={PROVIDERS}",
            f"--image-credential-provider-bin-dir={Path(PROGRAM).parent}",
        )
        self.until(self._is_ready, "the node is not ready")
        self.until(lambda: bool(self.listed("serviceaccounts")), "no service account")

    def _is_ready(self) -> bool:
        nodes = [one["status"] for one in self.listed("nodes")]
        told = [(row["type"], row["status"]) for one in nodes for row in one["conditions"]]
        names = [name for one in nodes for row in one.get("images", ()) for name in row["names"]]
        return ("Ready", "True") in told and PAUSE in names

    def _start(self, name: str, *flags: str) -> None:
        with (self.folder / f"{name}.log").open("w") as log:
            words = [str(self.built / "bin" / name), *flags]
            self._parts.append(self.vm.popen(words, stdout=log, stderr=log))

    def _logs(self) -> str:
        """Give the end of each part's log."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {one.stem}\n{one.read_text()[-1500:]}" for one in found)


def _kubeconfig(certificate: Path, user: str) -> dict[str, Any]:
    name = "simulated"
    cluster = {"server": API, "certificate-authority": str(certificate)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": user, "user": {"token": user}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
    }
