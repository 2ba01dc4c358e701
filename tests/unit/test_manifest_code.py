"""The program as ConfigMaps: everything a node needs, as text, and the same bytes each time."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pytest

from diagnose.kubernetes.manifest import packages, parcels, yaml
from diagnose.kubernetes.manifest.packages import LEFT_OUT, NODE_SET, NotInstalledError
from diagnose.kubernetes.manifest.parcels import MOST, Parcel, TooLargeError

ANNOTATION = 262_144  # bytes, of what kubectl apply writes down
PYTHONS = [sys.executable, "/usr/bin/python3"]  # the second one is Debian's, without our packages


@pytest.fixture(name="found", scope="module")
def _found() -> dict[str, bytes]:
    return packages.everything()


@pytest.fixture(name="code", scope="module")
def _code(found: dict[str, bytes]) -> tuple[Parcel, ...]:
    return parcels.parcels(found)


@pytest.fixture(name="unpacked", scope="module")
def _unpacked(code: tuple[Parcel, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder, as the projected volume is."""
    folder = tmp_path_factory.mktemp("code")
    for parcel in code:
        for name, data in parcel.archives.items():
            (folder / name).write_bytes(data)
        for name, text in parcel.texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def _needed(name: str) -> Iterator[str]:
    """Give what a package depends on, without extras and other systems."""
    for row in metadata.distribution(name).requires or ():
        told, _, marker = row.partition(";")
        if "extra" in marker or "platform" in marker:
            continue
        yield re.split(r"[^A-Za-z0-9._-]", told.strip(), maxsplit=1)[0].lower().replace("_", "-")


def test_every_package_is_taken_along_or_left_out_for_a_reason() -> None:
    waiting, known = ["acr-diagnose"], set()
    while waiting:
        name = waiting.pop()
        new = {one for one in _needed(name) if one not in known}
        known |= new
        waiting += [one for one in new if one not in LEFT_OUT]
    undecided = known - set(NODE_SET) - set(LEFT_OUT)

    assert not undecided, "add them to NODE_SET or LEFT_OUT in manifest/packages.py"


def test_only_text_goes_along(code: tuple[Parcel, ...]) -> None:
    names = [name for name, _ in _files(code)]

    assert not [name for name in names if name.endswith((".so", ".pyc"))]
    assert not [name for name in names if name.startswith("diagnose/lab/")]
    assert {"diagnose/kubernetes/node.py", "checks/README.md", "certifi/cacert.pem"} <= set(names)
    assert len(names) == len(set(names))


def test_a_config_map_fits_where_kubectl_apply_puts_it(code: tuple[Parcel, ...]) -> None:
    for parcel in code:
        document = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": parcel.name, "namespace": "a" * 63},
            "data": dict(parcel.texts),
            "binaryData": parcel.encoded,
        }
        assert len(json.dumps(document)) < ANNOTATION
        assert len(yaml.text([document])) < 1 << 20


def test_the_same_files_give_the_same_bytes_in_any_order(
    found: dict[str, bytes], code: tuple[Parcel, ...]
) -> None:
    assert parcels.parcels(dict(reversed(found.items()))) == code


def test_a_package_may_spread_over_several_parcels() -> None:
    noise = {f"big/{number}.py": os.urandom(MOST // 3) for number in range(7)}
    found = parcels.parcels(noise)

    assert len(found) > 2
    assert dict(_files(found)) == noise
    assert all(len(data) <= MOST for one in found for data in one.archives.values())


def test_a_file_that_fits_nowhere_is_named() -> None:
    with pytest.raises(TooLargeError, match=r"big/one\.py"):
        parcels.parcels({"big/one.py": os.urandom(MOST)})


@pytest.mark.parametrize("python", PYTHONS)
def test_the_program_starts_from_its_parcels_alone(
    python: str, unpacked: Path, tmp_path: Path
) -> None:
    if not Path(python).exists():
        pytest.skip(f"no {python} here")
    done = _started(python, unpacked, tmp_path, "explain", "subnet-not-allowed")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The registry has no rule for this subnet" in done.stdout


def test_every_library_comes_from_the_parcels(unpacked: Path, tmp_path: Path) -> None:
    """And none from the machine: its own site packages play no part."""
    _started(sys.executable, unpacked, tmp_path, "causes")
    (tmp_path / "tool" / "probe.py").write_text(
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import azure.mgmt.containerregistry, charset_normalizer.md, certifi, dns.resolver\n"
        "import docker, h2.connection, requests, typer\n"
        "import diagnose.kubernetes.node, diagnose.live.credentials, diagnose.live.cri.grpc\n"
        "from importlib.resources import files\n"
        "assert files('diagnose').joinpath('DESIGN.md').read_text()\n"
        "assert open(certifi.where()).read()\n"
        "print(*{m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)})\n"
    )
    words = [sys.executable, "-I", "-S", "-B", str(tmp_path / "tool" / "probe.py")]
    done = subprocess.run(
        [*words, str(tmp_path / "tool")], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert "site-packages" not in done.stdout
    assert str(tmp_path / "tool" / "requests") in done.stdout


def test_a_python_that_is_too_old_is_told_so(unpacked: Path) -> None:
    source = (unpacked / "start.py").read_text().replace("0x030A0000", "0x7F000000")
    done = subprocess.run(
        [sys.executable, "-c", source, "x"], capture_output=True, text=True, check=False, timeout=20
    )

    assert done.returncode == 5
    assert done.stderr.startswith("acr-diagnose needs Python 3.10 or newer; this node has 3.")


class Distribution(metadata.Distribution):
    """A package that somebody installed in another way than we did."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def read_text(self, filename: str) -> str | None:
        rows = "".join(f"{name},,\n" for name in self._files)
        return rows if filename == "RECORD" else None

    def locate_file(self, path: object) -> Path:
        return Path("/nowhere") / str(path)


@pytest.mark.parametrize("name", ["one/fast.cpython-311-x86_64-linux-gnu.so", "one/fast.abi3.so"])
def test_what_is_compiled_alone_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Distribution({name: ""})
    monkeypatch.setattr(metadata, "distribution", lambda _: found)

    with pytest.raises(NotInstalledError, match="compiled"):
        packages.everything()


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "NODE_SET", ("no-such-package",))

    with pytest.raises(NotInstalledError, match="no-such-package"):
        packages.everything()


def _files(code: tuple[Parcel, ...]) -> Iterator[tuple[str, bytes]]:
    for parcel in code:
        for data in parcel.archives.values():
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())


def _started(
    python: str, code: Path, folder: Path, *words: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            python,
            "-I",
            "-S",
            "-B",
            "-X",
            "utf8",
            str(code / "start.py"),
            str(folder / "tool"),
            *words,
        ],
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
