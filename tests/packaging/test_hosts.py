"""Hosts that lack what a program may take for granted: each run judges, or says what it needs.

Wherever the program runs at all, the verdict is the one of an ordinary host, except where there is
no network to judge by. It never ends in a traceback, and it ends in time.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.e2e.machine import Machine
from tests.packaging.forms import Deb, Form, Pyz
from tests.packaging.rootfs import Root

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

IMAGE = "contoso.azurecr.io/app:v1"
IN_TIME = 40.0  # seconds: a run's default deadline of 20 and as much again for a slow machine
CANNOT = {2, 5, 127}
REFUSAL = (
    "Köln → client with IP '10.1.0.4' is not allowed access, refer https://aka.ms/acr/firewall"
)
MEMORY = 512 << 20
WRITABLE = ("/run", "/tmp", "/dev/shm")
OTHER = ("/opt", "/usr/local", "/var/lib", "/var/cache")

New = Callable[[str, Machine], Root]
Done = subprocess.CompletedProcess[str]


class Host:
    """A root file system with the program in it, in one of its forms."""

    def __init__(self, root: Root, form: Form) -> None:
        self.root = root
        self.program = form.install(root)

    def command(self, *words: str, **how: object) -> Done:
        began = time.monotonic()
        done = self.root.run([*self.program, *words], **how)
        assert time.monotonic() - began < IN_TIME
        assert "Traceback" not in done.stdout + done.stderr, done
        return done

    def is_judged(self, **how: object) -> None:
        """Run on the machine that is refused, and see that it is named as elsewhere."""
        done = self.command("run", IMAGE, **how)

        assert (done.returncode, done.stderr) == (1, ""), done
        assert "ROOT CAUSE: subnet-not-allowed (proven)" in done.stdout
        assert done.stdout.splitlines()[-1].startswith("Verdict: subnet-not-allowed (proven)")

    def says_why_not(self, *words: str, **how: object) -> str:
        """See that a command cannot be done, and give the one line that says why."""
        done = self.command(*words, **how)

        assert done.returncode in CANNOT, done
        assert len(done.stderr.splitlines()) == 1, done
        return done.stderr


@pytest.fixture(name="form", params=[Pyz, Deb], ids=["pyz", "deb"])
def _form(request: pytest.FixtureRequest, dist: Path) -> Form:
    return request.param(dist)


@pytest.fixture(name="host")
def _host(form: Form, refused: Machine, new_root: New) -> Host:
    """A bookworm whose subnet the registry has no rule for."""
    return Host(new_root("bookworm", refused), form)


def test_a_host_without_any_network(form: Form, lonely: Machine, new_root: New) -> None:
    host = Host(new_root("bookworm", lonely), form)

    done = host.command("run", IMAGE)

    assert done.returncode in {1, 3}, done
    assert "Verdict: " in done.stdout.splitlines()[-1]


def test_a_host_with_neither_ip_nor_dig(host: Host) -> None:
    absent = host.root.run(["sh", "-c", "command -v ip dig nslookup curl openssl-s_client docker"])
    assert absent.stdout == ""

    host.is_judged()


def test_a_host_where_nothing_can_be_written(host: Host) -> None:
    """Not / with its homes, and not the places that are always writable elsewhere either."""
    host.root.sh("".join(f"mount -o remount,ro {place};" for place in ("/", *WRITABLE)))
    assert host.root.run(["touch", "/tmp/a"]).returncode

    host.is_judged()
    said = host.says_why_not("bundle", IMAGE, "-o", "/root/bundle.tar.gz")
    assert "/root" in said


def test_a_host_that_executes_nothing_in_tmp(host: Host) -> None:
    host.root.sh("".join(f"mount -o remount,noexec {place};" for place in WRITABLE))
    host.root.write("/tmp/a", "#!/bin/sh\n", 0o755)
    assert host.root.run(["/tmp/a"]).returncode == 126

    host.is_judged()


def test_a_host_whose_tmp_and_home_are_full(host: Host) -> None:
    for place in ("/tmp", "/root", "/dev/shm"):
        host.root.sh(f"mount -t tmpfs -o size=16k full {place}")
        assert host.root.run(["sh", "-c", f"head -c 64k /dev/zero > {place}/full"]).returncode

    host.is_judged()
    said = host.says_why_not("bundle", IMAGE, "-o", "/tmp/bundle.tar.gz")
    assert "space" in said
    assert host.root.sh("ls -A /tmp") == "full\n"
    host.program = ["sh", "-c", 'exec "$@" >> /tmp/full', "sh", *host.program]
    assert "space" in host.says_why_not("run", IMAGE).lower()


def test_a_host_with_python_3_10_alone(form: Form, refused: Machine, new_root: New) -> None:
    host = Host(new_root("jammy", refused), form)
    assert host.root.sh("ls /usr/bin | grep '^python3'") == "python3\npython3.10\n"

    host.is_judged()


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_host_in_a_locale_without_letters_beyond_ascii(host: Host, locale: str) -> None:
    host.root.write("/etc/docker/daemon.json", '{"labels": ["where=Köln"]}')
    plain = {"LANG": locale, "LC_ALL": locale}

    for environ in (plain, plain | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        host.is_judged(environ=environ)
        given = host.command("explain", "--text", REFUSAL, environ=environ)
        read = host.command("explain", "--text", "-", environ=environ, text=REFUSAL)
        assert (given.returncode, read.returncode) == (0, 0), (given, read)
        assert given.stdout == read.stdout
        said = host.says_why_not("run", "contoso.azurecr.io/köln:v1", environ=environ)
        assert "is not a registry or an image" in said


def test_a_host_with_half_a_gigabyte(host: Host) -> None:
    """A cgroup of memory, as a container's limit and systemd's MemoryMax are."""
    done = host.root.run(["python3", "-c", f"bytearray(b'1' * {MEMORY})"], memory=MEMORY)
    assert done.returncode == -SIGKILL, done

    host.is_judged(memory=MEMORY)
    done = host.command("bundle", IMAGE, "-o", "/tmp/bundle.tar.gz", memory=MEMORY)
    assert done.returncode == 1, done


def test_a_host_that_gives_few_tasks(host: Host) -> None:
    """Threads and processes of a user, together (RLIMIT_NPROC): fewer than there are checks."""
    host.program = ["prlimit", "--nproc=8:8", "--", *host.program]

    host.is_judged(user="games")


def test_a_user_without_rights_or_a_home(host: Host) -> None:
    host.is_judged(user="nobody")
    said = host.says_why_not("bundle", IMAGE, "-o", "/root/bundle.tar.gz", user="nobody")
    assert "/root" in said


def test_a_host_whose_python_is_too_old(form: Form, refused: Machine, new_root: New) -> None:
    root = new_root("bullseye", refused)
    assert root.sh("python3 -V").startswith("Python 3.9.")
    if isinstance(form, Deb):  # dpkg itself would refuse it
        root.sh("printf 'force-depends\n' > /etc/dpkg/dpkg.cfg.d/anyway")

    said = Host(root, form).says_why_not("run", IMAGE)

    assert "Python 3.10" in said


def test_a_host_without_python(dist: Path, refused: Machine, new_root: New) -> None:
    """Only what the package brings can say so there: a pyz is Python itself."""
    root = new_root("bookworm", refused)
    host = Host(root, Deb(dist))
    root.sh("rm /usr/bin/python3*")

    assert "Python 3.10" in host.says_why_not("run", IMAGE)
