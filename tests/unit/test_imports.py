"""What each command loads: the packages that are not ours, by name, and no other.

A package that is loaded in vain is time that everybody waits for, and code that runs as root.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnose.bundle import archive, making
from tests.scenarios.recorded import told

ROOT = Path(__file__).resolve().parents[2]
# typer, with what it loads itself.
CLI = {"annotated_doc", "shellingham", "typer", "click", "typing_extensions"}
# What a run on the simulated Azure loads: requests, Azure's SDK and dnspython for the run, and
# cryptography for the servers' certificates.
RUN = {"azure", "certifi", "charset_normalizer", "idna", "isodate", "requests", "urllib3"}
LAB = {"_cffi_backend", "cryptography", "dns"}
COMMANDS = {
    "--help": CLI,
    "--version": CLI,
    "run --help": CLI,
    "k8s run --help": CLI,
    "causes": CLI,
    "causes -o json": CLI,
    "checks": CLI,
    "explain subnet-not-allowed": CLI,
    "explain --text words.txt": CLI,
    "plan contoso.azurecr.io/app:v1": CLI,
    "demo": CLI,
    "analyze bundle.tar.gz": CLI,
    "analyze bundles": CLI,
    "diff bundle.tar.gz bundle.tar.gz": CLI,
    "redact bundle.tar.gz other.tar.gz": CLI,
    "fleet bundles": CLI,
    "demo healthy": CLI | RUN | LAB,
}
LIVE = ROOT / "diagnose" / "live"
LARGE = ("azure", "cryptography", "dns", "docker", "requests", "urllib3")
LATE = {  # loaded when what is named here has been, under the lock, by who alone comes this way
    "dns_ask.py": "diagnose.live.dns_wire",
    "docker_client.py": "docker.utils",
    "docker_images.py": "docker.utils",
}
# It prints what is loaded when a command ends, less what the interpreter loads at its start.
PROGRAM = """
import contextlib, io, os, sys
before = set(sys.modules)
from diagnose import cli
quiet = io.TextIOWrapper(io.BytesIO())
with contextlib.redirect_stdout(quiet), contextlib.suppress(SystemExit):
    cli.main()
places = {
    name: getattr(sys.modules[name], "__file__", None) or "" for name in set(sys.modules) - before
}
foreign = [n for n, place in places.items() if "site-packages" in place or "dist-packages" in place]
print(*{name.partition(".")[0] for name in foreign})
"""


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the commands name."""
    folder = tmp_path_factory.mktemp("commands")
    one = told("a_sibling_subnet_is_allowed")
    blob = archive.pack(making.made(one.recording, one.result, lambda _: ("bundle",), None))
    (folder / "bundles").mkdir()
    for place in ("bundle.tar.gz", "bundles/one.tar.gz", "bundles/two.tar.gz"):
        (folder / place).write_bytes(blob)
    (folder / "words.txt").write_text("denied: client with IP '20.1.2.3' is not allowed access")
    return folder


def loaded(command: str, folder: Path) -> set[str]:
    """Run a command in a process of its own and give the packages that it loads."""
    words = [sys.executable, "-c", PROGRAM, *command.split()]
    environ = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        words, cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    assert "Traceback" not in done.stderr, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_what_it_uses_and_nothing_else(command: str, folder: Path) -> None:
    extra = loaded(command, folder) - COMMANDS[command]

    assert not extra, f"{command} loads {sorted(extra)}: import it where it is used"


def test_the_list_would_name_what_is_loaded(folder: Path) -> None:
    """What a run is known to load is seen, so that what is not seen is not loaded."""
    seen = loaded("demo healthy", folder)

    assert {"azure", "cryptography", "dns", "requests", "typer", "urllib3"} <= seen


def late(node: ast.AST, *, locked: bool = False, inside: bool = False) -> Iterator[ast.stmt]:
    """Give the imports of large libraries that a function makes without the lock."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        inside = True
    if isinstance(node, ast.With):
        locked = locked or any(ast.unparse(i.context_expr) == "loading.alone" for i in node.items)
    if isinstance(node, (ast.Import, ast.ImportFrom)) and inside and not locked:
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names if isinstance(node, ast.Import)]
        if any(name.partition(".")[0] in LARGE for name in names):
            yield node
    for child in ast.iter_child_nodes(node):
        yield from late(child, locked=locked, inside=inside)


@pytest.mark.parametrize("path", sorted(LIVE.rglob("*.py")), ids=lambda path: path.name)
def test_a_large_library_is_loaded_by_one_thread_at_a_time(path: Path) -> None:
    """Two threads that load parts of one package give each other modules that are half made."""
    found = [f"line {node.lineno}" for node in late(ast.parse(path.read_text()))]

    assert not found or path.name in LATE, f"{path.name}, {found}: with loading.alone"


def test_an_import_without_the_lock_would_be_found() -> None:
    told = "def f():\n  import dns.name\n  with loading.alone:\n    import requests\n"

    assert [node.lineno for node in late(ast.parse(told))] == [2]
