"""packaging/release, in a scratch repository whose tests and builds are stubs that obey a file."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CI = "#!/bin/sh\n! grep -q ci-fails .orders 2>/dev/null\n"
# What `make artefacts` is to leave behind, as far as the checklist looks at it.
BUILD = """\
mkdir -p "$1/azure" && echo wheel > "$1/a.whl" && echo role > "$1/azure/role.json"
grep -q differs .orders 2>/dev/null && echo "$1" > "$1/a.whl"
(cd "$1" && find . -type f ! -name SHA256SUMS | sed 's|^./||' | sort | xargs sha256sum > SHA256SUMS)
grep -q unlisted .orders 2>/dev/null && echo more > "$1/azure/more.json"
grep -q tampered .orders 2>/dev/null && echo other > "$1/a.whl"
commit=$(git rev-parse HEAD)
grep -q elsewhere .orders 2>/dev/null && commit=0000
echo "{\\"commit\\": \\"$commit\\"}" > "$1/provenance.json"
grep -q writes .orders 2>/dev/null && echo more >> packaging/CHANGELOG.md
! grep -q build-fails .orders 2>/dev/null
"""
MAKEFILE = """\
artefacts:
	@sh build.sh $(DIST)
audit:
	@! grep -q weak .orders 2>/dev/null
"""
LOG = "# Changelog\n\n## {heading}\n\n- A line.\n\n## 0.9.0 (2026-01-01)\n"


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        (folder / ".ci").mkdir()
        (folder / "packaging").mkdir()
        (folder / "diagnose").mkdir()
        shutil.copy(ROOT / "packaging" / "release", folder / "packaging")
        self.write(".ci/run", CI, 0o755)
        self.write("build.sh", BUILD)
        self.write("Makefile", MAKEFILE)
        self.write(".gitignore", ".build/\n.orders\n")
        self.write("diagnose/__init__.py", '"""It."""\n\n__version__ = "1.0.0"\n')
        self.dated("1.0.0 (2026-12-01)")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(mode)

    def dated(self, heading: str) -> None:
        self.write("packaging/CHANGELOG.md", LOG.format(heading=heading))
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", heading)

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.strip()

    def environ(self) -> dict[str, str]:
        """Give an environment without the settings of whoever runs the tests."""
        who = {f"GIT_{one}_NAME": "a" for one in ("AUTHOR", "COMMITTER")}
        who |= {f"GIT_{one}_EMAIL": "a@b.invalid" for one in ("AUTHOR", "COMMITTER")}
        home = {"PATH": os.environ["PATH"], "HOME": str(self.folder.parent)}
        return {**home, **who, "GIT_CONFIG_NOSYSTEM": "1"}

    def release(self, *words: str, order: str = "") -> subprocess.CompletedProcess[str]:
        self.write(".orders", f"{order}\n")
        return subprocess.run(
            [str(self.folder / "packaging" / "release"), *words],
            cwd=self.folder.parent,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def tags(self) -> list[str]:
        return self.git("tag").split()


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return Checkout(folder)


def test_a_release_ends_with_a_tag_here_and_nothing_pushed(checkout: Checkout) -> None:
    origin = checkout.folder.parent / "origin.git"
    checkout.git("init", "-q", "--bare", str(origin))
    checkout.git("remote", "add", "origin", str(origin))
    done = checkout.release()

    assert done.returncode == 0, done.stderr
    assert checkout.tags == ["v1.0.0"]
    assert checkout.git("cat-file", "-t", "v1.0.0") == "tag"
    assert checkout.git("rev-parse", "v1.0.0^{commit}") == checkout.git("rev-parse", "HEAD")
    assert checkout.git("ls-remote", "origin") == ""
    built = checkout.folder / ".build" / "dist"
    assert hashlib.sha256((built / "a.whl").read_bytes()).hexdigest() in (
        built / "SHA256SUMS"
    ).read_text(encoding="utf-8")
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


def test_a_dry_run_makes_every_step_but_the_tag(checkout: Checkout) -> None:
    done = checkout.release("--dry-run")

    assert (done.returncode, checkout.tags) == (0, [])
    assert "all is ready for v1.0.0" in done.stdout
    assert (checkout.folder / ".build" / "dist" / "SHA256SUMS").exists()


@pytest.mark.parametrize("words", [(), ("--dry-run",)], ids=["release", "dry-run"])
@pytest.mark.parametrize(
    ("order", "told", "last"),
    [
        ("ci-fails", "a test fails", "3. every"),
        ("weak", "a known weakness", "4. no weakness"),
        ("build-fails", "cannot be built", "5. the artefacts"),
        ("differs", "two builds differ", "5. the artefacts"),
        ("tampered", "is not what SHA256SUMS says", "6. the sums"),
        ("unlisted", "azure/more.json", "6. the sums"),
        ("elsewhere", "does not name commit", "6. the sums"),
        ("writes", "is not clean any more", "7. nothing"),
    ],
)
def test_whatever_fails_ends_it_there(
    order: str, told: str, last: str, words: tuple[str, ...], checkout: Checkout
) -> None:
    done = checkout.release(*words, order=order)

    assert (done.returncode, checkout.tags) == (1, [])
    assert "not released: " in done.stderr
    assert told in done.stderr
    steps = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert steps[-1].startswith(last)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("1.0.0 (not released)", "has no date"),
        ("1.0.0 (2026-13-01)x", "has no date"),
        ("1.0.1 (2026-12-01)", "and the version is 1.0.0"),
        ("1.0.0", "and the version is 1.0.0"),
    ],
)
def test_the_changelog_has_a_dated_heading_of_this_version(
    heading: str, told: str, checkout: Checkout
) -> None:
    checkout.dated(heading)
    done = checkout.release()

    assert (done.returncode, checkout.tags) == (1, [])
    assert told in done.stderr


def test_what_is_not_committed_is_not_released(checkout: Checkout) -> None:
    checkout.write("new.txt", "x")
    done = checkout.release()

    assert (done.returncode, checkout.tags) == (1, [])
    assert "?? new.txt" in done.stderr


def test_a_release_is_never_made_again(checkout: Checkout) -> None:
    checkout.release()
    before = checkout.git("rev-parse", "v1.0.0")
    done = checkout.release()

    assert done.returncode == 1
    assert "v1.0.0 is there already" in done.stderr
    assert checkout.git("rev-parse", "v1.0.0") == before


def test_another_word_is_a_slip(checkout: Checkout) -> None:
    assert checkout.release("--push").returncode == 2
    assert checkout.tags == []


def test_it_reads_the_version_where_it_stands() -> None:
    """The pattern of the script finds what Python reads."""
    text = (ROOT / "packaging" / "release").read_text(encoding="utf-8")
    assert "s/^__version__" in text
    lines = (ROOT / "diagnose" / "__init__.py").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('__version__ = "') and line.endswith('"') for line in lines) == 1
