"""The image: what is in its archive, and that engines take it and the program runs in it."""

import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from io import BytesIO
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.e2e.azure import Azure, addresses
from tests.e2e.dockerd import SOCKET, Dockerd
from tests.e2e.machine import Machine
from tests.e2e.namespace import ROOT
from tests.packaging import images
from tests.packaging.bases import base as root_of
from tests.packaging.forms import the

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

RELEASE = "bookworm"
TARGET = "contoso.azurecr.io/app:v1"
LAYER_AT_MOST = 80 << 20
BARE = ("--rm", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
SAME = ("User", "Entrypoint", "Cmd", "WorkingDir", "Labels", "Env")


@pytest.fixture(name="artefact", scope="module")
def _artefact(dist: Path) -> Path:
    return the(dist, "acr-diagnose-*-image.tar")


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of a base that was made here."""
    place = tmp_path_factory.mktemp("base") / "base.tar"
    images.run("base", root_of(RELEASE), place)
    return place


@pytest.fixture(name="parts")
def _parts(dist: Path, tmp_path: Path) -> Path:
    """Give a folder with what the image is made of, and nothing else."""
    for name in ("acr-diagnose.pyz", "acr-diagnose-*.cdx.json"):
        shutil.copy(the(dist, name), tmp_path)
    return tmp_path


@pytest.fixture(name="engine", scope="module")
def _engine(artefact: Path, base: Path) -> Iterator[Dockerd]:
    """Give an engine with the image and the base, on a VM whose subnet the registry refuses."""
    with ExitStack() as stack:
        machine = stack.enter_context(closing(Machine(addresses())))
        Azure(machine, "subnet-not-allowed")
        engine = stack.enter_context(closing(Dockerd(machine.vm)))
        for place in (base, artefact):
            loaded = _docker(engine, "load", "--input", str(place))
            assert loaded.returncode == 0, loaded.stderr
        yield engine


def _docker(engine: Dockerd, *words: str, **environ: str) -> CompletedProcess[str]:
    return engine.vm.run(["docker", *words], timeout=200, environ=environ)


def _told(engine: Dockerd, image: str) -> dict[str, Any]:
    (found,) = json.loads(_docker(engine, "image", "inspect", image).stdout)
    return found


def test_the_same_base_is_the_same_bytes(base: Path, parts: Path, tmp_path: Path) -> None:
    """Whatever the clock, the order of a folder and the day on which its files were written."""
    told = []
    for seed in ("1", "2"):
        again, name = tmp_path / f"{seed}.tar", f"acr-diagnose-{_version()}-image.tar"
        images.run("base", root_of(RELEASE), again, PYTHONHASHSEED=seed, TZ="Asia/Tokyo")
        images.run("image", again, parts, PYTHONHASHSEED=seed)
        told.append((again.read_bytes() == base.read_bytes(), (parts / name).read_bytes()))
        (parts / "acr-diagnose.pyz").touch()

    assert told[0] == told[1]
    assert told[0][0]


def test_another_moment_is_another_image(base: Path, parts: Path) -> None:
    """Or the test above could not fail."""
    found = set()
    for moment in ("1700000000", "1700000001"):
        images.run("image", base, parts, SOURCE_DATE_EPOCH=moment)
        found.add(the(parts, "*-image.tar").read_bytes())

    assert len(found) == 2


def test_one_layer_comes_above_the_base_and_is_small(artefact: Path, base: Path) -> None:
    image, below = images.read(artefact), images.read(base)
    *under, layer = image.layers
    history = [row for row in image.config["history"] if not row.get("empty_layer")]

    assert under == list(below.layers)
    assert len(layer) < LAYER_AT_MOST
    assert len(history) == len(image.layers) == len(image.config["rootfs"]["diff_ids"])
    assert image.name == f"localhost/acr-diagnose:{_version()}"


def test_what_is_said_of_the_image_is_in_its_labels(artefact: Path) -> None:
    told = images.read(artefact).config["config"]
    labels = {key.rpartition("image.")[2]: value for key, value in told["Labels"].items()}

    assert (labels["title"], labels["version"]) == ("acr-diagnose", _version())
    assert (labels["licenses"], labels["base.name"]) == (
        "MIT",
        f"localhost/acr-diagnose-base:{RELEASE}",
    )
    assert told["User"] == "65532:65532"
    assert told["Entrypoint"] == ["/usr/bin/acr-diagnose"]


def test_the_layer_brings_the_artefact_its_parts_list_and_all_licences(
    artefact: Path, dist: Path
) -> None:
    layer = images.read(artefact).layers[-1]
    with tarfile.open(fileobj=BytesIO(layer)) as opened:
        files = {row.name: opened.extractfile(row).read() for row in opened if row.isreg()}  # type: ignore[union-attr]
    licences = files["usr/share/doc/acr-diagnose/LICENCES.txt"].decode()
    parts = json.loads(files["usr/share/sbom/acr-diagnose.cdx.json"])

    assert files["opt/acr-diagnose/acr-diagnose.pyz"] == (dist / "acr-diagnose.pyz").read_bytes()
    assert all(f"\n{row['name']} {row['version']}: " in licences for row in parts["components"])


def test_a_base_in_pieces_is_refused_by_name(base: Path, tmp_path: Path) -> None:
    """A layer that is not the one of the configuration would be an image that no engine takes."""
    changed = tmp_path / "changed.tar"
    with tarfile.open(base) as old, tarfile.open(changed, "w") as new:
        for row in old:
            data = old.extractfile(row).read()  # type: ignore[union-attr]
            if row.name.endswith(".tar"):
                data = b"\0" * 1024
                row.size = len(data)
            new.addfile(row, BytesIO(data))

    with pytest.raises(Exception, match="the layers are not those"):
        images.read(changed)


@pytest.mark.parametrize("data", [b"", b"no archive", bytes(1024)])
def test_what_is_no_image_is_refused(data: bytes, tmp_path: Path) -> None:
    place = tmp_path / "x.tar"
    place.write_bytes(data)

    with pytest.raises(images.script("archive").NoImageError, match=r"x\.tar"):
        images.read(place)


def test_docker_runs_it_with_nothing_that_it_may_write_to(engine: Dockerd) -> None:
    image = f"localhost/acr-diagnose:{_version()}"
    done = _docker(engine, "run", *BARE, "--network", "none", image, "--help")
    who = ("import os; print(os.getuid(), os.getgid(), os.getcwd())",)
    words = ("--network", "none", "--entrypoint", "python3", image, "-c", *who)

    assert (done.returncode, done.stderr) == (0, ""), done
    assert "agentpool" in done.stdout
    assert _docker(engine, "run", *BARE, *words).stdout.split() == ["65532", "65532", "/"]


def test_docker_runs_a_diagnosis_of_the_machine(engine: Dockerd) -> None:
    image = f"localhost/acr-diagnose:{_version()}"
    trust = ("--volume", "/etc/ssl/certs:/etc/ssl/certs:ro")
    words = ("run", TARGET, "--output", "json", "--timeout", "40")
    done = _docker(engine, "run", *BARE, "--network", "host", *trust, image, *words)
    report = json.loads(done.stdout)

    assert (done.returncode, report["verdict"]["cause"]) == (1, "subnet-not-allowed"), report


def test_with_dockers_socket_docker_is_asked_too(engine: Dockerd) -> None:
    """As README.md says; without root of the machine, the socket is there and closed."""
    image = f"localhost/acr-diagnose:{_version()}"
    shown = ("--volume", "/etc/ssl/certs:/etc/ssl/certs:ro", "--volume", f"{SOCKET}:{SOCKET}")
    words = ("run", TARGET, "--output", "json", "--timeout", "40")
    told = {}
    for user in ("0", "65532"):
        given = (*BARE, "--network", "host", "--user", user, *shown)
        report = json.loads(_docker(engine, "run", *given, image, *words).stdout)
        statuses = {check["id"]: check["status"] for check in report["checks"]}
        told[user] = (report["verdict"]["cause"], statuses["docker"], statuses["docker-pull"])

    assert told["0"] == ("subnet-not-allowed", "ok", "fail")
    assert told["65532"][0] == "subnet-not-allowed"
    assert told["65532"][1] != "ok"


def test_a_base_that_an_engine_saved_gives_the_same_image(
    engine: Dockerd, artefact: Path, parts: Path
) -> None:
    ours = images.read(artefact)
    saved = engine.vm.folder / "base.tar"
    _docker(engine, "save", "--output", str(saved), f"localhost/acr-diagnose-base:{RELEASE}")
    images.run("image", saved, parts, SOURCE_DATE_EPOCH=images.moment(ours))
    made = images.read(the(parts, "*-image.tar"))
    for one in (made, ours):  # somebody may have committed something since
        del one.config["config"]["Labels"]["org.opencontainers.image.revision"]

    assert (made.config, made.layers) == (ours.config, ours.layers)


def test_the_dockerfile_makes_the_same_of_the_same_base(
    engine: Dockerd, artefact: Path, dist: Path, tmp_path: Path
) -> None:
    image = images.read(artefact)
    layer = tmp_path / "layer.tar"
    images.run("layer", dist, layer, SOURCE_DATE_EPOCH=images.moment(image))
    labels = {
        key.rpartition(".")[2]: value for key, value in image.config["config"]["Labels"].items()
    }
    told = {name.upper(): labels[name] for name in ("version", "revision", "created")}
    told["BASE"] = f"localhost/acr-diagnose-base:{RELEASE}"
    given = [word for key, value in told.items() for word in ("--build-arg", f"{key}={value}")]
    dockerfile = ROOT / "packaging" / "image" / "Dockerfile"
    words = ("build", "--no-cache", "--tag", "made", "--file", str(dockerfile), *given)
    built = _docker(engine, *words, str(tmp_path), DOCKER_BUILDKIT="0")
    assert built.returncode == 0, built.stderr
    saved = engine.vm.folder / "made.tar"
    _docker(engine, "save", "--output", str(saved), "made")
    made = images.read(saved)
    ours = _told(engine, image.name)["Config"]
    theirs = _told(engine, "made")["Config"]

    assert {key: theirs.get(key) for key in SAME} == {key: ours.get(key) for key in SAME}
    assert made.layers[:-1] == image.layers[:-1]
    assert images.rows(made.layers[-1]) == images.rows(image.layers[-1])


def test_the_dockerfile_alone_names_a_base_that_is_public() -> None:
    text = (ROOT / "packaging" / "image" / "Dockerfile").read_text(encoding="utf-8")

    assert "ARG BASE=mcr.microsoft.com/" in text
    assert not [line for line in text.splitlines() if line.startswith("RUN")]


def _version() -> str:
    return str(images.script("release").version())
