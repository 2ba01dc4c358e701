"""The .deb and the .rpm as files: their bytes, what is in them, and what linters say of them."""

import gzip
import io
import re
import shutil
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from diagnose import __version__
from diagnose.cli import app
from tests.packaging.forms import the
from tests.packaging.packages import EPOCH, ROOT, Copy

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

PATTERNS = {"deb": "acr-diagnose_*_all.deb", "rpm": "acr-diagnose-*.noarch.rpm"}
KINDS = tuple(PATTERNS)
BOTH = {
    "/etc/acr-diagnose/acr-diagnose.env": 0o644,
    "/opt/acr-diagnose/acr-diagnose.pyz": 0o755,
    "/usr/bin/acr-diagnose": 0o755,
    "/usr/lib/systemd/system/acr-diagnose-agent.service": 0o644,
    "/usr/lib/systemd/system/acr-diagnose.service": 0o644,
    "/usr/lib/systemd/system/acr-diagnose.timer": 0o644,
    "/usr/share/bash-completion/completions/acr-diagnose": 0o644,
    "/usr/share/fish/vendor_completions.d/acr-diagnose.fish": 0o644,
    "/usr/share/man/man1/acr-diagnose.1.gz": 0o644,
}
ONLY = {
    "deb": {
        "/usr/share/doc/acr-diagnose/changelog.gz": 0o644,
        "/usr/share/doc/acr-diagnose/copyright": 0o644,
        "/usr/share/lintian/overrides/acr-diagnose": 0o644,
        "/usr/share/zsh/vendor-completions/_acr-diagnose": 0o644,
    },
    "rpm": {
        "/usr/share/doc/acr-diagnose/CHANGELOG.md": 0o644,
        "/usr/share/licenses/acr-diagnose/LICENCES.txt": 0o644,
        "/usr/share/zsh/site-functions/_acr-diagnose": 0o644,
        "/var/lib/acr-diagnose/acr_diagnose.prom": 0o644,  # a ghost: not there until it is written
    },
}
# What the linters say, all of it with a reason beside the override or the filter.
LINTIAN = {
    ("dir-or-file-in-opt", "[opt/acr-diagnose/]"),
    ("dir-or-file-in-opt", "[opt/acr-diagnose/acr-diagnose.pyz]"),
    (
        "package-supports-alternative-init-but-no-init.d-script",
        "[usr/lib/systemd/system/acr-diagnose-agent.service]",
    ),
}
RPMLINT = {
    "dir-or-file-in-opt",
    "no-group-tag",
    "no-manual-page-for-binary",
    "no-signature",
    "no-url-tag",
    "only-non-binary-in-usr-lib",
    "postin-without-ghost-file-creation",
}
TOLD_TO_RPMLINT = {"invalid-license", "manpage-not-compressed"}  # by settings, not by filters


@pytest.fixture(name="package", params=KINDS)
def _package(request: pytest.FixtureRequest, dist: Path) -> tuple[str, Path]:
    """Each of both: its kind, and where it is."""
    return request.param, the(dist, PATTERNS[request.param])


@pytest.fixture(name="deb")
def _deb(dist: Path) -> Path:
    return the(dist, PATTERNS["deb"])


@pytest.fixture(name="rpm")
def _rpm(dist: Path) -> Path:
    return the(dist, PATTERNS["rpm"])


@pytest.fixture(name="copy_of")
def _copy_of(dist: Path, tmp_path: Path) -> Callable[[str], Copy]:
    """Copy the tree to a folder of this name."""
    return lambda name: Copy(tmp_path / name, the(dist, "acr-diagnose.pyz"))


def said(*words: str, code: int = 0) -> str:
    """Give what a program says on stdout and stderr; another exit code fails."""
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def in_deb(deb: Path) -> tarfile.TarFile:
    done = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", str(deb)], check=True, capture_output=True, timeout=60
    )
    return tarfile.open(fileobj=io.BytesIO(done.stdout))


def of_deb(deb: Path, path: str) -> bytes:
    with in_deb(deb) as archive:
        opened = archive.extractfile(f".{path}")
        assert opened is not None
        return opened.read()


def listed(kind: str, package: Path) -> list[tuple[str, int, str, int]]:
    """Give path, mode, owner and time of all that is inside."""
    if kind == "deb":
        with in_deb(package) as archive:
            return [
                (one.name[1:], one.mode | _type(one), f"{one.uid}:{one.gid}", int(one.mtime))
                for one in archive
                if one.name != "."
            ]
    form = r"[%{FILENAMES} %{FILEMODES} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEMTIMES}\n]"
    rows = said("rpm", "-qp", "--qf", form, str(package)).splitlines()
    split = [row.rsplit(" ", 3) for row in rows]
    return [(path, int(mode), owner, int(at)) for path, mode, owner, at in split]


def _type(one: tarfile.TarInfo) -> int:
    return stat.S_IFDIR if one.isdir() else stat.S_IFREG


# -- the bytes --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_tree_gives_the_same_bytes(kind: str, copy_of: Callable[[str], Copy]) -> None:
    here, elsewhere = copy_of("here"), copy_of("a folder elsewhere")
    other = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "HOME": "/nonexistent"}

    first = here.built(kind).read_bytes()

    assert elsewhere.built(kind, **other).read_bytes() == first
    assert here.built(kind, SOURCE_DATE_EPOCH=str(EPOCH + 1)).read_bytes() != first


def test_everything_is_roots_and_of_the_release(
    package: tuple[str, Path], copy_of: Callable[[str], Copy]
) -> None:
    kind, _ = package
    rows = listed(kind, copy_of("tree").built(kind))
    owners, times = {row[2] for row in rows}, {row[3] for row in rows if "/var/lib/" not in row[0]}

    assert owners == {"0:0" if kind == "deb" else "root:root"}
    assert times == {EPOCH}


# -- what is inside ---------------------------------------------------------------------------


def test_what_is_inside_and_who_may_use_it(package: tuple[str, Path]) -> None:
    kind, path = package
    files = {
        name: stat.S_IMODE(mode) for name, mode, _, _ in listed(kind, path) if stat.S_ISREG(mode)
    }
    folders = {stat.S_IMODE(mode) for _, mode, _, _ in listed(kind, path) if not stat.S_ISREG(mode)}

    assert files == BOTH | ONLY[kind]
    assert folders == {0o755}


def test_the_name_has_the_version(package: tuple[str, Path]) -> None:
    kind, path = package
    told = (
        said("dpkg-deb", "--field", str(path), "Version")
        if kind == "deb"
        else said("rpm", "-qp", "--qf", r"%{VERSION}\n", str(path))
    )

    assert told == f"{__version__}\n"
    assert __version__ in path.name


def test_the_program_is_the_one_that_was_built(deb: Path, rpm: Path, dist: Path) -> None:
    built = the(dist, "acr-diagnose.pyz").read_bytes()
    sums = said("rpm", "-qp", "--qf", r"[%{FILENAMES} %{FILEDIGESTS}\n]", str(rpm))
    inside = dict(row.split(" ", 1) for row in sums.splitlines())

    assert of_deb(deb, "/opt/acr-diagnose/acr-diagnose.pyz") == built
    program = the(dist, "acr-diagnose.pyz")
    expected = said("sha256sum", str(program)).split()[0]
    assert inside["/opt/acr-diagnose/acr-diagnose.pyz"] == expected


def test_a_changed_setting_is_kept_by_either(deb: Path, rpm: Path) -> None:
    settings = "/etc/acr-diagnose/acr-diagnose.env"
    flags = said("rpm", "-qp", "--qf", r"[%{FILENAMES} %{FILEFLAGS:fflags}\n]", str(rpm))

    assert said("dpkg-deb", "--info", str(deb), "conffiles") == f"{settings}\n"
    assert [row for row in flags.splitlines() if row.endswith("cn")] == [f"{settings} cn"]


def test_every_package_inside_is_named_with_its_terms(deb: Path, rpm: Path, dist: Path) -> None:
    """Named after what is in the archive, not after a list: what is not in it is not named."""
    with zipfile.ZipFile(the(dist, "acr-diagnose.pyz")) as program:
        names = program.namelist()
    tops = {name.partition("/")[0] for name in names if name.endswith("/__init__.py")}
    tops -= {"checks", "diagnose"}
    text = of_deb(deb, "/usr/share/doc/acr-diagnose/copyright").decode()
    files = {
        word for row in re.findall(r"^Files: (.*)$", text, re.MULTILINE) for word in row.split()
    }
    licence = said("rpm", "-qp", "--qf", "%{LICENSE}", str(rpm))

    assert tops
    assert {word.partition("/")[0] for word in files} >= tops
    assert {"typer/_click/*", "azure/core/*", "*"} <= files
    assert set(licence.split(" AND ")) >= {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "MPL-2.0"}
    for stanza in text.split("\n\n")[1:]:
        assert re.match(r"Files: .+\nCopyright: .+\n(?:  .+\n)*License: .+\n .+", stanza), stanza


def test_the_changelog_is_the_one_that_people_read(deb: Path, rpm: Path, tmp_path: Path) -> None:
    first = "run: one verdict for an image that will not pull"
    text = tmp_path / "changelog"
    text.write_bytes(gzip.decompress(of_deb(deb, "/usr/share/doc/acr-diagnose/changelog.gz")))
    newest = said("dpkg-parsechangelog", "--file", str(text))

    assert f"Version: {__version__}\n" in newest
    assert f"   * {first}" in newest
    assert first in said("rpm", "-qp", "--changelog", str(rpm))


# -- what linters say -------------------------------------------------------------------------


def test_lintian_finds_nothing_but_what_has_a_reason(deb: Path) -> None:
    told = said(
        "lintian", "--allow-root", "--pedantic", "--display-info", "--display-experimental",
        "--fail-on=none", "--show-overrides", "--tag-display-limit=0", str(deb),
    )  # fmt: skip
    rows = [row.split(" ", 3) for row in told.splitlines() if not row.startswith("N:")]

    assert {kind for kind, *_ in rows} == {"O:"}, told
    assert {(tag, rest) for _, _, tag, rest in rows} == LINTIAN


def test_rpmlint_finds_nothing_but_what_has_a_reason(rpm: Path) -> None:
    settings = str(ROOT / "packaging/rpm/rpmlintrc.toml")

    assert "; 0 errors, 0 warnings, " in said("rpmlint", "--config", settings, str(rpm))


def test_no_filter_of_rpmlint_is_left_over(rpm: Path) -> None:
    text = (ROOT / "packaging/rpm/rpmlintrc.toml").read_text()
    filters = set(re.findall(r'^  "([a-z-]+)[^"]*",$', text, re.MULTILINE))
    told = subprocess.run(["rpmlint", str(rpm)], capture_output=True, text=True, check=False)
    found = set(re.findall(r": [EW]: ([a-z-]+)", told.stdout))

    assert filters == RPMLINT
    assert found == RPMLINT | TOLD_TO_RPMLINT


# -- the page ---------------------------------------------------------------------------------


@pytest.fixture(name="page")
def _page(deb: Path, tmp_path: Path) -> Path:
    path = tmp_path / "acr-diagnose.1"
    path.write_bytes(gzip.decompress(of_deb(deb, "/usr/share/man/man1/acr-diagnose.1.gz")))
    return path


def test_the_page_is_well_formed_for_both_readers(page: Path) -> None:
    groff = ("man", "--warnings=w", "--encoding=UTF-8", "--local-file", "-Tutf8", "-Z", str(page))

    assert said("mandoc", "-Tlint", "-Wall", str(page)) == ""
    assert "<standard input>" not in said(*groff)  # where a warning would be


def test_the_page_has_every_command_and_option(page: Path) -> None:
    text = re.sub(r".\x08", "", said("mandoc", "-Tutf8", "-Owidth=200", str(page)))
    top = typer.main.get_command(app)
    assert isinstance(top, typer.core.TyperGroup)
    sections = re.split(r"^   (?=\S)", text, flags=re.MULTILINE)

    for name, command in top.commands.items():
        below = command.commands if isinstance(command, typer.core.TyperGroup) else {"": command}
        for word, one in below.items():
            words = f"{name} {word}".strip()
            found = [part for part in sections if re.match(rf"{words}( \[?[A-Z]|\n)", part)]
            assert len(found) == (0 if one.hidden else 1), words
            for part in found:
                missing = [opt for opt in _longs(one) if not re.search(rf"{opt}\b", part)]
                assert not missing, words


def _longs(command: object) -> list[str]:
    assert isinstance(command, typer.core.TyperCommand)
    return [word for param in command.params for word in param.opts if word.startswith("--")]


# -- the units --------------------------------------------------------------------------------


@pytest.fixture(name="tree")
def _tree(deb: Path, tmp_path: Path) -> Path:
    """The package's files, among this machine's units: what a unit is checked against."""
    subprocess.run(["dpkg-deb", "-x", str(deb), str(tmp_path)], check=True, timeout=60)
    units = tmp_path / "usr/lib/systemd/system"
    shutil.copytree("/lib/systemd/system", units, symlinks=True, dirs_exist_ok=True)
    (tmp_path / "bin").mkdir()
    shutil.copy("/bin/kill", tmp_path / "bin")
    return tmp_path


UNITS = ("acr-diagnose.service", "acr-diagnose.timer", "acr-diagnose-agent.service")


def test_the_units_call_what_the_package_brings(tree: Path) -> None:
    words = ("systemd-analyze", f"--root={tree}", "--man=no", "verify", *UNITS)

    assert said(*words) == ""
    (tree / "usr/bin/acr-diagnose").unlink()
    assert "/usr/bin/acr-diagnose is not executable" in said(*words, code=1)


@pytest.mark.parametrize("unit", [one for one in UNITS if one.endswith(".service")])
def test_the_services_are_shut_in(unit: str, tree: Path) -> None:
    """Exposure in tenths, as systemd counts it; 9.6 is a service that says nothing."""
    words = ("systemd-analyze", f"--root={tree}", "security", "--offline=yes", "--threshold=40")

    assert "exposure level" in said(*words, unit)
