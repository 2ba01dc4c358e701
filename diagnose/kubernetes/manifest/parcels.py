"""The program as ConfigMaps: zips that are unpacked side by side in the pod; pure.

A ConfigMap holds 1,048,576 bytes (https://kubernetes.io/docs/concepts/configuration/configmap/),
but ``kubectl apply`` writes each object once more into an annotation, in base64, and annotations
end at 262,144 bytes (https://kubernetes.io/docs/reference/using-api/server-side-apply/). A parcel
stays below that, so that no ``--server-side`` is needed.
"""

import io
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from diagnose.kubernetes.manifest.names import NAME

MOST = 190_000  # bytes of one zip: 253,336 in base64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold
_ENTRY = 100  # bytes of a file's own entries, without its name, which stands there twice


class TooLargeError(Exception):
    """A single file does not fit into a parcel; the text names it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One ConfigMap: ``archives`` are zips by file name."""

    name: str
    archives: Mapping[str, bytes]
    texts: Mapping[str, str]

    @property
    def encoded(self) -> dict[str, str]:
        return {name: b64encode(data).decode() for name, data in self.archives.items()}


def parcels(found: Mapping[str, bytes]) -> tuple[Parcel, ...]:
    """Pack the files, and what unpacks them into the first parcel."""
    start = files(__package__).joinpath("start.py").read_text(encoding="utf-8")
    zips = [_zipped(rows) for rows in _shared_out(found)]
    return tuple(
        Parcel(
            f"{NAME}-code-{number:02}",
            {f"{number:02}.zip": data},
            {} if number else {"start.py": start},
        )
        for number, data in enumerate(zips)
    )


def _shared_out(found: Mapping[str, bytes]) -> Iterable[list[tuple[str, bytes]]]:
    rows: list[tuple[str, bytes]] = []
    filled = 0
    for name, data in sorted(found.items()):
        size = len(_zipped([(name, data)])) + _ENTRY
        if size > MOST:
            raise TooLargeError(f"{name} does not fit into a ConfigMap")
        if filled + size > MOST:
            yield rows
            rows, filled = [], 0
        rows.append((name, data))
        filled += size
    if rows:
        yield rows


def _zipped(rows: Iterable[tuple[str, bytes]]) -> bytes:
    """Give the same bytes for the same files, whenever and wherever."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in rows:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever it is made
            archive.writestr(entry, data)
    return buffer.getvalue()
