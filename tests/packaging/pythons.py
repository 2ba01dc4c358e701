"""The Pythons that this machine has, new and old."""

import os
import subprocess
from pathlib import Path

NEW = ("3.10", "3.11", "3.12", "3.13")
OLD = ("2.7", "3.6", "3.7", "3.8", "3.9")


def found(versions: tuple[str, ...]) -> dict[str, str]:
    """Give the path of each by its version; one on PATH goes before one of pyenv."""
    paths = {version: _path(version) for version in versions}
    return {version: path for version, path in paths.items() if path}


def _path(version: str) -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    named = [f"{folder}/python{version}" for folder in folders]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    named += map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")))
    return next((path for path in named if _runs(path, version)), "")


def _runs(path: str, version: str) -> bool:
    """Tell whether it is that Python; pyenv puts scripts on PATH that may lead to none."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == version
