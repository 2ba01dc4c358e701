"""The lab's tokens: JWT-shaped, signed with the cloud's key, and checked when they come back."""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

from diagnose.lab.cloud import Cloud, Identity
from diagnose.lab.places import login_server

Claims = dict[str, Any]
ISSUER = "Azure Container Registry"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(cloud: Cloud, text: str) -> str:
    """The lab's signature of a text."""
    return _b64(hmac.new(cloud.key, text.encode(), hashlib.sha256).digest())


def mint(cloud: Cloud, claims: Claims, lifetime: int) -> str:
    """A signed token that lives this many seconds."""
    now = int(cloud.now)
    timed = {"nbf": now - 300, "iat": now, "exp": now + lifetime, "jti": str(uuid.uuid4())}
    head = _b64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    text = f"{head}.{_b64(json.dumps({**claims, **timed}).encode())}"
    return f"{text}.{sign(cloud, text)}"


def read(cloud: Cloud, token: str) -> Claims | None:
    """The claims of a token that is ours and still valid, by Azure's clock."""
    text, _, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(signature, sign(cloud, text)):
        return None
    claims: Claims = json.loads(_unb64(text.split(".")[1]))
    return claims if claims["nbf"] <= cloud.now < claims["exp"] else None


def entra(cloud: Cloud, who: Identity, audience: str, lifetime: int = 86400) -> str:
    """An Entra access token."""
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{who.tenant}/",
        "appid": who.client_id,
        "oid": who.object_id,
        "sub": who.object_id,
        "tid": who.tenant,
        "idtyp": "app",
        "ver": "1.0",
    }
    if who.resource_id:
        claims["xms_mirid"] = who.resource_id
    return mint(cloud, claims, lifetime)


def refresh(cloud: Cloud, principal: str, tenant: str, actions: list[str] | None) -> str:
    """``actions`` None leaves the permissions claim out, as an ABAC registry does (S20)."""
    claims: Claims = {
        "sub": principal,
        "iss": ISSUER,
        "aud": login_server(cloud),
        "version": "1.0",
        "grant_type": "refresh_token",
        "tenant": tenant,
        "roles": [],
    }
    if actions is not None:
        claims["permissions"] = {"actions": actions, "notActions": []}
    return mint(cloud, claims, 10800)


def access(cloud: Cloud, principal: str, granted: list[dict[str, Any]]) -> str:
    """An ACR access token."""
    claims: Claims = {
        "sub": principal,
        "iss": ISSUER,
        "aud": login_server(cloud),
        "version": "1.0",
        "grant_type": "access_token",
        "access": granted,
        "roles": [],
    }
    return mint(cloud, claims, 4500)
