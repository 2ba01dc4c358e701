"""The wheel and the sdist: what is in them, that they install offline, the same bytes anywhere."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import diagnose

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "packaging" / "build"
WHEELS = ROOT / ".build" / "wheels"
DATA = (".css", ".js", ".md", ".typed")


@pytest.fixture(name="wheel", scope="module")
def _wheel(dist: Path) -> Path:
    return dist / f"acr_diagnose-{diagnose.__version__}-py3-none-any.whl"


@pytest.fixture(name="sources", scope="module")
def _sources(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked in a folder that its name does not hang on."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with tarfile.open(dist / f"acr_diagnose-{diagnose.__version__}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    (made,) = folder.iterdir()
    (made / ".build").mkdir()
    (made / ".build" / "wheels").symlink_to(WHEELS)
    return made


def environment(dist: Path, **more: str) -> dict[str, str]:
    """Give that of another person's build of the same release, as provenance.json tells it."""
    told = json.loads((dist / "provenance.json").read_text())
    return {**os.environ, "SOURCE_DATE_EPOCH": str(told["epoch"]), **more}


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_a_wheel_holds_the_program_and_no_test(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in _names(wheel)}

    assert tops == {"checks", "diagnose", f"acr_diagnose-{diagnose.__version__}.dist-info"}
    assert not [name for name in _names(wheel) if name.endswith((".pyc", ".so"))]


def test_every_module_and_every_data_file_goes_along(wheel: Path, sources: Path) -> None:
    wanted = {
        path.relative_to(sources).as_posix()
        for package in ("checks", "diagnose")
        for path in (sources / package).rglob("*")
        if path.suffix in (".py", *DATA)
    }

    assert {"diagnose/reports/html/page.css", "diagnose/fleet/html/fleet.js"} <= wanted
    assert not wanted - set(_names(wheel))


def test_the_version_stands_in_one_place(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (place,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        told = message_from_string(archive.read(place).decode())

    assert told["Version"] == diagnose.__version__
    assert f'"{diagnose.__version__}"' not in (ROOT / "pyproject.toml").read_text()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("script", ["dist.py", "pyz.py"])
def test_the_sdist_builds_the_same_bytes_elsewhere(
    dist: Path, sources: Path, tmp_path: Path, script: str
) -> None:
    """In another folder, at another time, for a person with another umask, zone and language."""
    made_by = json.loads((dist / "provenance.json").read_text())["built_by"]["python"]
    if made_by != sys.version.split()[0]:
        pytest.skip(f"the artefacts were made by Python {made_by}")
    words = [sys.executable, str(sources / "packaging" / "build" / script), str(tmp_path)]

    subprocess.run(
        words,
        check=True,
        cwd=tmp_path,
        umask=0o077,
        env=environment(dist, TZ="Pacific/Apia", LC_ALL="C", PYTHONPATH=str(sources)),
    )

    made = list(tmp_path.iterdir())
    assert made
    for path in made:
        assert path.read_bytes() == (dist / path.name).read_bytes(), path.name


@pytest.mark.timeout(300)
@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_pip_installs_it_without_an_index(dist: Path, tmp_path: Path, pattern: str) -> None:
    """From a folder of the locked wheels; this is what pipx and uv do in theirs."""
    artefact = next(dist.glob(f"acr_diagnose-{pattern}"))
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--isolated"]

    subprocess.run(
        [*pip, "install", "--no-index", f"--find-links={WHEELS}", artefact],
        check=True,
        env={"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS)},
    )

    subprocess.run([*pip, "check"], check=True)
    done = subprocess.run(
        [python.with_name("acr-diagnose"), "explain", "subnet-not-allowed"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "Still failing?" in done.stdout


@pytest.mark.timeout(300)
def test_pip_finds_wheels_for_every_python_that_is_promised(wheel: Path) -> None:
    done = subprocess.run(
        [sys.executable, BUILD / "resolves.py", wheel], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    for version in ("3.10", "3.11", "3.12", "3.13"):
        assert sum(line.startswith(f"CPython {version}: ") for line in told) == 2  # with extras


def test_the_lock_has_one_hash_for_each_package_that_goes_along() -> None:
    from diagnose.kubernetes.manifest.packages import LEFT_OUT, NODE_SET

    rows = [line for line in (BUILD / "lock.txt").read_text().splitlines() if line[0] != "#"]
    names = [row.partition("==")[0] for row in rows]

    assert {*names} == {*NODE_SET, *LEFT_OUT}
    assert names == sorted(names)
    assert all(row.count("--hash=sha256:") == 1 for row in rows)


def test_the_sums_are_those_of_the_files(dist: Path) -> None:
    rows = (line.split("  ", 1) for line in (dist / "SHA256SUMS").read_text().splitlines())
    told = {name: value for value, name in rows}
    files = {
        path.relative_to(dist).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dist.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }

    assert told == files
    assert json.loads((dist / "provenance.json").read_text())["version"] == diagnose.__version__
