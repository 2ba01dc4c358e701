"""The sign-in host: client credentials for a service principal, and OpenID discovery."""

from diagnose.lab import tokens
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.places import names


def answer(cloud: Cloud, request: Request) -> Response:
    """One answer of the sign-in host."""
    base = f"https://{names(cloud).entra}"
    parts = request.path.strip("/").split("/")
    tenant = parts[0]
    if request.path.endswith("/.well-known/openid-configuration"):
        return as_json(
            200,
            {
                "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
                "issuer": f"{base}/{tenant}/v2.0",
            },
        )
    if request.path.endswith("/discovery/instance"):
        host = names(cloud).entra
        known = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
        endpoint = f"{base}/{cloud.registry.tenant}/v2.0/.well-known/openid-configuration"
        return as_json(200, {"tenant_discovery_endpoint": endpoint, "metadata": [known]})
    if request.method == "POST" and request.path.endswith(("/oauth2/v2.0/token", "/oauth2/token")):
        return _token(cloud, request.form)
    return Response(404, (("Content-Type", "text/html"),), b"")


def _refuse(status: int, error: str, text: str) -> Response:
    return as_json(status, {"error": error, "error_description": text})


def _token(cloud: Cloud, form: dict[str, str]) -> Response:
    client = form.get("client_id", "")
    who = next((i for i in cloud.identities if i.client_id == client and i.kind != "system"), None)
    if who is None:
        text = (
            f"AADSTS700016: Application with identifier '{client}' was not found in the directory"
        )
        return _refuse(400, "unauthorized_client", text)
    # A federated assertion (workload identity) is taken as it is: the lab has no issuer for it.
    if not form.get("client_assertion") and form.get("client_secret") != who.secret:
        text = "AADSTS7000215: Invalid client secret provided."
        return _refuse(401, "invalid_client", text)
    audience = form.get("resource") or form.get("scope", "").removesuffix("/.default")
    body = {
        "token_type": "Bearer",
        "expires_in": 3599,
        "ext_expires_in": 3599,
        "access_token": tokens.entra(cloud, who, audience, 3599),
    }
    return as_json(200, body)
