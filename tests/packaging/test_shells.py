"""What the packages put around the program: the launcher, and what a shell completes."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.machine import Machine
from tests.packaging.forms import Deb, the
from tests.packaging.packages import ROOT
from tests.packaging.rootfs import Root

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(120)]

LAUNCHER = ROOT / "packaging/launcher/acr-diagnose"
COMPLETIONS = ROOT / "packaging/completions"
INSTALLED = "/usr/share/bash-completion/completions/acr-diagnose"
# What bash does when somebody presses the tab key: the words so far, the last one unfinished.
PRESS = """
complete -p acr-diagnose
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _acr_diagnose; }
"""
New = Callable[[str, Machine], Root]


def of_bash(*words: str, source: str) -> str:
    """Write what asks bash: how it completes, and then one word a line."""
    asked = " ".join(shlex.quote(word) for word in words)
    return f'source {source}\n{PRESS}\nask {asked}\nprintf "%s\\n" "${{COMPREPLY[@]}}"'


def run(words: list[str], path: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        env={"PATH": path, "HOME": "/nonexistent", **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture(name="bin_")
def _bin(dist: Path, tmp_path: Path) -> Path:
    """A folder with the launcher, for the program that was built; no Python is at a fixed place."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = the(dist, "acr-diagnose.pyz")
    text = LAUNCHER.read_text()
    assert text.count("program=/opt/acr-diagnose/acr-diagnose.pyz\n") == 1
    text = text.replace("program=/opt/acr-diagnose/acr-diagnose.pyz", f"program='{program}'")
    for place in ("/usr/bin/python3", "/usr/local/bin/python3", "/usr/libexec/"):
        text = text.replace(place, f"{tmp_path}{place}")
    (folder / "acr-diagnose").write_text(text)
    (folder / "acr-diagnose").chmod(0o755)
    return folder


def here(bin_: Path) -> str:
    return f"{bin_}:{os.environ['PATH']}"


# -- completions ------------------------------------------------------------------------------

ASKED = [
    (["ru"], ["run"]),
    (["k8s", ""], ["manifest", "run"]),
    (["run", "-o", "j"], ["json", "junit"]),
    (["run", "contoso.azurecr.io/app:v1", "--no"], ["--no-arm", "--no-color", "--no-pull"]),
]


@pytest.mark.parametrize(("words", "offered"), ASKED, ids=" ".join)
def test_bash_offers(words: list[str], offered: list[str], bin_: Path) -> None:
    source = str(COMPLETIONS / "acr-diagnose.bash")
    script = of_bash("acr-diagnose", *words, source=source)
    done = run(["bash", "--norc", "-c", script], here(bin_))
    first, *rest = done.stdout.splitlines()

    assert first == "complete -o default -F _acr_diagnose acr-diagnose"
    assert (sorted(rest), done.stderr) == (offered, "")


def test_bash_splits_at_a_colon_and_is_understood(bin_: Path) -> None:
    """COMP_WORDBREAKS has the colon, so that a tag is two more words for bash."""
    words = ["acr-diagnose", "run", "contoso.azurecr.io/app", ":", "v1", "--no-c"]
    script = of_bash(*words, source=str(COMPLETIONS / "acr-diagnose.bash"))

    done = run(["bash", "--norc", "-c", script], here(bin_))

    assert done.stdout.splitlines()[1:] == ["--no-color"]


@pytest.mark.parametrize(("words", "offered"), ASKED, ids=" ".join)
def test_fish_offers(words: list[str], offered: list[str], bin_: Path) -> None:
    line = shlex.quote(" ".join(["acr-diagnose", *words]))
    source = COMPLETIONS / "acr-diagnose.fish"
    done = run(
        ["fish", "--no-config", "-c", f"source {source}; complete --do-complete {line}"],
        here(bin_),
    )
    found = [row.partition("\t") for row in done.stdout.splitlines()]

    assert (sorted(word for word, _, _ in found), done.stderr) == (offered, "")
    assert all(why for _, _, why in found) is (words[-2:] != ["-o", "j"])


@pytest.mark.parametrize(("words", "offered"), ASKED, ids=" ".join)
def test_zsh_offers(words: list[str], offered: list[str], bin_: Path) -> None:
    """As zsh calls it: the file is the body of a function; _describe shows what it is given."""
    typed = " ".join(shlex.quote(word) for word in ["acr-diagnose", *words])
    script = f"""
    fpath=({bin_} $fpath); autoload -U _acr-diagnose
    _describe() {{ print -rl -- "${{(@P)2}}" }}; _files() {{ print files }}
    words=({typed}); CURRENT=$#words; _acr-diagnose
    """
    shutil.copy(COMPLETIONS / "acr-diagnose.zsh", bin_ / "_acr-diagnose")
    done = run(["zsh", "-f", "-c", script], here(bin_))
    found = sorted(row.partition(":")[0] for row in done.stdout.splitlines())

    assert (found, done.stderr) == (offered, "")


def test_where_nothing_is_offered_files_are(bin_: Path) -> None:
    script = of_bash("acr-diagnose", "run", "cont", source=str(COMPLETIONS / "acr-diagnose.bash"))
    bash = run(["bash", "--norc", "-c", f"{script} ${{#COMPREPLY[@]}}"], here(bin_))
    ask = "complete --do-complete 'acr-diagnose run pyproj'"
    source = f"source {COMPLETIONS / 'acr-diagnose.fish'}"
    fish = run(["fish", "--no-config", "-c", f"{source}; {ask}"], here(bin_))

    assert bash.stdout.splitlines()[1:] == ["0"]
    assert fish.stdout == "pyproject.toml\n"


def test_a_shell_shows_nothing_where_the_program_cannot_run(bin_: Path) -> None:
    """No traceback and no sentence amid what one types."""
    (bin_ / "acr-diagnose").write_text("#!/bin/sh\necho broken >&2\nexit 5\n")
    script = of_bash("acr-diagnose", "ru", source=str(COMPLETIONS / "acr-diagnose.bash"))

    done = run(["bash", "--norc", "-c", script], here(bin_))

    assert (done.stdout.splitlines()[1:], done.stderr) == ([""], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_can_read_its_own(shell: str) -> None:
    done = run([shell, "-n", str(COMPLETIONS / f"acr-diagnose.{shell}")], os.environ["PATH"])

    assert (done.returncode, done.stderr) == (0, "")


def test_bash_of_a_machine_with_the_package_completes(
    dist: Path, healthy: Machine, new_root: New
) -> None:
    root = new_root("bookworm", healthy)
    Deb(dist).install(root)
    done = root.run(["bash", "-c", of_bash("acr-diagnose", "ru", source=INSTALLED)])

    assert done.stdout.splitlines()[1:] == ["run"], done


# -- the launcher -----------------------------------------------------------------------------


def python(folder: Path, name: str, version: str) -> None:
    """Put a stand-in there that is of this version, and says what it was started with."""
    folder.mkdir(parents=True, exist_ok=True)
    new = tuple(map(int, version.split("."))) >= (3, 10)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\ncase "$*" in *version_info*) exit {0 if new else 1};; esac\n'
        f'echo {version} "$@"\nexit 3\n'
    )
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"python3": "3.11", "python3.13": "3.13"}, "3.11"),  # the system's own, if it will do
        ({"python3": "3.9", "python3.11": "3.11"}, "3.11"),
        ({"python3": "3.9", "python3.10": "3.10", "python3.12": "3.12"}, "3.12"),
        ({"python3.14": "3.14"}, "3.14"),
        ({"python3": "4.0"}, "4.0"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, dict) else one,
)
def test_the_first_python_that_is_new_enough_runs_it(
    there: dict[str, str], chosen: str, bin_: Path, dist: Path
) -> None:
    for name, version in there.items():
        python(bin_, name, version)
    done = run([str(bin_ / "acr-diagnose"), "run", "a b"], str(bin_))

    assert done.stdout == f"{chosen} -I {the(dist, 'acr-diagnose.pyz')} run a b\n"
    assert done.returncode == 3, "the program's own code"


@pytest.mark.parametrize("place", ["usr/bin/python3", "usr/libexec/platform-python"])
def test_a_python_that_path_does_not_show_is_found(place: str, bin_: Path, tmp_path: Path) -> None:
    path = tmp_path / place
    python(path.parent, path.name, "3.12")

    assert run([str(bin_ / "acr-diagnose")], str(bin_)).stdout.startswith("3.12 -I ")


def test_without_one_it_says_what_it_needs(bin_: Path) -> None:
    python(bin_, "python3", "3.9")
    done = run([str(bin_ / "acr-diagnose"), "run", "contoso"], str(bin_))

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "needs Python 3.10 or newer" in done.stderr


def test_without_the_program_it_says_so(bin_: Path) -> None:
    launcher = bin_ / "acr-diagnose"
    launcher.write_text(LAUNCHER.read_text().replace("/opt/", f"{bin_}/"))
    done = run([str(launcher)], os.environ["PATH"])

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
    assert "cannot be read" in done.stderr


def test_no_variable_decides_what_runs(bin_: Path, tmp_path: Path) -> None:
    """Near-miss: the same variables do reach a Python that is not isolated."""
    (tmp_path / "sitecustomize.py").write_text("print('taken over')\n")
    names = ("PYTHONPATH", "PYTHON", "ACR_DIAGNOSE_PYTHON", "ACR_DIAGNOSE")
    environ = dict.fromkeys(names, str(tmp_path))
    program = (bin_ / "acr-diagnose").read_text().partition("program='")[2].partition("'")[0]

    bare = run(["python3", program, "causes"], os.environ["PATH"], **environ)
    done = run([str(bin_ / "acr-diagnose"), "causes"], os.environ["PATH"], **environ)

    assert "taken over" in bare.stdout
    assert "taken over" not in done.stdout
    assert "subnet-not-allowed" in done.stdout


@pytest.mark.parametrize(
    "script",
    [
        "launcher/acr-diagnose",
        "completions/acr-diagnose.bash",
        "deb/postinst",
        "deb/prerm",
        "deb/postrm",
    ],
)
def test_what_sh_reads_is_sound(script: str) -> None:
    done = run(["shellcheck", str(ROOT / "packaging" / script)], os.environ["PATH"])

    assert (done.returncode, done.stdout) == (0, "")
