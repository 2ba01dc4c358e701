"""A network, mount and process namespace of its own, with no way out but the pair it is given."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("unshare", "nsenter", "setpriv", "ip", "nft", "dockerd", "docker-registry", "openssl")
NEEDED += ("strace",)
HOLD = ("sh", "-c", "echo ready; exec sleep infinity")
OWN: set[str] = set()  # identities of the network namespaces that this suite made

Words = list[str]


def child_of(parent: int) -> int:
    """Return the one child of a process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it ended meanwhile
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                return int(entry.name)
    raise LookupError(f"process {parent} has no child")


class Namespace:
    """Its first process holds it; when that is killed, the kernel ends everything inside."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix=f"acr-e2e-{name}-", dir="/var/tmp"))
        kinds = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        kinds += ["--propagation", "private"]
        self.started: list[subprocess.Popen[str]] = []
        self.holder = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", *kinds, *HOLD],
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.holder.stdout is None or self.holder.stdout.readline() != "ready\n":
            self.holder.wait(10)
            raise OSError(f"namespace {name} could not be made")
        self.pid = child_of(self.holder.pid)
        OWN.add(os.readlink(f"/proc/{self.pid}/ns/net"))
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.folder),  # what is killed leaves nothing behind
        }
        self.ip("link", "set", "lo", "up")

    def _enter(self, words: Words, kinds: Words) -> Words:
        # Entering a mount namespace moves to its root, hence the way back to the project.
        back = ["sh", "-c", 'cd "$0" && exec "$@"', str(ROOT)]
        return ["nsenter", "-t", str(self.pid), *kinds, "--", *back, *words]

    def ip(self, *words: str) -> None:
        """Run ``ip`` in the network namespace alone: outside pids keep their meaning."""
        command = self._enter(["ip", *words], ["-n"])
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=20)

    def run(
        self,
        words: Words,
        *,
        timeout: float = 60,
        check: bool = False,
        text: str | None = None,
        environ: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._enter(words, ["-n", "-m", "-p"]),
            env=self.environ | (environ or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=check,
            input=text,
        )

    def python(self, source: str, *, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return self.run([sys.executable, "-c", source], timeout=timeout)

    def popen(self, words: Words, **options: object) -> subprocess.Popen[str]:
        """Start something that lasts; it ends with the namespace at the latest."""
        command = self._enter(words, ["-n", "-m", "-p"])
        process: subprocess.Popen[str] = subprocess.Popen(
            command, env=self.environ, text=True, start_new_session=True, **options
        )
        self.started.append(process)
        return process

    def nft(self, rules: str) -> None:
        done = self.run(["nft", "-f", "-"], text=rules)
        if done.returncode:
            raise OSError(done.stderr)

    def drop(self, address: str, port: int | None = None) -> None:
        """Let packets to the address vanish on arrival here, as a firewall on the way does."""
        self._rule(address, port, "drop", "drop")

    def reject(self, address: str, port: int | None = None) -> None:
        """Refuse connections to the address."""
        self._rule(address, port, "reject with tcp reset", "reject")

    def _rule(self, address: str, port: int | None, tcp: str, other: str) -> None:
        head = "add table inet e2e\nadd chain inet e2e arrivals "
        head += "{ type filter hook input priority 0; }\n"
        rule = f"add rule inet e2e arrivals ip daddr {address}"
        if port is None:
            self.nft(f"{head}{rule} meta l4proto tcp {tcp}\n{rule} {other}\n")
        else:
            self.nft(f"{head}{rule} tcp dport {port} {tcp}\n{rule} udp dport {port} {other}\n")

    def heal(self) -> None:
        self.nft("add table inet e2e\ndelete table inet e2e\n")

    def close(self) -> None:
        """End every process in here, by the one that holds them; remove the folder."""
        if self.holder.poll() is None:
            self.holder.send_signal(signal.SIGKILL)
        for process in (self.holder, *self.started):
            process.wait(20)  # nsenter ends with what it started
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.folder)], check=True)
