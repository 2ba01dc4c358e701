"""Each form in a fresh root file system: it arrives, diagnoses, and goes without a trace."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.machine import Machine
from tests.packaging.forms import FORMS, Form
from tests.packaging.rootfs import Root

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

IMAGE = "contoso.azurecr.io/app:v1"
EVERYWHERE = [
    pytest.param(form, release, id=f"{form.__name__.lower()}-{release}")
    for form in FORMS
    for release in form.releases
]
COMMANDS = {
    ("causes",): 0,
    ("explain", "subnet-not-allowed"): 0,
    ("plan", IMAGE): 0,
    ("agentpool", "contoso.azurecr.io"): 0,
    ("k8s", "manifest", IMAGE): 0,
    ("k8s", "run", IMAGE): 2,
    ("demo", "healthy"): 2,
}
WHY = {
    ("k8s", "run", IMAGE): "kubectl is not on the PATH",
    ("demo", "healthy"): "or the distribution's own python3-cryptography",
}

New = Callable[[str, Machine], Root]


@pytest.mark.parametrize(("form", "release"), EVERYWHERE)
def test_it_names_the_fault_and_goes_without_a_trace(
    form: type[Form], release: str, dist: Path, refused: Machine, new_root: New
) -> None:
    root, one = new_root(release, refused), form(dist)
    before = root.files()
    program = one.install(root)
    arrived = root.files()

    done = root.run([*program, "run", IMAGE])

    assert (done.returncode, done.stderr) == (1, ""), done
    # Proven takes the Azure libraries: without them the rules of the registry stay unseen.
    assert "ROOT CAUSE: subnet-not-allowed (proven)" in done.stdout
    assert root.files() == arrived, "a run left something behind"
    one.remove(root)
    assert root.files() == before


@pytest.mark.parametrize(("form", "release"), EVERYWHERE)
def test_it_finds_nothing_where_all_is_well(
    form: type[Form], release: str, dist: Path, healthy: Machine, new_root: New
) -> None:
    root = new_root(release, healthy)
    program = form(dist).install(root)

    done = root.run([*program, "run", IMAGE])

    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.splitlines()[-1].startswith("Verdict: healthy")


@pytest.mark.parametrize(("form", "release"), EVERYWHERE)
def test_a_bundle_made_there_is_judged_there_without_a_network(
    form: type[Form], release: str, dist: Path, refused: Machine, new_root: New
) -> None:
    root = new_root(release, refused)
    program = form(dist).install(root)

    made = root.run([*program, "bundle", IMAGE, "-o", "/tmp/bundle.tar.gz"])
    away = root.run(["unshare", "--net", *program, "analyze", "/tmp/bundle.tar.gz"])

    assert (made.returncode, away.returncode) == (1, 1), (made, away)
    for done in (made, away):
        assert "ROOT CAUSE: subnet-not-allowed (proven)" in done.stdout
    assert "contoso" not in away.stdout


@pytest.mark.parametrize("form", FORMS)
def test_every_command_is_there_and_what_cannot_be_done_is_said_in_a_sentence(
    form: type[Form], dist: Path, healthy: Machine, new_root: New
) -> None:
    root = new_root(form.releases[0], healthy)
    program = form(dist).install(root)
    done = {words: root.run([*program, *words]) for words in COMMANDS}

    assert {words: one.returncode for words, one in done.items()} == COMMANDS, done
    for words, one in done.items():
        told = one.stderr.splitlines()
        assert len(told) == 0 if COMMANDS[words] == 0 else told[-1].endswith(WHY[words]), one
