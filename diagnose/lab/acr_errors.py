"""The registry's refusals, word for word as in data-plane sections 1 to 3."""

import re
from typing import Any

from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Response, as_json
from diagnose.lab.places import login_server

_AUTH = "authentication required, visit https://aka.ms/acr/authorization for more information."


def error(
    status: int,
    code: str,
    message: str,
    detail: object = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """One entry in the registry's error envelope."""
    entry: dict[str, Any] = {"code": code, "message": message}
    if detail is not None:
        entry["detail"] = detail
    return as_json(status, {"errors": [entry]}, headers)


def denied(address: str, correlation: str) -> Response:
    """One text for missing rules and for disabled public access alike (0.2); the CorrelationId
    suffix is the newer form (S8).
    """
    text = f"client with IP '{address}' is not allowed access. "
    text += "Refer https://aka.ms/acr/firewall to grant access."
    return error(403, "DENIED", f"{text} CorrelationId: {correlation}")


def challenge(cloud: Cloud, path: str, correlation: str, why: str = "") -> Response:
    """401 with the challenge that fits the path; ``why`` is an RFC 6750 error, or ``basic``."""
    host = login_server(cloud)
    value = f'Bearer realm="https://{host}/oauth2/token",service="{host}"'
    detail = None
    if path == "/v2/_catalog":
        value += ',scope="registry:catalog:*"'
        detail = [{"Type": "registry", "Name": "catalog", "Action": "*"}]
    elif match := re.match(r"^/v2/(.+)/(?:manifests|blobs|tags)/", path):
        value += f',scope="repository:{match[1]}:pull"'
        detail = [{"Type": "repository", "Name": match[1], "Action": "pull"}]
    if why == "basic":
        value = 'Basic realm="Azure Container Registry"'
    elif why:
        value += f',error="{why}"'
    message = f"{_AUTH} CorrelationId: {correlation}"
    return error(401, "UNAUTHORIZED", message, detail, (("Www-Authenticate", value),))


def unauthorized(correlation: str) -> Response:
    """The token endpoints' 401: no challenge (S61)."""
    return error(401, "UNAUTHORIZED", f"{_AUTH} CorrelationId: {correlation}")


def fault(kind: str, correlation: str) -> Response:
    """What a struggling service answers: 429 or a 5xx."""
    if kind == "throttled":
        text = "Too many requests. Please visit https://aka.ms/acr/skus#sku-feature-matrix to view "
        text += "limits of all service tiers."
        return error(429, "TOOMANYREQUESTS", text, headers=(("Retry-After", "17"),))
    status = int(kind)
    text = f"The service is temporarily unavailable. CorrelationId: {correlation}"
    return error(status, "UNAVAILABLE" if status == 503 else "UNKNOWN", text)


def key_unavailable(correlation: str) -> Response:
    """DENIED with another text than the firewall's; ACR's exact words are not known (1.2)."""
    text = "The customer-managed key of the registry is disabled or cannot be reached."
    return error(403, "DENIED", f"{text} CorrelationId: {correlation}")


def name_unknown(repository: str) -> Response:
    """The repository does not exist."""
    text = f'repository "{repository}" is not found'
    return error(404, "NAME_UNKNOWN", text, {"Name": repository})


def manifest_unknown(reference: str) -> Response:
    """The tag or digest does not exist."""
    if reference.startswith("sha256:"):
        return error(404, "MANIFEST_UNKNOWN", f"manifest {reference} is not found")
    text = f'manifest tagged by "{reference}" is not found'
    return error(404, "MANIFEST_UNKNOWN", text, {"Tag": reference})


def blob_unknown(digest: str) -> Response:
    """No such blob."""
    return error(404, "BLOB_UNKNOWN", "blob unknown to registry", {"digest": digest})


def disallowed() -> Response:
    """A quarantined manifest, asked for by digest (S39)."""
    return error(403, "UNKNOWN", "The operation is disallowed.")


def bad_request(text: str) -> Response:
    """A malformed token request."""
    return error(400, "BAD_REQUEST", text)
