"""The registry's two token endpoints, once the firewall has let the caller through."""

import base64
import re
from typing import Any

from diagnose.lab import acr_errors, tokens
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.places import ACR_AUDIENCE, arm_audiences, login_server
from diagnose.lab.roles import is_abac, may_pull

_SCOPE = re.compile(r"^(?P<type>\w+):(?P<name>[^:]+):(?P<actions>[^:]+)$")
_GUID_USER = "00000000-0000-0000-0000-000000000000"


def answer(cloud: Cloud, request: Request, correlation: str) -> Response:
    """One answer of the token endpoints."""
    if request.path == "/oauth2/exchange":
        if request.method != "POST":  # S29
            return Response(404, (("Content-Type", "application/octet-stream"),), b"not found")
        return _exchange(cloud, request.form, correlation)
    if request.method == "POST":
        return _post(cloud, request.form, correlation)
    return _get(cloud, request, correlation)


def _audience_ok(cloud: Cloud, audience: str) -> bool:
    audience = audience.rstrip("/")
    if audience == ACR_AUDIENCE:
        return True
    return audience in arm_audiences(cloud) and cloud.registry.arm_audience_enabled  # S56


def _refresh_for(cloud: Cloud, entra_token: str, tenant: str) -> str:
    """An ACR refresh token for an Entra token; empty when RBAC gives nothing here."""
    claims = tokens.read(cloud, entra_token)
    if claims is None or not _audience_ok(cloud, str(claims.get("aud", ""))):
        return ""
    if claims.get("tid") != cloud.registry.tenant or tenant not in ("", claims.get("tid")):
        return ""
    principal = str(claims["oid"])
    if is_abac(cloud):  # permissions are decided per repository, later (S20)
        return tokens.refresh(cloud, principal, cloud.registry.tenant, None)
    if not may_pull(cloud, principal):
        return ""
    return tokens.refresh(cloud, principal, cloud.registry.tenant, ["read"])


def _exchange(cloud: Cloud, form: dict[str, str], correlation: str) -> Response:
    if form.get("grant_type") not in ("access_token", "access_token_refresh_token"):  # S13
        return acr_errors.bad_request("grant_type is not supported")
    if form.get("service", "").lower() != login_server(cloud):
        return acr_errors.bad_request("service is not this registry")
    token = _refresh_for(cloud, form.get("access_token", ""), form.get("tenant", ""))
    return as_json(200, {"refresh_token": token}) if token else acr_errors.unauthorized(correlation)


def granted(cloud: Cloud, principal: str, scopes: list[str]) -> list[dict[str, Any]]:
    """Requested repository scopes, reduced to what the principal holds; "" is anonymous."""
    may = may_pull(cloud, principal) if principal else cloud.registry.anonymous_pull
    found = []
    for scope in scopes:
        match = _SCOPE.match(scope)
        if match and may and match["type"] == "repository":
            actions = [a for a in match["actions"].split(",") if a in ("pull", "metadata_read")]
            if actions:
                found.append({"type": "repository", "name": match["name"], "actions": actions})
    return found


def _access(cloud: Cloud, principal: str, scopes: list[str]) -> Response:
    token = tokens.access(cloud, principal, granted(cloud, principal, scopes))
    return as_json(200, {"access_token": token})


def _principal_of(cloud: Cloud, refresh_token: str) -> str:
    claims = tokens.read(cloud, refresh_token)
    if claims is None or claims.get("aud") != login_server(cloud):
        return ""
    return str(claims.get("sub", ""))


def _sign_in(cloud: Cloud, user: str, password: str) -> str:
    """Basic: the null GUID with a refresh token, or a service principal's id and secret."""
    if user == _GUID_USER:
        return _principal_of(cloud, password)
    for who in cloud.identities:
        if who.client_id == user and who.secret and who.secret == password:
            return who.object_id if is_abac(cloud) or may_pull(cloud, who.object_id) else ""
    return ""


def _post(cloud: Cloud, form: dict[str, str], correlation: str) -> Response:
    kind = form.get("grant_type", "")
    if kind not in ("refresh_token", "password"):
        return acr_errors.bad_request("grant_type is not supported")
    if kind == "refresh_token":
        principal = _principal_of(cloud, form.get("refresh_token", ""))
    else:
        principal = _sign_in(cloud, form.get("username", ""), form.get("password", ""))
    if not principal:
        return acr_errors.unauthorized(correlation)
    return _access(cloud, principal, form.get("scope", "").split())


def _get(cloud: Cloud, request: Request, correlation: str) -> Response:
    scopes = request.query.get("scope", "").split()
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if not kind:  # anonymous: 200 only with anonymous pull, which makes this *the* probe (0.1)
        if cloud.registry.anonymous_pull:
            return _access(cloud, "", scopes)
        return acr_errors.unauthorized(correlation)
    if kind.lower() == "bearer":
        principal = _principal_of(cloud, value)
    else:
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            user = password = ""
        principal = _sign_in(cloud, user, password)
    if not principal:
        return acr_errors.unauthorized(correlation)
    return _access(cloud, principal, scopes)
