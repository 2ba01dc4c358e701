"""Root file systems of distributions, made once by debootstrap and kept: what a `Root` lies over.

``python -m tests.packaging.bases [NAME ...]`` makes them beforehand. A name is a release, or a
release and packages more: ``bookworm+python3-venv``. Each stands in a folder of its name, about
200 MB; delete the folder and it is made anew. Nothing is installed on this machine: debootstrap and
the keys of Ubuntu's archive come as packages and are only unpacked.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "acr-diagnose" / "roots"
# What each release has for a Python: 3.9, 3.11, 3.13 and 3.10.
DEBIAN = ("bullseye", "bookworm", "trixie")
UBUNTU = ("jammy",)
USUAL = ("bookworm", "trixie", "jammy", "bullseye", "bookworm+python3-venv")
NEEDED = ("apt-get", "dpkg", "gpgv", "perl", "unshare", "wget")
INCLUDED = ("python3", "ca-certificates")
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# The release of Debian whose archive holds Ubuntu's keys; a release before it does not.
KEYS_OF_UBUNTU = ("trixie", "ubuntu-keyring")
# debootstrap mounts: in a mount namespace, so that one that is stopped leaves nothing mounted.
ALONE = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child")
POLICY = "#!/bin/sh\nexit 101\n"  # invoke-rc.d asks here before it starts a service


def why_not() -> str:
    """Say why no root file system can be made here, or nothing."""
    if not Path("/etc/debian_version").exists():
        return "debootstrap is fetched by apt, so this needs Debian"
    if os.geteuid() != 0:
        return "debootstrap makes devices and mounts, which needs root"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [name for name in NEEDED if shutil.which(name, path=path) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def base(name: str) -> Path:
    """Give the folder of a root file system; the first who asks makes it, others wait for it.

    Raises `OSError` with debootstrap's last lines when it cannot be made.
    """
    there = CACHE / name
    if there.is_dir():
        return there
    with _alone(name):
        if not there.is_dir():
            with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=CACHE) as made:
                root = Path(made) / "root"
                _make(name, root)
                root.rename(there)  # there is never half of one
    return there


@contextmanager
def _alone(name: str) -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(name: str, root: Path) -> None:
    release, *more = name.split("+")
    tools = _tools()
    if release in UBUNTU:  # debootstrap itself knows where Ubuntu's archive is
        keys, mirror = tools / "usr/share/keyrings/ubuntu-archive-keyring.gpg", []
    else:
        keys, mirror = KEYS, [_mirror()]
    words = [*ALONE, str(tools / "usr/sbin/debootstrap"), "--variant=minbase", "--force-check-gpg"]
    words += [f"--keyring={keys}", f"--include={','.join([*INCLUDED, *more])}"]
    environ = {"DEBOOTSTRAP_DIR": str(tools / "usr/share/debootstrap"), "LC_ALL": "C"}
    _do([*words, release, str(root), *mirror], environ)
    for left in (root / "var/cache/apt/archives", root / "var/lib/apt/lists"):
        for path in left.iterdir():
            if path.is_file():
                path.unlink()
    (root / "etc/resolv.conf").unlink(missing_ok=True)  # this machine's
    (root / "etc/hostname").write_text("app-vm\n")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text(POLICY)
    policy.chmod(0o755)


def _tools() -> Path:
    """Give the folder with debootstrap and Ubuntu's keys; they are fetched the first time."""
    there = CACHE / "tools"
    with _alone("tools"):
        if not there.is_dir():
            with tempfile.TemporaryDirectory(prefix="tools-", dir=CACHE) as made:
                _fetch(Path(made))
                (Path(made) / "tools").rename(there)
    return there


def _fetch(folder: Path) -> None:
    release, keys = KEYS_OF_UBUNTU
    apt = folder / "apt"
    (apt / "lists" / "partial").mkdir(parents=True)
    sources = apt / "sources.list"
    sources.write_text(f"deb [signed-by={KEYS}] {_mirror()} {release} main\n")
    of_release = ["-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=/dev/null"]
    of_release += ["-o", f"Dir::State::Lists={apt}/lists", "-o", f"Dir::Cache={apt}"]
    quiet = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root"]
    _do([*quiet, *of_release, "update"], at=folder)
    _do([*quiet, *of_release, "download", keys], at=folder)
    _do([*quiet, "download", "debootstrap"], at=folder)
    for package in folder.glob("*.deb"):
        _do(["dpkg", "-x", str(package), str(folder / "tools")])


def _mirror() -> str:
    """Give the address of Debian's archive that this machine's apt uses."""
    words = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    words += ["Component: main", "Origin: Debian", "Label: Debian"]  # not the security archive
    found = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    if not found:
        raise OSError("apt knows no archive of Debian here: apt-get update tells why")
    return found.splitlines()[0]


def _do(words: list[str], environ: dict[str, str] | None = None, at: Path | None = None) -> None:
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    done = subprocess.run(
        words,
        env={**os.environ, **path, **(environ or {})},
        cwd=at,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise OSError(f"{' '.join(words)} ended with {done.returncode}:\n{tail}")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or USUAL:
        print(base(wanted))
