"""No module leads back to itself, also not by an import inside a function."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def imported(path: Path, package: str) -> set[str]:
    """Give the modules of ``package`` that a file imports, at its top or deeper down."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
            base = node.module or ""
            found |= {f"{package}.{a.name}" for a in node.names} if base == package else {base}
    return found


@pytest.mark.parametrize("package", ["diagnose.live", "checks"])
def test_imports_run_one_way(package: str) -> None:
    folder = ROOT.joinpath(*package.split("."))
    graph = {
        f"{package}.{path.stem}": imported(path, package) - {f"{package}.{path.stem}"}
        for path in folder.glob("*.py")
        if path.stem != "__init__"
    }

    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
