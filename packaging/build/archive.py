"""Images as docker-archives: read one, put a layer above it, write it. No engine takes part.

The format is that of ``docker save``: manifest.json names a configuration and the layers, lowest
first (https://github.com/moby/docker-image-spec, spec/v1.2.md, "Combined Image JSON + Filesystem
Changeset Format"). Both ``docker load`` and ``ctr images import`` take it.
"""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from release import sha256

Json = dict[str, Any]
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What an engine noted of the container that it made the base in; they say nothing of this image.
_OF_AN_ENGINE = ("container", "container_config", "docker_version", "id", "parent")


class NoImageError(Exception):
    """The file is no archive of one image; the text is for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """``config`` is its configuration; ``layers`` are plain tars, lowest first."""

    config: Json
    layers: tuple[bytes, ...]
    name: str = ""

    def plus(
        self,
        layer: bytes,
        *,
        created: str,
        by: str,
        settings: Mapping[str, object] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> "Image":
        """Give the image with one layer more; ``settings`` replace those of its configuration.

        ``labels`` are added to the ones that are there, and a PATH where there is none.
        """
        config = {key: value for key, value in self.config.items() if key not in _OF_AN_ENGINE}
        told = dict(config.get("config") or {})
        told.pop("Image", None)
        variables = told.get("Env") or []
        if not any(row.startswith("PATH=") for row in variables):
            told["Env"] = [*variables, PATH]
        told["Labels"] = {**(told.get("Labels") or {}), **(labels or {})}
        config["config"] = {**told, **(settings or {})}
        config["created"] = created
        config["history"] = [*self._history(), {"created": created, "created_by": by}]
        found = [*config["rootfs"]["diff_ids"], _digest(layer)]
        config["rootfs"] = {"type": "layers", "diff_ids": found}
        return Image(config=config, layers=(*self.layers, layer))

    def named(self, name: str) -> "Image":
        return replace(self, name=name)

    def _history(self) -> list[Json]:
        """Give one row for each layer, which engines count, where the base brings none."""
        rows: list[Json] = self.config.get("history") or []
        return rows or [{"created_by": "unknown"} for _ in self.layers]

    def archive(self) -> bytes:
        """Give the archive; the same image is the same bytes."""
        config = json.dumps(self.config, sort_keys=True, separators=(",", ":")).encode()
        name = f"{sha256(config)}.json"
        layers = {f"{sha256(layer)}.tar": layer for layer in self.layers}
        order = [f"{sha256(layer)}.tar" for layer in self.layers]
        row = {"Config": name, "Layers": order, "RepoTags": [self.name] if self.name else None}
        files = {**layers, name: config, "manifest.json": json.dumps([row]).encode()}
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as made:
            for path, data in sorted(files.items()):
                info = tarfile.TarInfo(path)  # of no time: a base has none
                info.size = len(data)
                made.addfile(info, io.BytesIO(data))
        return buffer.getvalue()


def read(place: Path) -> Image:
    """Read an archive of one image; raise `NoImageError`, also where a layer is not as it says."""
    try:
        with tarfile.open(place) as archive:
            (row,) = json.loads(_file(archive, "manifest.json"))
            config = json.loads(_file(archive, row["Config"]))
            layers = tuple(_plain(_file(archive, name)) for name in row["Layers"])
            told = config["rootfs"]["diff_ids"]
    except OSError as error:
        raise NoImageError(f"{place}: {error.strerror or error}") from None
    except (KeyError, TypeError, ValueError, tarfile.TarError):
        text = f"{place} is no archive of one image, as docker save and skopeo write it"
        raise NoImageError(text) from None
    if [_digest(layer) for layer in layers] != told:
        raise NoImageError(f"{place}: the layers are not those of its configuration")
    return Image(config=config, layers=layers, name=next(iter(row.get("RepoTags") or []), ""))


def _file(archive: tarfile.TarFile, name: str) -> bytes:
    """Read a member, by a link as well: older engines link layers that are the same."""
    opened = archive.extractfile(name)
    if opened is None:
        raise KeyError(name)
    return opened.read()


def _plain(layer: bytes) -> bytes:
    return gzip.decompress(layer) if layer.startswith(b"\x1f\x8b") else layer


def _digest(layer: bytes) -> str:
    return f"sha256:{sha256(layer)}"
