"""The RPM: ``rpm.py OUT`` puts OUT/acr-diagnose.pyz into one, by rpmbuild.

rpmbuild is told the moment and the host's name and leaves the files as they are, so the same tree
gives the same bytes with the same rpmbuild.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import changes
import licences
from contents import ABOUT, SUMMARY, archive, contents
from release import NAME, ROOT, Entry, environment, epoch, out, version, write

SPEC = ROOT / "packaging" / "rpm" / f"{NAME}.spec"
_MACROS = {
    "use_source_date_epoch_as_buildtime": "1",
    "clamp_mtime_to_source_date_epoch": "1",
    "source_date_epoch_from_changelog": "0",
    "_buildhost": "localhost",
    "_binary_payload": "w6.xzdio",  # what every rpm reads that understands our Requires
    "_build_name_fmt": "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
    "__os_install_post": "%{nil}",  # what distributions do to files: strip, compress, byte-compile
    "optflags": "%{nil}",
    "debug_package": "%{nil}",
}


def main() -> None:
    write(out() / f"{NAME}-{version()}-1.noarch.rpm", package())


def package() -> bytes:
    """Give the package; ends the program with what rpmbuild says, if it fails."""
    found = licences.parts(archive())
    files = (
        *contents(zsh="site-functions"),
        Entry(path=f"usr/share/doc/{NAME}/CHANGELOG.md", data=changes.FILE.read_bytes()),
        Entry(path=f"usr/share/licenses/{NAME}/LICENCES.txt", data=licences.plain(found).encode()),
    )
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        _unpack(files, top / "tree")
        spec = top / f"{NAME}.spec"
        spec.write_text(_spec(top / "tree", licences.expression(found)), encoding="utf-8")
        _built(spec, {**_MACROS, "_topdir": folder, "_rpmdir": f"{folder}/out"})
        (made,) = (top / "out").glob("*.rpm")
        return made.read_bytes()


def _unpack(files: Iterable[Entry], tree: Path) -> None:
    for entry in files:
        path = tree / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(entry.data)
        path.chmod(entry.mode)
    for path in (tree, *tree.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (epoch(), epoch()))


def _spec(tree: Path, licence: str) -> str:
    text = SPEC.read_text(encoding="utf-8")
    words = {
        "NAME": NAME,
        "VERSION": version(),
        "SUMMARY": SUMMARY[0].upper() + SUMMARY[1:],
        "LICENCE": licence,
        "ABOUT": ABOUT.strip(),
        "TREE": str(tree),
        "MAINTAINER": changes.MAINTAINER,
        "CHANGELOG": changes.rpm(),
    }
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text


def _built(spec: Path, macros: dict[str, str]) -> None:
    defined = [word for name, value in macros.items() for word in ("--define", f"{name} {value}")]
    try:
        done = subprocess.run(
            ["rpmbuild", "-bb", "--quiet", "--target", "noarch-linux", *defined, str(spec)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise SystemExit("rpmbuild is not here; Debian has it in the package rpm") from None
    if done.returncode:
        raise SystemExit(f"rpmbuild fails:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
