"""A distribution's fresh root file system inside a simulated VM, to install something in.

A `Root` is a throw-away layer over a kept one (`bases.py`), mounted in the mount namespace of a
`Machine`'s VM and entered by chroot there: its network is the simulated Azure and nothing else, its
processes are the VM's, and its trusted authorities, its resolver and its chassis asset tag are too.
No service is ever started in it. It ends with its machine at the latest.
"""

import subprocess
import tempfile
from pathlib import Path

from tests.e2e.machine import Machine
from tests.packaging.bases import base

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRON = {"PATH": PATH, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}

# $1 the kept root, $2 a folder for the layer. The VM's mounts are in place when this runs.
MOUNT = """
set -e
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
cd "$2/root"
mount -t proc proc proc
mount --rbind /sys sys
mount -t tmpfs -o mode=755 dev dev
for d in null zero full random urandom tty; do touch dev/$d; mount --bind /dev/$d dev/$d; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s /proc/self/fd/${n%:*} dev/${n#*:}; done
mount -t tmpfs -o mode=755 run run
mkdir -p -m 1777 run/lock
mount -t tmpfs -o mode=1777 tmp tmp
rm -f etc/resolv.conf
cp -L /etc/resolv.conf /etc/hosts etc/
mount --bind /etc/ssl/certs etc/ssl/certs
"""
# A cgroup of memory, of the second version or the first. No swap counts, where there is any.
CGROUPS = Path("/sys/fs/cgroup")
UNIFIED = (CGROUPS / "cgroup.controllers").exists()
CONFINED = 'echo 0 > "$0/cgroup.procs" && exec "$@"'
UNMOUNT = 'umount --recursive --lazy "$1/root" && rm -rf --one-file-system "$1"'


class Root:
    """A release with python3 and ca-certificates, or with what else its name says after a ``+``.

    ``Root("jammy", machine)``. Its authorities are the VM's own folder: what the machine trusts
    later is trusted here as well.
    """

    def __init__(self, release: str, machine: Machine) -> None:
        self.release = release
        self.machine = machine
        self._cgroups: list[Path] = []
        kept = base(release)
        self._layer = Path(tempfile.mkdtemp(prefix="root-", dir=machine.vm.folder))
        self._layer.chmod(0o755)
        self.path = self._layer / "root"  # as the VM sees it; nobody outside does
        self._inside("sh", "-c", MOUNT, "mount", str(kept), str(self._layer))

    def run(
        self,
        words: list[str],
        *,
        environ: dict[str, str] | None = None,
        user: str = "",
        limit: float = 60,
        memory: int = 0,
        text: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with an environment of its own, and give its end and output.

        ``limit`` is the time in seconds that it may take (`subprocess.TimeoutExpired` after it),
        ``memory`` the bytes that it and all that it starts may use at a time, by a cgroup: what
        goes beyond is killed. ``text`` is what it reads on stdin, ``user`` a name of this root's,
        who has no HOME in the environment; without one it is root's command.
        """
        every = {**ENVIRON, **({} if user else {"HOME": "/root"}), **(environ or {})}
        given = [f"{name}={value}" for name, value in every.items()]
        who = [f"--userspec={user}:"] if user else []
        confined = ["sh", "-c", CONFINED, str(self._cgroup(memory))] if memory else []
        enter = ["chroot", *who, str(self.path), "/usr/bin/env", "-i", *given]
        command = [*confined, *enter, *words]
        return self.machine.vm.run(command, timeout=limit, text=text)

    def sh(self, script: str) -> str:
        """Give what a script of sh prints in here; `OSError` with its words if it fails."""
        done = self.run(["sh", "-ec", script])
        if done.returncode:
            raise OSError(f"{script}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def copy(self, path: Path, at: str) -> None:
        """Copy a file or a folder of this machine's to a place in here; it is root's then.

        The folder of the place is made. /run of this machine is not to be seen from here.
        """
        target = f"{self.path}{at}"
        self._inside("mkdir", "-p", str(Path(target).parent))
        self._inside("cp", "-R", "--preserve=mode,timestamps,links", str(path), target)

    def write(self, at: str, text: str, mode: int = 0o644) -> None:
        """Write a file in here; its folder is made."""
        script = 'mkdir -p "$(dirname "$1")" && cat > "$1" && chmod "$2" "$1"'
        done = self.run(["sh", "-c", script, "write", at, f"{mode:o}"], text=text)
        if done.returncode:
            raise OSError(done.stderr)

    def files(self) -> set[str]:
        """Give every path in here, /run and /tmp included, /proc, /sys and /dev not."""
        return set(self.sh("find / /run /tmp -xdev -print0").split("\0")) - {""}

    def close(self) -> None:
        """Give the space back before the machine ends."""
        self._inside("sh", "-c", UNMOUNT, "unmount", str(self._layer))
        for group in self._cgroups:
            group.rmdir()

    def _cgroup(self, memory: int) -> Path:
        parent = CGROUPS if UNIFIED else CGROUPS / "memory"
        group = parent / f"acr-{self._layer.name}-{memory}"
        if group not in self._cgroups:
            group.mkdir()
            self._cgroups.append(group)
            bound = group / ("memory.max" if UNIFIED else "memory.limit_in_bytes")
            bound.write_text(str(memory))
        return group

    def _inside(self, *words: str) -> None:
        done = self.machine.vm.run(list(words))
        if done.returncode:
            raise OSError(f"{self.release}: {words[0]}: {done.stderr}")
