"""The host that serves layer bytes for a signed link: blob storage, or a data endpoint."""

import base64
import time
import uuid
from urllib.parse import urlencode

from diagnose.lab import backend, tokens
from diagnose.lab.caller import endpoint_on, subnet_of
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.places import data_host, layer_host

ACR_ALIAS = "/services/Azure/ContainerRegistry"
_VERSION = "2018-03-28"
_LIFE = 1200  # a link is good for 20 to 30 minutes (S81)


def find(cloud: Cloud, digest: str) -> bytes | None:
    """A blob's bytes, when the registry has them."""
    for tags in cloud.registry.repositories.values():
        for image in tags.values():
            if digest in image.blobs:
                return image.blobs[digest]
    return None


def location(cloud: Cloud, repository: str, digest: str) -> str:
    """The redirect's target, in the form of real links (S16)."""
    hexa = digest.removeprefix("sha256:")
    path = f"/{cloud.vm.vm_id[:8]}/docker/registry/v2/blobs/sha256/{hexa[:2]}/{hexa}/data"
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(cloud.now + _LIFE))
    region = base64.urlsafe_b64encode(repository.encode()).decode()
    query = {
        "se": until,
        "sig": tokens.sign(cloud, f"{path}?{until}"),
        "sp": "r",
        "spr": "https",
        "sr": "b",
        "sv": _VERSION,
        "regid": region,  # in Azure an id of the registry; here it carries the repository
    }
    return f"https://{layer_host(cloud)}{path}?{urlencode(query)}"


def _refuse(status: int, code: str, message: str, detail: str = "") -> Response:
    request_id = str(uuid.uuid4())
    more = f"<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>" if detail else ""
    text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}'
    text += f"\nRequestId:{request_id}</Message>{more}</Error>"
    headers = (("Content-Type", "application/xml"), ("x-ms-request-id", request_id))
    # Storage's XML opens with a byte order mark: docker prints "invalid character" (S15).
    return Response(status, (*headers, ("x-ms-error-code", code)), b"\xef\xbb\xbf" + text.encode())


def answer(cloud: Cloud, request: Request) -> Response:
    """One answer of the layer host."""
    response = _answer(cloud, request)
    server = ("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
    return Response(response.status, (server, *response.headers), response.body)


def _answer(cloud: Cloud, request: Request) -> Response:
    subnet, _ = subnet_of(cloud, request.peer)
    to_storage = request.host != data_host(cloud)  # whose own endpoint no storage policy knows
    denied = subnet.storage_policy and ACR_ALIAS not in subnet.storage_aliases
    if to_storage and denied and endpoint_on(cloud, subnet, "Microsoft.Storage"):  # S15
        text = "This request is not authorized to perform this operation."
        return _refuse(403, "AuthorizationFailure", text)
    failed = "Server failed to authenticate the request. Make sure the value of Authorization "
    failed += "header is formed correctly including the signature."
    if "authorization" in request.headers:  # S73, S77: the token must not be forwarded
        return _refuse(403, "AuthenticationFailed", failed)
    query = request.query
    until = query.get("se", "")
    if query.get("sig") != tokens.sign(cloud, f"{request.path}?{until}"):
        return _refuse(403, "AuthenticationFailed", failed)  # S23: bare GET / is 403 too
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(cloud.now))
    if until < now:
        detail = "Signature not valid in the specified time frame"
        return _refuse(403, "AuthenticationFailed", failed, detail)
    if request.method not in ("GET", "HEAD"):
        return _refuse(405, "UnsupportedHttpVerb", "The resource doesn't support the verb.")
    data = _bytes(cloud, request)
    if data is None:
        return _refuse(404, "BlobNotFound", "The specified blob does not exist.")
    return _part(data, request.headers.get("range", ""))


def _bytes(cloud: Cloud, request: Request) -> bytes | None:
    digest = "sha256:" + request.path.split("/")[-2]
    if not cloud.registry_backend:
        return find(cloud, digest)
    repository = base64.urlsafe_b64decode(request.query.get("regid", "")).decode()
    reply = backend.fetch(cloud, f"/v2/{repository}/blobs/{digest}")
    return reply.body if reply.status == 200 else None


def _part(data: bytes, wanted: str) -> Response:
    headers = (
        ("Content-Type", "application/octet-stream"),
        ("Accept-Ranges", "bytes"),
        ("x-ms-blob-type", "BlockBlob"),
        ("x-ms-version", _VERSION),
    )
    if not wanted.startswith("bytes=") or "," in wanted:
        return Response(200, headers, data)
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start = int(first) if first else max(0, len(data) - int(last))
    end = min(int(last) if first and last else len(data) - 1, len(data) - 1)
    if start > end:
        return _refuse(416, "InvalidRange", "The range specified is invalid.")
    span = ("Content-Range", f"bytes {start}-{end}/{len(data)}")
    return Response(206, (*headers, span), data[start : end + 1])
