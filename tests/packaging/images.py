"""The image and others that are made of it, by the scripts that build it; no engine takes part."""

import importlib
import subprocess
import sys
import tarfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.e2e.namespace import ROOT

SCRIPTS = ROOT / "packaging" / "build"
TIME = "2020-01-01T00:00:00Z"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
# What a base has that was made for nothing but Python: none of these.
SHELLS = ("bash", "dash", "env", "rbash", "sh", "sleep", "true")


def script(name: str) -> Any:
    """Give a module of packaging/build, which is a folder of scripts and no package."""
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    return importlib.import_module(name)


def run(name: str, *words: object, **environ: str) -> None:
    """Run a script as make does; ``environ`` is added to this process's."""
    whole = {**script("release").environment(), **environ}
    command = [sys.executable, str(SCRIPTS / f"{name}.py"), *map(str, words)]
    done = subprocess.run(
        command, env=whole, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise OSError(f"{name}.py: {done.stdout}{done.stderr}")


def trusting(image: Any, bundle: bytes) -> Any:
    """Give the image of a company that has an authority of its own."""
    return image.plus(_layer({BUNDLE: bundle}), created=TIME, by="authorities").named(image.name)


def without_shell(image: Any) -> Any:
    """Give the image without a shell, and without what containers are mostly kept alive by.

    A layer takes a file away by one beside it whose name begins with .wh.
    (https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts).
    """
    gone = _layer({f"usr/bin/.wh.{name}": b"" for name in SHELLS})
    return image.plus(gone, created=TIME, by="no shell").named(image.name)


def _layer(files: dict[str, bytes]) -> bytes:
    release = script("release")
    rows = [release.Entry(path=path, data=data) for path, data in files.items()]
    made: bytes = release.tar(release.with_folders(rows))
    return made


def read(place: Path) -> Any:
    return script("archive").read(place)


def rows(layer: bytes) -> list[tuple[object, ...]]:
    """Give what a layer says of each file: what engines agree on."""
    with tarfile.open(fileobj=BytesIO(layer)) as opened:
        return [
            (
                row.name,
                row.type,
                row.mode & 0o7777,  # docker's has the file's type in it too
                row.uid,
                row.gid,
                row.mtime,
                row.isreg() and opened.extractfile(row).read(),  # type: ignore[union-attr]
            )
            for row in opened
        ]


def moment(image: Any) -> str:
    """Give the moment of the artefact, whatever was committed since."""
    created = datetime.fromisoformat(image.config["created"].replace("Z", "+00:00"))
    return str(int(created.timestamp()))
