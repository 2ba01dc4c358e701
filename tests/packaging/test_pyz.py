"""acr-diagnose.pyz on every Python that is here: all commands, no file written, a fast start."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from diagnose.bundle import archive, making
from diagnose.bundle.pseudonyms import Pseudonyms
from tests.matrix import runs
from tests.packaging import pythons
from tests.packaging.forms import the
from tests.scenarios.recorded import told

ROOT = Path(__file__).resolve().parents[2]
WHEELS = ROOT / ".build" / "wheels"
IMAGE = "contoso.azurecr.io/app:v1"
NEW, OLD = pythons.found(pythons.NEW), pythons.found(pythons.OLD)
MANY = 17  # bundles: from 16 on, processes judge them
LARGEST = 733_000_000 // 50  # bytes: what azure-cli takes on a disk, and how much of it we may
WARM = 1.5  # seconds: three times the goal, as other tests run beside this one
ZERO_PULL = (
    *("k8s", "manifest", "contoso.azurecr.io", "--zero-pull", "--os-sku", "Ubuntu"),
    *("--arch", "amd64", "--image", "mcr.microsoft.com/oss/kubernetes/pause:3.6"),
)
# Nothing can be written to these, nor looked up in them.
NOWHERE = {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}


@pytest.fixture(name="pyz", scope="module")
def _pyz(dist: Path) -> Path:
    return the(dist, "acr-diagnose.pyz")


@pytest.fixture(name="bundles", scope="module")
def _bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    for number, name in enumerate(list(runs.BY_NAME)[:MANY]):
        one = told(name)
        names = Pseudonyms(bytes(16)) if number % 2 else None
        made = making.made(one.recording, one.result, lambda _: ("bundle",), names)
        (folder / f"{number:02}.tar.gz").write_bytes(archive.pack(made))
    return folder


@pytest.fixture(name="installed", scope="module")
def _installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel with the locked wheels, which are the ones in the archive."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    words = ["install", "--quiet", "--no-index", f"--find-links={WHEELS}"]
    wheel = the(dist, "acr_diagnose-*.whl")
    subprocess.run([folder / "bin" / "pip", *words, wheel], check=True)
    return folder / "bin" / "acr-diagnose"


def ran(
    python: str, pyz: Path, *words: str, alone: bool = False, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run it as the packages' launcher does; ``alone`` has no network, not even loopback."""
    before = ["unshare", "--net"] if alone else []
    return subprocess.run(
        [*before, python, "-I", "-B", str(pyz), *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **NOWHERE, **environ},
    )


def untimed(text: str) -> object:
    """Read a report, without what differs between two runs of one case."""
    report = json.loads(text)
    report.pop("timing", None)
    return report


def cannot_be_alone() -> bool:
    done = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return done.returncode != 0


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--help"], 0, "Usage: acr-diagnose "),
        (["causes"], 0, "subnet-not-allowed"),
        (["checks"], 0, "docker-pull"),
        (["explain", "subnet-not-allowed"], 0, "Still failing?"),
        (["explain", "--text", "denied: client with IP '1.2.3.4' is not allowed access"], 0, ""),
        (["plan", IMAGE], 0, "contoso.azurecr.io"),
        (["demo"], 0, "subnet-not-allowed"),
        (["analyze", "{bundles}/01.tar.gz", "-o", "json"], 1, '"schema"'),
        (["analyze", "{bundles}/01.tar.gz", "-o", "html"], 1, "<style"),
        (["diff", "{bundles}/00.tar.gz", "{bundles}/02.tar.gz"], None, ""),
        (["fleet", "{bundles}", "-o", "html"], 1, "<style"),
        (["redact", "{bundles}/00.tar.gz", "-o", "{out}/redacted.tar.gz"], None, ""),
        (["k8s", "manifest", IMAGE, "--image", "x.example/y:1"], 0, "kind: DaemonSet"),
        (["no-such-command"], 2, ""),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_works(
    pyz: Path, bundles: Path, tmp_path: Path, version: str, words: list, code: int | None, says: str
) -> None:
    named = [word.format(bundles=bundles, out=tmp_path) for word in words]

    done = ran(NEW[version], pyz, *named)

    assert "Traceback" not in done.stderr
    assert done.returncode == code if code is not None else done.returncode in (0, 1, 3), done
    assert says in done.stdout


@pytest.mark.skipif(cannot_be_alone(), reason="needs the right to make a network namespace")
@pytest.mark.parametrize("version", NEW)
def test_a_run_without_any_network_has_a_verdict(pyz: Path, tmp_path: Path, version: str) -> None:
    bundle = str(tmp_path / "bundle.tar.gz")

    run = ran(NEW[version], pyz, "run", IMAGE, "--timeout", "5", "-o", "json", alone=True)
    kept = ran(NEW[version], pyz, "bundle", IMAGE, "--timeout", "5", "-o", bundle, alone=True)
    words = ["--once", "--listen", "none", "--timeout", "5", "--textfile", str(tmp_path)]
    agent = ran(NEW[version], pyz, "agent", IMAGE, *words, alone=True)

    verdict = json.loads(run.stdout)["verdict"]
    assert verdict["status"] in ("cause", "inconclusive")
    assert {check["status"] for check in json.loads(run.stdout)["checks"]}.isdisjoint({"crashed"})
    again = json.loads(ran(NEW[version], pyz, "analyze", bundle, "-o", "json").stdout)["verdict"]
    assert again["cause"] == verdict["cause"], kept.stderr
    assert "acr_diagnose" in next(tmp_path.glob("*.prom")).read_text(), agent.stderr


def test_the_demo_runs_or_says_what_it_needs(pyz: Path) -> None:
    """Debian's own Python may have cryptography; the others here have not."""
    for python in ("/usr/bin/python3", *NEW.values()):
        if not Path(python).exists():
            continue
        probe = [python, "-I", "-c", "import cryptography"]
        has = subprocess.run(probe, capture_output=True, check=False).returncode == 0
        done = ran(python, pyz, "demo", "subnet-not-allowed", TMPDIR="/tmp")

        assert "Traceback" not in done.stderr
        if has:
            assert (done.returncode, "subnet-not-allowed" in done.stdout) == (1, True)
        else:
            assert done.returncode == 2
            assert "demo needs cryptography" in done.stderr


@pytest.mark.parametrize("version", NEW)
def test_many_bundles_are_judged_as_by_the_installed_program(
    pyz: Path, bundles: Path, installed: Path, version: str
) -> None:
    """Its processes import from the archive as well."""
    words = ["analyze", str(bundles), "-o", "json"]
    done = ran(NEW[version], pyz, *words)
    wanted = subprocess.run([installed, *words], capture_output=True, text=True, check=False)

    assert untimed(done.stdout) == untimed(wanted.stdout)
    assert done.returncode == wanted.returncode


def test_one_bundle_is_judged_as_by_the_installed_program(
    pyz: Path, bundles: Path, installed: Path
) -> None:
    for bundle in sorted(bundles.iterdir()):
        words = ["analyze", str(bundle), "-o", "json"]
        wanted = subprocess.run([installed, *words], capture_output=True, text=True, check=False)

        assert untimed(ran(sys.executable, pyz, *words).stdout) == untimed(wanted.stdout)


@pytest.mark.parametrize("version", NEW)
def test_the_manifest_without_a_pull_is_the_installed_programs(
    pyz: Path, installed: Path, version: str
) -> None:
    wanted = subprocess.run([installed, *ZERO_PULL], capture_output=True, text=True, check=True)

    assert "kind: DaemonSet" in wanted.stdout
    assert ran(NEW[version], pyz, *ZERO_PULL).stdout == wanted.stdout


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.skipif(cannot_be_alone(), reason="needs the right to make a network namespace")
@pytest.mark.parametrize("words", [["run", IMAGE, "--timeout", "4"], ["analyze", "{bundles}"]])
def test_no_file_is_ever_made(pyz: Path, bundles: Path, tmp_path: Path, words: list) -> None:
    """Not even a temporary one: a full disk and a read-only one are reasons to run this."""
    log = tmp_path / "strace"
    calls = "trace=openat,open,creat,mkdir,mkdirat,rename,renameat2,link,linkat,symlinkat,unlink"
    named = [word.format(bundles=bundles) for word in words]
    traced = ["strace", "-f", "-o", str(log), "-e", calls, "unshare", "--net"]

    subprocess.run(
        [*traced, sys.executable, "-I", str(pyz), *named], capture_output=True, check=False
    )

    lines = log.read_text().splitlines()
    read = [line for line in lines if "acr-diagnose.pyz" in line]
    made = [
        line
        for line in lines
        if ("O_CREAT" in line or "O_WRONLY" in line or "open" not in line)
        and not any(word in line for word in ("ENOENT", "/dev/null", "/dev/tty", "+++", "---"))
    ]
    assert read
    assert not made


@pytest.mark.parametrize("version", NEW)
def test_every_module_has_its_code_and_can_be_imported(pyz: Path, version: str) -> None:
    """Also those of others, whose docstrings are not there."""
    source = f"""
import importlib, pkgutil, sys
sys.path.insert(0, {str(pyz)!r})
import acr_diagnose_start as start
start.install()
import checks, diagnose
wanted = ["docker", "dns.resolver", "dns.rdtypes.IN.A", "requests", "prometheus_client", "h2"]
wanted += ["azure.mgmt.containerregistry", "azure.core.pipeline.policies", "charset_normalizer"]
for one in (checks, diagnose):
    wanted += [found.name for found in pkgutil.walk_packages(one.__path__, one.__name__ + ".")]
passed = ("diagnose.lab", "diagnose.__main__", "diagnose.kubernetes.manifest.start")
for name in wanted:
    if not name.startswith(passed):
        module = importlib.import_module(name)
        assert type(module.__spec__.loader) is start.Importer, name
left = {{name for codes in start.Importer.code.opened.values() for name in codes}}
for module in list(sys.modules.values()):
    if type(getattr(module, "__loader__", None)) is start.Importer and module.__file__:
        name = module.__spec__.name
        assert name not in left and name.rpartition(".")[0] in start.Importer.code.index, name
print(len(wanted))
"""
    done = subprocess.run(
        [NEW[version], "-I", "-W", "error::SyntaxWarning", "-c", source],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **NOWHERE},
    )

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 400


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize("change", ["none", "another magic number", "no code"])
def test_a_python_without_code_takes_the_text(
    pyz: Path, tmp_path: Path, version: str, change: str
) -> None:
    """A development version has the tag of the release, and another magic number."""
    name = f"code/cpython-{version.replace('.', '')}"
    changed = tmp_path / "changed.pyz"
    with zipfile.ZipFile(pyz) as old, zipfile.ZipFile(changed, "w") as new:
        assert name in old.namelist()
        for info in old.infolist():
            data = old.read(info)
            if info.filename == name and change == "another magic number":
                data = bytes(4) + data[4:]
            if info.filename != name or change != "no code":
                new.writestr(info, data)

    done = ran(NEW[version], changed, "explain", "subnet-not-allowed")
    code = f"import sys; sys.path.insert(0, {str(changed)!r}); import acr_diagnose_start as s; "
    probe = [NEW[version], "-I", "-c", code + "s.install(); print(bool(s.Importer.code.index))"]
    uses = subprocess.run(probe, capture_output=True, text=True, check=True).stdout.strip()

    assert uses == str(change == "none")
    assert done.stdout == ran(NEW[version], pyz, "explain", "subnet-not-allowed").stdout
    assert "Still failing?" in done.stdout


@pytest.mark.parametrize("version", NEW)
def test_it_starts_fast_and_is_small(pyz: Path, version: str) -> None:
    spent = []
    for _ in range(5):
        began = time.monotonic()
        ran(NEW[version], pyz, "--help")
        spent.append(time.monotonic() - began)

    assert min(spent) < WARM
    assert pyz.stat().st_size < LARGEST


@pytest.mark.parametrize("version", OLD)
def test_an_old_python_says_what_is_needed(pyz: Path, version: str, tmp_path: Path) -> None:
    lying = tmp_path / "python3.12"
    lying.write_text("#!/bin/sh\nexit 127\n")  # as pyenv's are, where no version is chosen
    lying.chmod(0o755)
    done = subprocess.run(
        [OLD[version], str(pyz), "--help"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.10 or newer; this is " + version in done.stderr


@pytest.mark.parametrize("version", OLD)
def test_an_old_python_hands_over_to_a_newer_one(pyz: Path, version: str) -> None:
    done = subprocess.run(
        [OLD[version], str(pyz), "explain", "subnet-not-allowed"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(Path(next(iter(NEW.values()))).parent)},
    )

    assert done.returncode == 0, done.stderr
    assert "Still failing?" in done.stdout


def test_a_python_in_parts_says_what_is_missing(pyz: Path) -> None:
    """As Debian's python3-minimal, which has no json; all of the standard library is hidden."""
    source = "import marshal, pkgutil, runpy, sys, zlib; sys.path[:] = []; sys.argv[:] = [{0!r}]; "
    source += "runpy.run_path({0!r}, run_name='__main__')"
    words = [sys.executable, "-I", "-S", "-c", source.format(str(pyz))]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("acr-diagnose: needs all of Python's own modules; ")
    assert done.stderr.count("\n") == 1


def test_it_speaks_in_a_c_locale(pyz: Path, bundles: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = [str(pyz), "analyze", str(bundles / "00.tar.gz"), "-o", "text"]

    done = subprocess.run(
        [sys.executable, *words], capture_output=True, check=False, env={**NOWHERE, **plain}
    )

    assert done.returncode in (0, 1, 3)
    assert done.stdout.decode("ascii").strip()
    assert b"Traceback" not in done.stderr


def test_its_first_line_runs_it(pyz: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [pyz, "causes"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    at_home = subprocess.run(
        [sys.executable, pyz.name, "causes"],
        capture_output=True,
        text=True,
        check=False,
        cwd=pyz.parent,
    )

    assert done.returncode == at_home.returncode == 0
    assert done.stdout == at_home.stdout
