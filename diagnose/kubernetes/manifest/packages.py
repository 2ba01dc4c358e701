"""The program and what it stands on, as files, from what is installed here.

Only Python's own text goes along: it runs on any architecture and any Python that the packages
allow. What was compiled is left out, which is fine where the same module is there as text.
"""

from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Protocol

OWN = ("checks", "diagnose")
# Everything that `k8s node` may import; a test holds it against what acr-diagnose depends on.
NODE_SET = (
    "annotated-doc",
    "azure-core",
    "azure-mgmt-containerregistry",
    "azure-mgmt-core",
    "certifi",
    "charset-normalizer",
    "dnspython",
    "docker",
    "h2",
    "hpack",
    "hyperframe",
    "idna",
    "isodate",
    "requests",
    "shellingham",
    "typer",
    "typing-extensions",
    "urllib3",
)
_WITH_SOME_TYPERS = "click"  # others bring their own copy
LEFT_OUT = {
    "markdown-it-py": "rich alone needs it",
    "mdurl": "rich alone needs it",
    "prometheus-client": "the agent's metrics; these pods are no agents",
    "pygments": "rich alone needs it, and it is as large as all the others",
    "rich": "typer colours its help with it where it is there",
}
_WANTED = {".py", ".md", ".css", ".js", ".json", ".pem", ".dat"}
_COMPILED = {".so", ".pyd"}
# Folders that no run on a node comes to: asynchronous twins, and the simulated Azure.
_PASSED_OVER = (("azure", "mgmt", "containerregistry", "aio"), ("diagnose", "lab"))


class Entry(Protocol):
    """A file or a folder, be it on a disk or in a zip: what Python calls a Traversable."""

    @property
    def name(self) -> str: ...
    def is_dir(self) -> bool: ...
    def iterdir(self) -> "Iterable[Entry]": ...
    def read_bytes(self) -> bytes: ...


class NotInstalledError(Exception):
    """A package is not there, or not as text; the text is for the person."""


def everything() -> dict[str, bytes]:
    """Give each file by its path below one folder, in order; raise `NotInstalledError`."""
    found = dict(_own())
    for name in (*NODE_SET, *_also()):
        found.update(_installed(name))
    return dict(sorted(found.items()))


def _also() -> Iterator[str]:
    """Name what depends on the version of a package, and may be here for another one's sake."""
    needed = metadata.distribution("typer").requires or ()
    if any(row.startswith(_WITH_SOME_TYPERS) for row in needed):
        yield _WITH_SOME_TYPERS


def _own() -> Iterator[tuple[str, bytes]]:
    for package in OWN:
        yield from _walked(files(package), PurePosixPath(package))


def _walked(folder: Entry, at: PurePosixPath) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        place = at / entry.name
        if entry.is_dir():
            yield from _walked(entry, place)
        elif _goes_along(place):
            yield str(place), entry.read_bytes()


def _installed(name: str) -> Iterator[tuple[str, bytes]]:
    try:
        told = metadata.distribution(name).files or ()
    except metadata.PackageNotFoundError:
        raise NotInstalledError(f"{name} is not installed") from None
    texts = {path.parent / path.stem for path in told if path.suffix == ".py"}
    for path in told:
        if path.suffix in _COMPILED and path.parent / path.name.partition(".")[0] not in texts:
            raise NotInstalledError(
                f"{name} is compiled here ({path}), which fits one kind of node"
            )
        if _goes_along(path):
            yield str(path), path.read_binary()


def _goes_along(path: PurePosixPath) -> bool:
    inside = path.suffix in _WANTED and ".." not in path.parts and "__pycache__" not in path.parts
    return inside and not any(path.parts[: len(one)] == one for one in _PASSED_OVER)
