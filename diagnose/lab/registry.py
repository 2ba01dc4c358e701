"""The registry's front end: challenge, firewall, manifests, and the redirect to a layer."""

import json
import re
import uuid

from diagnose.lab import acr_errors, backend, layers, registry_tokens, tokens
from diagnose.lab.caller import admitted, caller
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response
from diagnose.lab.image import Image
from diagnose.lab.places import login_server

_CONTENT = re.compile(r"^/v2/(?P<repo>.+)/(?P<what>manifests|blobs|tags)/(?P<ref>[^/]+)$")
_EXPOSED = ("Docker-Content-Digest", "WWW-Authenticate", "Link", "X-Ms-Correlation-Request-Id")


def answer(cloud: Cloud, request: Request) -> Response:
    """One answer of the registry, with ACR's headers."""
    correlation = str(uuid.uuid4())
    response = _route(cloud, request, correlation)
    headers = (
        ("Server", "AzureContainerRegistry"),
        *response.headers,
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    )
    if request.path != "/":  # the root's 404 carries neither of the rest (S28)
        headers += tuple(("Access-Control-Expose-Headers", name) for name in _EXPOSED)
        headers += (
            ("Docker-Distribution-Api-Version", "registry/2.0"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Ms-Correlation-Request-Id", correlation),
        )
    return Response(response.status, headers, response.body)


def _route(cloud: Cloud, request: Request, correlation: str) -> Response:  # noqa: C901 - guards
    if cloud.registry.deleted or request.host.lower() != login_server(cloud):
        return Response(404, (("Content-Type", "application/octet-stream"),), b"not found")
    is_oauth = request.path in ("/oauth2/exchange", "/oauth2/token")
    if not is_oauth and not request.path.startswith("/v2/"):
        return Response(404, (("Content-Type", "application/octet-stream"),), b"not found")
    if cloud.registry.fault:
        return acr_errors.fault(cloud.registry.fault, correlation)
    who = request.seen_as or caller(cloud, request.peer, request.local)
    if who is None:  # the packets would not have arrived; only reachable by a direct call
        return Response(504)
    is_denied = not admitted(cloud, who)
    if is_oauth:
        if is_denied:
            return acr_errors.denied(who.address, correlation)
        return registry_tokens.answer(cloud, request, correlation)
    if is_denied and cloud.registry.denies_at == "v2":  # 2019: no challenge either (S9)
        return acr_errors.denied(who.address, correlation)
    bearer = request.headers.get("authorization", "")
    if not bearer:
        if _is_anonymous_content(cloud, request) and not is_denied:
            return _content(cloud, request, correlation, None)
        return acr_errors.challenge(cloud, request.path, correlation)
    claims = _claims(cloud, bearer)
    if claims is None:
        # A rejected Basic credential is answered with a Basic challenge (S24, S25).
        error = "basic" if bearer.lower().startswith("basic ") else "invalid_token"
        return acr_errors.challenge(cloud, request.path, correlation, error)
    if is_denied:
        return acr_errors.denied(who.address, correlation)
    if request.path == "/v2/":
        return Response(200, (("Content-Type", "application/json; charset=utf-8"),), b"{}")
    return _content(cloud, request, correlation, claims)


def _is_anonymous_content(cloud: Cloud, request: Request) -> bool:
    return cloud.registry.anonymous_pull and _CONTENT.match(request.path) is not None


def _claims(cloud: Cloud, authorization: str) -> tokens.Claims | None:
    kind, _, value = authorization.partition(" ")
    if kind.lower() != "bearer":
        return None
    claims = tokens.read(cloud, value)
    if claims is None or claims.get("aud") != login_server(cloud):
        return None
    return claims if claims.get("grant_type") in ("access_token", "refresh_token") else None


def _may(claims: tokens.Claims, repository: str) -> bool:
    return any(
        entry["type"] == "repository" and entry["name"] == repository and "pull" in entry["actions"]
        for entry in claims.get("access", [])
    )


def _content(
    cloud: Cloud, request: Request, correlation: str, claims: tokens.Claims | None
) -> Response:
    match = _CONTENT.match(request.path)
    if match is None or request.method not in ("GET", "HEAD"):
        return Response(404, (("Content-Type", "application/octet-stream"),), b"not found")
    repository, what, reference = match["repo"], match["what"], match["ref"]
    if claims is not None and not _may(claims, repository):
        return acr_errors.challenge(cloud, request.path, correlation, "insufficient_scope")
    if cloud.registry.cmk_unavailable:
        return acr_errors.key_unavailable(correlation)
    if what == "blobs":
        return _blob(cloud, repository, reference)
    if cloud.registry_backend:
        return backend.fetch(cloud, request.path, request.headers.get("accept", ""))
    tags = cloud.registry.repositories.get(repository)
    if tags is None:
        return acr_errors.name_unknown(repository)
    if what == "tags":
        body = json.dumps({"name": repository, "tags": sorted(tags)}).encode()
        return Response(200, (("Content-Type", "application/json; charset=utf-8"),), body)
    return _manifest(cloud, tags, reference)


def _manifest(cloud: Cloud, tags: dict[str, Image], reference: str) -> Response:
    digest = reference
    if not reference.startswith("sha256:"):
        digest = tags[reference].digest if reference in tags else ""
        if digest in cloud.registry.quarantined:
            digest = ""  # by tag "not found", by digest "disallowed" (S39)
    elif digest in cloud.registry.quarantined:
        return acr_errors.disallowed()
    if digest in cloud.registry.locked:
        return acr_errors.disallowed()  # whoever asks, by tag or by digest
    for image in tags.values():
        if digest in image.manifests:
            kind, body = image.manifests[digest]
            etag = f'"{digest}"'
            headers = (("Content-Type", kind), ("Docker-Content-Digest", digest), ("ETag", etag))
            return Response(200, headers, body)
    return acr_errors.manifest_unknown(reference)


def _blob(cloud: Cloud, repository: str, digest: str) -> Response:
    if not cloud.registry_backend and layers.find(cloud, digest) is None:
        return acr_errors.blob_unknown(digest)
    location = layers.location(cloud, repository, digest)
    headers = (
        ("Content-Type", "application/octet-stream"),
        ("Docker-Content-Digest", digest),
        ("Location", location),
    )
    return Response(307, headers)
