"""packaging/kubernetes: what ships is what the program renders, and what kustomize makes of it."""

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from diagnose.kubernetes.manifest.wanted import Profile
from tests.unit import kustomizing
from tests.unit.kustomizing import FOLDER


def read(text: str) -> list[Any]:
    return list(yaml.safe_load_all(text))


def test_what_ships_is_what_is_rendered(update_golden: bool) -> None:
    files = kustomizing.files()
    if update_golden:
        for name, text in files.items():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(text, encoding="utf-8")
    there = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")}

    assert there == set(files)
    for name, text in files.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "pytest --update-golden"


@pytest.mark.parametrize("profile", list(Profile))
def test_an_overlay_comes_to_the_same_as_the_profile(profile: Profile) -> None:
    found = list(kustomizing.built(FOLDER / "overlays" / profile.value, read))

    assert found == kustomizing.plain(profile)


@pytest.mark.parametrize("profile", list(Profile))
def test_kubectl_builds_the_same(profile: Profile) -> None:
    """Whatever version is here; it needs no cluster for this."""
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl here")
    words = ["kubectl", "kustomize", str(FOLDER / "overlays" / profile.value)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)

    by_kind = {one["kind"]: one for one in read(done.stdout)}

    assert by_kind == {one["kind"]: one for one in kustomizing.plain(profile)}


def test_the_readme_knows_every_file_and_the_name_of_the_image() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    image = kustomizing.daemon_set(Profile.NODE)["spec"]["template"]["spec"]["containers"][0]

    assert all(f"{profile.value}.yaml" in text for profile in Profile)
    assert image["image"] in text
    assert kustomizing.TARGET in text
