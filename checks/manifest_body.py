"""How to read what stands in an image index and in an image manifest."""

import re

from checks import answers
from checks.host import Host
from checks.replies import Json

_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
ACCEPT = ", ".join((*_MANIFESTS, *_INDEXES))
DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


def choose(index: dict[str, Json], host: Host) -> tuple[str, tuple[str, ...]]:
    """Give the digest for this machine's platform, and the platforms on offer.

    An entry that names no platform is for any, after those that name this one: containerd takes it
    (core/images/image.go, Manifest).
    """
    offered: dict[str, str] = {}
    unnamed = ""
    for row in answers.rows(index, "manifests"):
        platform = answers.table(row, "platform")
        name = f"{answers.text(platform, 'os')}/{answers.text(platform, 'architecture')}"
        digest = answers.text(row, "digest")
        if not DIGEST.match(digest):
            continue
        if name == "/":
            unnamed = unnamed or digest
        elif "unknown" not in name:  # attestations are no platform
            offered.setdefault(name, digest)
    return offered.get(f"{host.os}/{host.architecture}", unnamed), tuple(sorted(offered))


def smallest(body: dict[str, Json]) -> tuple[str, int, int] | None:
    """Give the digest and the size, in bytes, of an image's smallest layer, and how many there are.

    Foreign layers (with ``urls``) are not the registry's to serve; an image without any layer has
    its config. None: this is no image manifest.
    """
    layers = [row for row in answers.rows(body, "layers") if "urls" not in row]
    sized = [
        (size, digest)
        for row in layers or [answers.table(body, "config")]
        if type(size := row.get("size")) is int  # and no truth value, which Python counts as one
        and DIGEST.match(digest := answers.text(row, "digest"))
    ]
    size, digest = min(sized, key=lambda one: one[0], default=(0, ""))
    return (digest, size, len(layers)) if sized else None
