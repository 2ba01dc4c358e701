"""Compiles an archive's modules: ``pythonX.Y compiled.py ARCHIVE > code``, for that Python.

Its own Python runs it, so it imports nothing but the standard library. `packaging/pyz` says what
the form is, and reads it. The docstrings of other people's packages are left out, as nothing prints
them; ours are help texts and pages. No columns of instructions are kept, which are a quarter of it.
"""

import ast
import marshal
import sys
import zipfile
import zlib
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from types import CodeType

OWN = ("checks", "diagnose")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def packed(archive: zipfile.ZipFile) -> bytes:
    """Give what `acr_diagnose_start.py` reads."""
    packages: dict[str, dict[str, bytes]] = {}
    for name, path in sorted(_modules(archive.namelist())):
        code = marshal.dumps(_compiled(archive.read(path), name, path))
        packages.setdefault(name.rpartition(".")[0], {})[name] = code
    index: dict[str, tuple[int, int]] = {}
    data = b""
    for package, codes in sorted(packages.items()):
        chunk = zlib.compress(marshal.dumps(codes), 9)
        index[package] = len(data), len(chunk)
        data += chunk
    head = marshal.dumps(index)
    return MAGIC_NUMBER + len(head).to_bytes(4, "little") + head + data


def _modules(paths: list[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        stem, dot, kind = path.rpartition(".")
        parts = stem.split("/")
        if dot and kind == "py" and all(part.isidentifier() for part in parts):
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _compiled(text: bytes, name: str, path: str) -> CodeType:
    tree = ast.parse(text, path)
    if name.partition(".")[0] not in OWN:
        for node in ast.walk(tree):
            if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    # The path is a name in tracebacks; the archive's own place is not known before it runs.
    return compile(tree, f"acr-diagnose.pyz/{path}", "exec", dont_inherit=True, optimize=0)


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as opened:
        sys.stdout.buffer.write(packed(opened))
