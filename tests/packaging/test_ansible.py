"""The playbook, by a real Ansible on a simulated VM, which is its own controller there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.machine import Machine
from tests.packaging.test_fleet_files import ANSIBLE, CAUSE, IMAGE, PLAYBOOK, have

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

HOSTS = "vm-1,vm-2,"


class Play:
    """The playbook beside the program, in a folder of its own; two names, one machine."""

    def __init__(self, machine: Machine, dist: Path, folder: Path) -> None:
        have(ANSIBLE / "ansible-playbook")
        self.machine, self.folder = machine, folder
        self.file = folder / PLAYBOOK.name
        self.reports = folder / "acr-diagnose-reports"
        self.program = folder / "there" / "acr-diagnose.pyz"
        shutil.copy(PLAYBOOK, self.file)
        shutil.copy(dist / "acr-diagnose.pyz", folder)

    def run(self, *words: str, target: str = IMAGE) -> subprocess.CompletedProcess[str]:
        told = {
            "acr_diagnose_target": target,
            "acr_diagnose_folder": str(self.program.parent),
            "acr_diagnose_become": False,  # it is root, and there may be no sudo
        }
        playbook = [str(ANSIBLE / "ansible-playbook"), "-i", HOSTS, "-c", "local"]
        home = {"ANSIBLE_HOME": str(self.folder / "home"), "ANSIBLE_NOCOLOR": "1"}
        home["ANSIBLE_LOCALHOST_WARNING"] = "false"
        return self.machine.vm.run(
            [*playbook, str(self.file), "-e", json.dumps(told), *words], timeout=200, environ=home
        )


@pytest.fixture(name="play")
def _play(refused: Machine, dist: Path, tmp_path: Path) -> Play:
    return Play(refused, dist, tmp_path)


def changed(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    found = re.findall(r"^(\S+) +: ok=\d+ +changed=(\d+)", done.stdout, re.MULTILINE)
    return {name: int(count) for name, count in found}


def test_it_brings_a_verdict_of_each_machine_and_is_idempotent(play: Play) -> None:
    first, second = play.run(), play.run()
    reports = {path.name: json.loads(path.read_text()) for path in play.reports.iterdir()}

    assert (first.returncode, second.returncode) == (0, 0), first.stdout + second.stdout
    assert set(reports) == {"vm-1.json", "vm-2.json"}
    assert {report["verdict"]["cause"] for report in reports.values()} == {CAUSE}
    assert CAUSE in second.stdout, "the summary names what is wrong"
    assert sum(changed(first).values()) > 0
    assert set(changed(second).values()) == {0}, second.stdout


def test_check_mode_changes_nothing_and_asks_nobody(play: Play) -> None:
    done = play.run("--check")

    assert done.returncode == 0, done.stdout
    assert not play.program.exists()
    assert not play.reports.exists()
    assert changed(done)["vm-1"] == 2, "the folder and the program would be brought"


def test_a_machine_that_fails_leaves_no_report_of_an_earlier_run(play: Play) -> None:
    play.run()
    play.folder.joinpath("acr-diagnose.pyz").write_text("raise SystemExit(5)\n")
    done = play.run()

    assert done.returncode == 2, done.stdout
    assert list(play.reports.iterdir()) == []


def test_without_a_target_it_says_so(play: Play) -> None:
    done = play.run(target="")

    assert done.returncode == 2
    assert "Say what to look at" in done.stdout
    assert not play.program.parent.exists()


def test_ansible_lint_is_content(tmp_path: Path) -> None:
    have(ANSIBLE / "ansible-lint")
    shutil.copy(PLAYBOOK, tmp_path)
    words = [str(ANSIBLE / "ansible-lint"), "--offline", "--profile", "production", "-q"]
    options = {
        "cwd": tmp_path,
        "env": {"PATH": f"{ANSIBLE}:/usr/bin:/bin", "HOME": str(tmp_path), "NO_COLOR": "1"},
        "capture_output": True,
        "text": True,
        "timeout": 120,
    }
    done = subprocess.run([*words, PLAYBOOK.name], check=False, **options)
    near = tmp_path / "near.yml"
    near.write_text((tmp_path / PLAYBOOK.name).read_text().replace("ansible.builtin.copy", "copy"))

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert subprocess.run([*words, near.name], check=False, **options).returncode == 2
