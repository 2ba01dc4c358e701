"""The forms that the program comes in: how each is put into a root file system, and taken out."""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from tests.e2e.namespace import ROOT
from tests.packaging.rootfs import Root

RELEASES = ("bookworm", "trixie", "jammy")


def the(dist: Path, pattern: str) -> Path:
    """Give the one artefact of this name; the test skips where it was not built."""
    found = sorted(dist.glob(pattern))
    if not found:
        pytest.skip(f"no {pattern} was built")
    if len(found) > 1:
        pytest.fail(f"which one: {', '.join(path.name for path in found)}")
    return found[0]


class Form(ABC):
    """One way to have the program."""

    releases = RELEASES

    def __init__(self, dist: Path) -> None:
        self.dist = dist

    @abstractmethod
    def install(self, root: Root) -> list[str]:
        """Put it there and give the words that run it."""

    @abstractmethod
    def remove(self, root: Root) -> None: ...


class Pyz(Form):
    """One file, copied to where a person without rights could put it, run by its first line."""

    at = "/var/tmp/acr-diagnose.pyz"

    def install(self, root: Root) -> list[str]:
        root.copy(the(self.dist, "acr-diagnose.pyz"), self.at)
        root.sh(f"chmod 755 {self.at}")
        return [self.at]

    def remove(self, root: Root) -> None:
        root.sh(f"rm {self.at}")


class Deb(Form):
    """The package, beside the python3 that it depends on."""

    at = "/var/tmp/acr-diagnose.deb"

    def install(self, root: Root) -> list[str]:
        root.copy(the(self.dist, "acr-diagnose_*_all.deb"), self.at)
        root.sh(f"dpkg -i {self.at} && rm {self.at}")
        return ["acr-diagnose"]

    def remove(self, root: Root) -> None:
        root.sh("dpkg --purge acr-diagnose")


class Rpm(Form):
    """The package for other systems, put there by this machine's rpm: none is in the root.

    Of the root's python3 that rpm knows nothing, hence ``--nodeps``.
    """

    releases = ("bookworm",)
    at = "/var/tmp/acr-diagnose.rpm"
    known = "/var/tmp/rpm"

    def install(self, root: Root) -> list[str]:
        root.copy(the(self.dist, "acr-diagnose-*.noarch.rpm"), self.at)
        self._rpm(root, "--install", "--nodeps", f"{root.path}{self.at}")
        root.sh(f"rm {self.at}")
        return ["acr-diagnose"]

    def remove(self, root: Root) -> None:
        self._rpm(root, "--erase", "acr-diagnose")
        root.sh(f"rm -r {self.known}")

    def _rpm(self, root: Root, *words: str) -> None:
        command = ["rpm", "--root", str(root.path), "--dbpath", self.known, *words]
        root.machine.vm.run(command, check=True)


class Wheel(Form):
    """pip's form, in an environment of its own, from a folder of wheels: no index is in reach."""

    releases = ("bookworm+python3-venv",)

    def install(self, root: Root) -> list[str]:
        wheel = the(self.dist, "acr_diagnose-*.whl")
        root.copy(wheel, f"/var/tmp/{wheel.name}")
        root.copy(the(ROOT / ".build", "wheels"), "/var/tmp/wheels")
        pip = "/opt/venv/bin/pip install --quiet --no-index --find-links wheels"
        root.sh(f"cd /var/tmp; python3 -m venv /opt/venv; {pip} {wheel.name}; rm -r wheels *.whl")
        return ["/opt/venv/bin/acr-diagnose"]

    def remove(self, root: Root) -> None:
        root.sh("rm -r /opt/venv")


FORMS = (Pyz, Deb, Rpm, Wheel)
