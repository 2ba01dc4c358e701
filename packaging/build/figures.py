"""Measures each form beside azure-cli, in one run, into packaging/FIGURES.md: ``figures.py DIST``.

Size is what the files take up on the disk when installed. Start-up is the wall time of ``--help``,
the median of ten starts after two that count for nothing; the forms take turns, so that what else
the machine does meets all of them. All run on the interpreter of azure-cli's environment, without
what this machine has installed beside it, which would cost each start, and without a network.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import lock
import release

FIGURES = release.ROOT / "packaging" / "FIGURES.md"
AZ = release.ROOT / ".build" / "azure-cli"
LAUNCHED = "program=/opt/acr-diagnose/acr-diagnose.pyz"
WARMING, STARTS = 2, 10
GOALS = {"size": 50, "start-up": 5}  # azure-cli's, divided by this, is the most that ours may be
ALONE = "ACR_DIAGNOSE_FIGURES_ALONE"  # set in the process that has no network


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``files`` are what is installed, ``words`` what starts it and asks for its help."""

    name: str
    files: tuple[Path, ...]
    words: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(path.lstat().st_blocks * 512 for path in self.files)  # POSIX: st_blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; ``start`` is in seconds."""

    name: str
    size: int
    count: int
    start: float


def main() -> None:
    without_a_network()
    if not (AZ / "bin" / "az").exists():
        raise SystemExit(f"needs azure-cli: make {AZ.relative_to(release.ROOT)}/bin/az")
    dist = release.out()
    with tempfile.TemporaryDirectory(prefix="acr-figures-") as made:
        folder = Path(made)
        bare = folder / "bare"
        run([str((AZ / "bin" / "python").resolve()), "-m", "venv", "--without-pip", str(bare)])
        python = str(bare / "bin" / "python3")
        told = page(rows(tuple(forms(dist, python, folder)), bare / "bin"), python)
    release.write(FIGURES, told.encode())
    sys.stdout.write(told)


def without_a_network() -> None:
    """Go on in a network namespace with nothing in it, where that is allowed."""
    if os.geteuid() == 0 and shutil.which("unshare") and ALONE not in os.environ:
        words = ["unshare", "--net", "--", sys.executable, *sys.argv]
        os.execvpe(words[0], words, {**os.environ, ALONE: "1"})  # noqa: S606 no shell is wanted


def forms(dist: Path, python: str, folder: Path) -> Iterator[Form]:
    """Install each form below the folder; azure-cli comes first."""
    az = (str(AZ / "bin" / "az"), "acr", "check-health", "--help")
    yield Form(name="azure-cli", files=below(AZ), words=az)
    pyz = the(dist, "acr-diagnose.pyz")
    yield Form(name="`.pyz`", files=(pyz,), words=(python, "-I", str(pyz), "--help"))
    for name, pattern, unpack in (
        ("`.deb`", "*_all.deb", 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2"'),
        ("`.rpm`", "*.noarch.rpm", 'rpm2archive - < "$1" | tar -xz -C "$2"'),
    ):
        place = folder / pattern.rpartition(".")[2]
        place.mkdir()
        run(["sh", "-ec", unpack, "unpack", str(the(dist, pattern)), str(place)])
        yield Form(name=name, files=below(place), words=(launcher(place, folder), "--help"))
    wheel, place = the(dist, "acr_diagnose-*.whl"), folder / "venv"
    run([str(Path(python).resolve()), "-m", "venv", str(place)])
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-index"]
    run([*pip, f"--find-links={lock.WHEELS}", str(wheel)])
    words = (str(place / "bin" / "acr-diagnose"), "--help")
    yield Form(name="wheel, in an environment of its own", files=below(place), words=words)


def the(dist: Path, pattern: str) -> Path:
    found = sorted(dist.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{dist} has {len(found)} files like {pattern}: make artefacts")
    return found[0]


def below(folder: Path) -> tuple[Path, ...]:
    return tuple(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def launcher(place: Path, folder: Path) -> str:
    """Give a copy of the package's launcher that looks for the program where it was unpacked."""
    text = (place / "usr" / "bin" / "acr-diagnose").read_text()
    if LAUNCHED not in text:
        raise SystemExit(f"the launcher does not say {LAUNCHED}")
    copy = folder / f"launcher-{place.name}"
    path, _, program = LAUNCHED.partition("=")
    copy.write_text(text.replace(LAUNCHED, f"{path}={place}{program}"))
    copy.chmod(0o755)
    return str(copy)


def rows(every: tuple[Form, ...], pythons: Path) -> list[Row]:
    """Start the forms in turns; the launcher finds the Python in that folder first."""
    environ = {"PATH": f"{pythons}:{os.environ['PATH']}", "HOME": str(pythons), "LANG": "C.UTF-8"}
    environ |= {"AZURE_CORE_COLLECT_TELEMETRY": "no", "AZURE_CORE_CHECK_FOR_UPDATES": "no"}
    taken: dict[str, list[float]] = {form.name: [] for form in every}
    for turn in range(WARMING + STARTS):
        for form in every:
            began = time.perf_counter()
            run(list(form.words), environ)
            if turn >= WARMING:
                taken[form.name].append(time.perf_counter() - began)
    return [
        Row(
            name=form.name,
            size=form.size,
            count=len(form.files),
            start=statistics.median(taken[form.name]),
        )
        for form in every
    ]


def run(words: list[str], environ: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        words, env=environ, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def page(rows: list[Row], python: str) -> str:
    az, *ours = rows
    told = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout
    today = datetime.now(timezone.utc).date()
    lines = [
        "# Figures",
        "",
        "Size on disk and start-up of each form beside azure-cli's, measured in one run by `make",
        "figures` (`packaging/build/figures.py`, which says how). azure-cli is an environment of",
        "its own with nothing else in it, and is started as `az acr check-health --help`; ours as",
        "`acr-diagnose --help`. The container image starts the `.pyz`.",
        "",
        f"{today}, {os.cpu_count()} CPUs, {platform.machine()}, {told.strip()}.",
        "",
        "| form | size | files | to azure-cli | start-up | to azure-cli |",
        "|---|---|---|---|---|---|",
        f"| {az.name} | {az.size / 1e6:.0f} MB | {az.count:,} | | {az.start:.2f} s | |",
    ]
    lines += [
        f"| {row.name} | {row.size / 1e6:.1f} MB | {row.count:,} | 1/{az.size / row.size:.0f}"
        f" | {row.start:.2f} s | 1/{az.start / row.start:.1f} |"
        for row in ours
    ]
    lines += [""]
    for what, measures in (
        ("size", {row.name: az.size / row.size for row in ours}),
        ("start-up", {row.name: az.start / row.start for row in ours}),
    ):
        lines.append(goal(what, measures))
    return "\n".join(lines) + "\n"


def goal(what: str, measures: dict[str, float]) -> str:
    """Say which forms meet a goal and which miss it, by how often azure-cli's is theirs."""
    least = GOALS[what]
    met = [name for name, times in measures.items() if times >= least]
    missed = [name for name in measures if name not in met]
    told = [f"met by {', '.join(met)}"] if met else []
    told += [f"missed by {', '.join(missed)}"] if missed else []
    return f"- Goal, at most 1/{least} of azure-cli's {what}: {'; '.join(told)}."


if __name__ == "__main__":
    main()
