"""The container images of the lab: tiny, deterministic, real enough for dockerd to pull."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest_of(data: bytes) -> str:
    """A content digest."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Image:
    """What a tag points at: the top manifest's digest, and everything below it."""

    digest: str
    manifests: dict[str, tuple[str, bytes]] = field(repr=False)  # digest -> media type, body
    blobs: dict[str, bytes] = field(repr=False)


def _layer(path: str, content: str) -> tuple[bytes, bytes]:
    """An uncompressed tar (its digest is the diff id) and its gzip, both byte-stable."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        info = tarfile.TarInfo(path)
        info.size, info.mode, info.mtime = len(content), 0o644, 0
        tar.addfile(info, io.BytesIO(content.encode()))
    return raw.getvalue(), gzip.compress(raw.getvalue(), mtime=0)


def _dump(value: object) -> bytes:
    return json.dumps(value, indent=3, sort_keys=True).encode()


def build_image(architecture: str = "amd64", os: str = "linux", note: str = "v1") -> Image:
    """A single-platform image."""
    layers = [_layer("hello.txt", f"hello from {note}\n"), _layer("arch.txt", architecture + "\n")]
    config = _dump(
        {
            "architecture": architecture,
            "os": os,
            "created": "2026-01-01T00:00:00Z",
            "config": {"Cmd": ["/hello"], "Env": ["PATH=/"]},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(raw) for raw, _ in layers]},
            "history": [
                {"created": "2026-01-01T00:00:00Z", "created_by": f"lab layer {n}"}
                for n in range(len(layers))
            ],
        }
    )
    manifest = _dump(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "size": len(config), "digest": digest_of(config)},
            "layers": [
                {"mediaType": LAYER, "size": len(z), "digest": digest_of(z)} for _, z in layers
            ],
        }
    )
    blobs = {digest_of(data): data for data in [config, *(z for _, z in layers)]}
    digest = digest_of(manifest)
    return Image(digest, {digest: (MANIFEST, manifest)}, blobs)


def build_index(architectures: tuple[str, ...] = ("amd64", "arm64"), note: str = "multi") -> Image:
    """A multi-platform image."""
    images = {a: build_image(a, note=note) for a in architectures}
    index = _dump(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_LIST,
            "manifests": [
                {
                    "mediaType": MANIFEST,
                    "size": len(image.manifests[image.digest][1]),
                    "digest": image.digest,
                    "platform": {"architecture": architecture, "os": "linux"},
                }
                for architecture, image in images.items()
            ],
        }
    )
    digest = digest_of(index)
    manifests = {digest: (MANIFEST_LIST, index)}
    blobs: dict[str, bytes] = {}
    for image in images.values():
        manifests |= image.manifests
        blobs |= image.blobs
    return Image(digest, manifests, blobs)
