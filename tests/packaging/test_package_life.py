"""The .deb and the .rpm on a machine: installed, upgraded, removed; what starts and what stays.

Where something would speak to systemd, a stand-in writes down what it is told.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from diagnose import __version__
from tests.e2e.machine import Machine
from tests.packaging.forms import the
from tests.packaging.packages import OLD, older
from tests.packaging.rootfs import Root

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

New = Callable[[str, Machine], Root]
SETTINGS = "/etc/acr-diagnose/acr-diagnose.env"
MINE = "TARGETS=contoso.azurecr.io\nOPTIONS=\n"
STATE = "/var/lib/acr-diagnose/acr_diagnose.prom"
LINK = "/etc/systemd/system/timers.target.wants/acr-diagnose.timer"
TOLD = "/var/tmp/told"
SYSTEMCTL = f"""#!/bin/sh
echo "$*" >> {TOLD}
"""


class System:
    """A root file system as of a machine that systemd runs, to put packages in."""

    def __init__(self, root: Root, kind: str) -> None:
        self.root = root
        self.kind = kind
        root.sh("mkdir -p /run/systemd/system /etc/systemd/system/timers.target.wants")
        root.sh("rm -f /usr/sbin/policy-rc.d")  # which would answer in systemd's place
        root.write("/usr/bin/systemctl", SYSTEMCTL, mode=0o755)
        if kind == "rpm":
            self.rpm("--initdb")
        self.before = self.files()

    def files(self) -> set[str]:
        """Give what there is, but for what package managers write about themselves."""
        own = ("/var/lib/rpm/", "/var/log/", TOLD)
        return {path for path in self.root.files() if not path.startswith(own)}

    def rpm(self, *words: str) -> str:
        """Run this machine's rpm on it: no rpm is in there, so scripts alone run inside."""
        command = ["rpm", "--root", str(self.root.path), "--dbpath", "/var/lib/rpm", *words]
        done = self.root.machine.vm.run(command)
        if done.returncode:
            raise OSError(f"{done.stdout}{done.stderr}")
        return done.stdout

    def install(self, package: Path) -> None:
        at = f"/var/tmp/{package.name}"
        self.root.copy(package, at)
        if self.kind == "deb":
            # What dpkg would ask a person: whether to keep what the person changed.
            self.root.sh(f"dpkg --force-confdef --force-confold -i {at}")
        else:
            # No python3 of this root's is known to rpm.
            self.rpm("--upgrade", "--nodeps", f"{self.root.path}{at}")
        self.root.sh(f"rm {at}")

    def remove(self) -> None:
        self.root.sh("dpkg --remove acr-diagnose") if self.kind == "deb" else self.rpm(
            "--erase", "acr-diagnose"
        )

    def version(self) -> str:
        if self.kind == "deb":
            return self.root.sh("dpkg-query -W -f '${Version} ${db:Status-Abbrev}' acr-diagnose")
        return self.rpm("-q", "--qf", "%{VERSION} ii ", "acr-diagnose")

    def changed(self) -> list[str]:
        """Name what is not as its package says."""
        if self.kind == "deb":
            told = self.root.sh("dpkg --audit; dpkg --verify acr-diagnose || true")
        else:
            words = ["rpm", "--root", str(self.root.path), "--dbpath", "/var/lib/rpm"]
            told = self.root.machine.vm.run([*words, "-V", "--nodeps", "acr-diagnose"]).stdout
        return [row.split()[-1] for row in told.splitlines()]

    def told(self) -> list[str]:
        """Give what systemctl was told since one last asked; daemon-reload starts nothing."""
        rows = self.root.sh(f"cat {TOLD} 2>/dev/null || true; rm -f {TOLD}").splitlines()
        plain = [
            " ".join(word for word in row.split() if not word.startswith("--")) for row in rows
        ]
        return [row for row in plain if row not in ("daemon-reload", "")]


@pytest.fixture(name="system", params=["deb", "rpm"])
def _system(request: pytest.FixtureRequest, healthy: Machine, new_root: New) -> System:
    return System(new_root("bookworm", healthy), request.param)


@pytest.fixture(name="newer")
def _newer(system: System, dist: Path) -> Path:
    return the(dist, f"acr-diagnose*.{system.kind}")


@pytest.fixture(name="old")
def _old(system: System, tmp_path: Path) -> Path:
    return older(tmp_path, system.kind, __version__)


def test_it_comes_switched_off_and_goes_without_a_trace(system: System, newer: Path) -> None:
    system.install(newer)
    there, told = system.files() - system.before, system.told()

    assert system.version() == f"{__version__} ii "
    assert system.changed() == []
    assert told == []
    assert not [path for path in there if path.startswith("/etc/systemd/")]
    assert "/usr/bin/acr-diagnose" in there
    system.remove()
    if system.kind == "deb":
        system.root.sh("dpkg --purge acr-diagnose")
    assert system.files() == system.before


def test_an_upgrade_keeps_what_a_person_changed(system: System, old: Path, newer: Path) -> None:
    system.install(old)
    was = system.version(), system.root.run(["acr-diagnose", "causes"]).stderr
    system.root.write(SETTINGS, MINE)
    system.told()

    system.install(newer)

    assert was == (f"{OLD} ii ", "the older program\n")
    assert system.version() == f"{__version__} ii "
    assert "subnet-not-allowed" in system.root.run(["acr-diagnose", "causes"]).stdout
    assert system.root.sh(f"cat {SETTINGS}") == MINE
    assert system.changed() == [SETTINGS]
    # Whatever was off stays off: try-restart is for what runs.
    assert system.told() == ["try-restart acr-diagnose-agent.service"]


def test_an_upgrade_renews_what_nobody_changed(system: System, old: Path, newer: Path) -> None:
    system.install(old)
    was = system.root.sh(f"cat {SETTINGS}")

    system.install(newer)

    assert "OPTIONS=--no-arm\n" in was
    assert "OPTIONS=\n" in system.root.sh(f"cat {SETTINGS}")
    assert system.changed() == []


def test_what_was_switched_on_is_switched_off_when_it_goes(system: System, newer: Path) -> None:
    system.install(newer)
    system.root.write(STATE, "acr_diagnose_up 1\n")
    system.told()

    system.remove()

    units = "acr-diagnose.timer acr-diagnose.service acr-diagnose-agent.service"
    assert system.told() == [f"{'stop' if system.kind == 'deb' else 'disable'} {units}"]


def test_a_changed_setting_outlives_a_removal(system: System, newer: Path) -> None:
    """Debian keeps all settings until a purge; rpm keeps changed ones, under another name."""
    system.install(newer)
    system.root.write(SETTINGS, MINE)

    system.remove()

    kept = SETTINGS if system.kind == "deb" else f"{SETTINGS}.rpmsave"
    assert system.root.sh(f"cat {kept}") == MINE
    assert not [path for path in system.files() - system.before if "/usr/" in path]


def test_what_the_service_wrote_goes_with_the_package(system: System, newer: Path) -> None:
    system.install(newer)
    system.root.write(STATE, "acr_diagnose_up 1\n")

    system.remove()
    if system.kind == "deb":
        system.root.sh("dpkg --purge acr-diagnose")

    assert system.files() == system.before


# -- Debian's -------------------------------------------------------------------------------------


@pytest.fixture(name="debian")
def _debian(healthy: Machine, new_root: New) -> System:
    return System(new_root("bookworm", healthy), "deb")


@pytest.mark.parametrize("again", [False, True], ids=["at once", "after an upgrade"])
def test_a_purge_takes_the_links_of_an_enabled_unit(
    debian: System, dist: Path, *, again: bool
) -> None:
    """What ``systemctl enable`` makes, which an upgrade leaves alone."""
    package = the(dist, "acr-diagnose_*_all.deb")
    debian.install(package)
    debian.root.sh(f"ln -s /usr/lib/systemd/system/acr-diagnose.timer {LINK}")

    if again:
        debian.install(package)

    assert LINK in debian.files()
    debian.root.sh("dpkg --purge acr-diagnose")
    assert debian.files() == debian.before


def test_an_upgrade_beside_a_changed_default_puts_the_new_one_beside_it(
    debian: System, dist: Path, tmp_path: Path
) -> None:
    debian.install(older(tmp_path, "deb", __version__))
    debian.root.write(SETTINGS, MINE)

    debian.install(the(dist, "acr-diagnose_*_all.deb"))

    assert "OPTIONS=\n" in debian.root.sh(f"cat {SETTINGS}.dpkg-dist")
    debian.root.sh("dpkg --purge acr-diagnose")
    assert debian.files() == debian.before


def test_a_system_whose_python_is_too_old_does_not_take_it(
    healthy: Machine, new_root: New, dist: Path
) -> None:
    root = new_root("bullseye", healthy)  # Python 3.9
    root.copy(the(dist, "acr-diagnose_*_all.deb"), "/var/tmp/it.deb")

    refused = root.run(["dpkg", "-i", "/var/tmp/it.deb"])
    forced = root.run(["dpkg", "--force-depends", "-i", "/var/tmp/it.deb"])
    done = root.run(["acr-diagnose", "causes"])

    assert refused.returncode == 1
    assert "depends on python3 (>= 3.10)" in refused.stderr
    assert forced.returncode == 0, forced
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "needs Python 3.10 or newer" in done.stderr


# -- rpm's ------------------------------------------------------------------------------------


def _pretended(folder: Path, provides: str) -> Path:
    """Build an empty package that says to be these ones."""
    spec = folder / "pretended.spec"
    spec.write_text(
        "Name: pretended\nVersion: 1\nRelease: 1\nSummary: .\nLicense: .\nBuildArch: noarch\n"
        f"Provides: {provides}\n%description\n.\n%files\n"
    )
    words = ["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {folder}", str(spec)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    (made,) = folder.glob("RPMS/noarch/*.rpm")
    return made


@pytest.mark.parametrize(
    ("provides", "enough"),
    [
        ("python3 = 3.12.9-1", True),  # Fedora, Azure Linux 3
        ("python3 = 3.10", True),
        ("python3 = 3.9.21-1", False),  # RHEL 9 as it comes
        ("python3 = 3.9.21-1, python3.11 = 3.11.9", True),  # and with the newer one beside it
        ("python3 = 3.6.15, python(abi) = 3.6, python(abi) = 3.11", True),  # SLES 15: python311
        ("python3 = 3.6.15, python(abi) = 3.6", False),
        ("python2 = 2.7", False),
    ],
)
def test_it_asks_for_a_python_that_it_runs_on(
    provides: str, *, enough: bool, dist: Path, tmp_path: Path
) -> None:
    package = the(dist, "acr-diagnose-*.noarch.rpm")
    pretended = _pretended(tmp_path, f"/bin/sh, {provides}")
    (tmp_path / "root").mkdir()
    words = ["rpm", "--root", str(tmp_path / "root"), "--dbpath", "/db", "--install", "--test"]
    done = subprocess.run(
        [*words, str(package), str(pretended)], capture_output=True, text=True, check=False
    )

    assert (done.returncode == 0) is enough, done.stderr
    assert ("python3 >= 3.10" in done.stderr) is not enough
