"""Packages built from a copy of the tree, where one thing may differ: the version, a file."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EPOCH = 1_700_000_000  # some moment: a copy has no commits to ask for one
OLD = "0.0.9"
# What an older program says, whatever it is asked.
OLD_PROGRAM = "import sys\nsys.exit('the older program')\n"


class Copy:
    """A copy of all that the packages are made of; its scripts read its own files."""

    def __init__(self, folder: Path, pyz: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        for name in ("packaging", "LICENSE", "diagnose/__init__.py"):
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, copy_function=shutil.copy)  # with today's times
            else:
                shutil.copy(source, target)
        (folder / ".build").symlink_to(ROOT / ".build")  # the wheels, where the licences are
        self.out.mkdir()
        shutil.copy(pyz, self.out / "acr-diagnose.pyz")

    def change(self, name: str, old: str, new: str) -> None:
        """Change a word of a file, which has to be there."""
        path = self.folder / name
        text = path.read_text()
        assert old in text, f"{name} has no {old}"
        path.write_text(text.replace(old, new))

    def built(self, kind: str, **environ: str) -> Path:
        """Build the ``deb`` or the ``rpm`` and give where it is."""
        script = self.folder / "packaging" / "build" / f"{kind}.py"
        moment = {"SOURCE_DATE_EPOCH": str(EPOCH)}
        subprocess.run(
            [sys.executable, str(script), str(self.out)],
            env={**os.environ, **moment, **environ},
            check=True,
            capture_output=True,
            timeout=120,
        )
        (made,) = self.out.glob(f"*.{kind}")
        return made


def older(folder: Path, kind: str, version: str) -> Path:
    """Build version 0.0.9, whose program and whose settings are not today's."""
    program = folder / "old.pyz"
    with zipfile.ZipFile(program, "w") as archive:
        archive.writestr("__main__.py", OLD_PROGRAM)
    tree = Copy(folder / "old", program)
    tree.change("diagnose/__init__.py", version, OLD)
    tree.change("packaging/systemd/acr-diagnose.env", "OPTIONS=\n", "OPTIONS=--no-arm\n")
    return tree.built(kind)
