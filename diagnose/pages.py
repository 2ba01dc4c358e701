"""The catalogue as text: lists of causes and checks, and the page of each.

Read from ``catalogue.json`` and from the texts of the modules. None of them is imported: that would
take three times as long, and who looks a word up has asked for nothing else. The test of this
module writes the file, and holds it to the rows themselves.
"""

import ast
import inspect
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_FILE = "catalogue.json"


def causes() -> str:
    return _listed("causes")


def checks() -> str:
    return _listed("checks")


def page(name: str) -> str:
    """Give the page of a cause or check; an empty string for an id that is neither."""
    rows = _catalogue()
    row = next((row for row in (*rows["causes"], *rows["checks"]) if row["id"] == name), None)
    if row is None:
        return ""
    package, *path = row["module"].split(".")
    text = ast.get_docstring(ast.parse(_read(package, *path[:-1], f"{path[-1]}.py")), clean=False)
    return f"{name}\n\n{inspect.cleandoc(text or '')}\n"


def _listed(kind: str) -> str:
    rows = _catalogue()[kind]
    width = max(len(row["id"]) for row in rows)
    return "".join(f"{row['id']:<{width}}  {row['title']}\n" for row in rows)


def _catalogue() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = json.loads(_read("diagnose", _FILE))
    return rows


def _read(package: str, *path: str) -> bytes:
    """Give a package's file, in a folder or in a zip, and import nothing for it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{package} is not to be found")
    loader: Any = spec.loader
    data: bytes = loader.get_data(str(Path(spec.origin).parent.joinpath(*path)))
    return data
