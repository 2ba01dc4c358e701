"""Starts the program inside acr-diagnose.pyz; nothing is ever unpacked to a disk.

The modules stand in the archive as text, where `inspect`, tracebacks, `importlib.resources` and
`importlib.metadata` find them. Beside the text there is one file for each CPython that the building
machine had, ``code/cpython-311`` and so on, with what that Python makes of the text. A Python
without such a file, or of another magic number, compiles the text each time.

That file: the magic number (4 bytes), the index's length (4 bytes, little-endian), the index, which
is {package: (offset, length)} as marshal has it, and the packages, each {module: marshalled code}
in marshal and zlib. A package itself stands in the one above it. `packaging/build/compiled.py`
writes it.
"""

import marshal
import sys
import zlib
from importlib.util import MAGIC_NUMBER
from types import CodeType
from zipimport import ZipImportError, zipimporter

ARCHIVE = str(__spec__.loader.archive)  # type: ignore[union-attr]  # it was imported from a zip
_HEAD = 8  # bytes
# What a Python may come without: built without OpenSSL, or Debian's python3-minimal.
_SPLIT_OFF = ("_ssl", "json", "multiprocessing")
_FAILED = 5


class _Code:
    """What one Python made of the modules; without a file for it, nothing."""

    def __init__(self) -> None:
        self.data, self.index, self.base = b"", {}, 0
        self.opened: dict[str, dict[str, bytes]] = {}
        try:
            tag = sys.implementation.cache_tag
            data = zipimporter(ARCHIVE).get_data(f"{ARCHIVE}/code/{tag}")
        except OSError:
            return
        if data[:4] == MAGIC_NUMBER:
            self.base = _HEAD + int.from_bytes(data[4:_HEAD], "little")
            self.data, self.index = data, marshal.loads(data[_HEAD : self.base])

    def of(self, name: str) -> CodeType | None:
        package = name.rpartition(".")[0]
        if package not in self.opened:
            if package not in self.index:
                return None
            offset, length = self.index[package]
            start = self.base + offset
            chunk = zlib.decompress(self.data[start : start + length])
            self.opened[package] = marshal.loads(chunk)
        found = self.opened[package].pop(name, None)  # a module is loaded once
        return None if found is None else marshal.loads(found)


class Importer(zipimporter):
    """Python's own importer from zips, but for where the code comes from."""

    code: _Code

    def get_code(self, fullname: str) -> CodeType:
        return self.code.of(fullname) or super().get_code(fullname)

    def get_filename(self, fullname: str) -> str:
        """Name the text; zipimport compiles it to answer this, each time that a module is found."""
        stem = f"{self.archive}/{self.prefix}{fullname.rpartition('.')[2]}"
        return f"{stem}/__init__.py" if self.is_package(fullname) else f"{stem}.py"


def _hook(path: str) -> Importer:
    if f"{path}/".startswith(f"{ARCHIVE}/"):
        return Importer(path)
    raise ZipImportError(path)


def install() -> None:
    """Make what is imported from now on come from the compiled code, where there is some."""
    Importer.code = _Code()
    sys.path_hooks.insert(0, _hook)
    for path in [one for one in sys.path_importer_cache if one.startswith(ARCHIVE)]:
        del sys.path_importer_cache[path]


def _missing() -> str:
    """Name a part of Python itself that is not installed here."""
    from importlib.util import find_spec

    return next((name for name in _SPLIT_OFF if find_spec(name) is None), "")


if __name__ == "__main__":
    lacking = _missing()
    if lacking:
        sys.stderr.write(
            f"acr-diagnose: needs all of Python's own modules; {sys.executable} has no "
            f"{lacking.strip('_')} (on Debian and Ubuntu: apt-get install python3)\n"
        )
        sys.exit(_FAILED)
    install()
    sys.argv[0] = "acr-diagnose"

    from diagnose.__main__ import main

    main()
elif __name__ == "__mp_main__":  # a process of our own that judges bundles
    install()
