"""Microsoft's own registry, mcr.microsoft.com: it gives its images to anybody, without a login.

The real one redirects a blob to a host of its own (``*.data.mcr.microsoft.com``); here the bytes
come from where they were asked for, as no diagnosis looks at how Microsoft serves its images.
"""

import re

from diagnose.lab import acr_errors
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.image import Image

TAG = "MicrosoftContainerRegistry"  # the service tag of its host in `healthy.CONTROLS`
_CONTENT = re.compile(r"^/v2/(?P<repo>.+)/(?P<what>manifests|blobs)/(?P<ref>[^/]+)$")


def answer(cloud: Cloud, request: Request) -> Response:
    """Give a manifest or a blob; what it does not hold is 404."""
    match = _CONTENT.match(request.path)
    tags = cloud.public_images.get(match["repo"]) if match else None
    if match is None or tags is None or request.method not in ("GET", "HEAD"):
        return Response(404, (("Content-Type", "text/html"),), b"<html>not found</html>")
    if match["what"] == "manifests":
        return _manifest(tags, match["ref"])
    for image in tags.values():
        if match["ref"] in image.blobs:
            headers = (("Content-Type", "application/octet-stream"),)
            return Response(200, headers, image.blobs[match["ref"]])
    return acr_errors.blob_unknown(match["ref"])


def _manifest(tags: dict[str, Image], reference: str) -> Response:
    digest = tags[reference].digest if reference in tags else reference
    for image in tags.values():
        if digest in image.manifests:
            kind, body = image.manifests[digest]
            return Response(200, (("Content-Type", kind), ("Docker-Content-Digest", digest)), body)
    return acr_errors.manifest_unknown(reference)
