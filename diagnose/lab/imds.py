"""The instance metadata service of the VM: instance, load balancer and identity tokens."""

from diagnose.lab import tokens
from diagnose.lab.cloud import Cloud, Identity
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.imds_instance import compute, load_balancer, network
from diagnose.lab.places import ACR_AUDIENCE, arm_audiences

INSTANCE_VERSIONS = (
    *("2025-04-07", "2024-07-17", "2024-03-15", "2023-11-15", "2023-07-01", "2021-12-13"),
    *("2021-11-15", "2021-11-01", "2021-10-01", "2021-08-01", "2021-05-01", "2021-03-01"),
    *("2021-02-01", "2021-01-01", "2020-12-01", "2020-10-01", "2020-09-01", "2020-07-15"),
    *("2020-06-01", "2019-11-01", "2019-06-04", "2019-03-11", "2018-10-01", "2017-12-01"),
)
_BAD_VERSION = (
    "Bad request. api-version is invalid or was not specified in the request. "
    "For more information refer to aka.ms/azureimds"
)
_SEVERAL = (
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
    "identity in the token request"
)


def _oauth(status: int, error: str, description: str) -> Response:
    return as_json(status, {"error": error, "error_description": description})


def answer(cloud: Cloud, request: Request) -> Response:  # noqa: C901 - guards, in the order of the service
    """One answer of the metadata service."""
    is_token = request.path.startswith("/metadata/identity/")
    if request.method != "GET":
        return as_json(405, {"error": "Method not allowed"})
    # The wording for these two refusals outside the token path is not recorded anywhere [?].
    if request.headers.get("metadata", "").lower() != "true":
        text = "Required metadata header not specified"
        if is_token:
            return _oauth(400, "bad_request_102", text)
        return as_json(400, {"error": f"Bad request. {text}"})
    if "x-forwarded-for" in request.headers:
        return as_json(400, {"error": "Bad request. X-Forwarded-For header is not allowed"})
    if request.repeated:
        return as_json(400, {"error": "Bad request. Duplicate query parameters"})
    path, version = request.path.rstrip("/"), request.query.get("api-version", "")
    if path == "/metadata/versions":
        return as_json(200, {"apiVersions": sorted(INSTANCE_VERSIONS)})
    known = ("2018-02-01", *INSTANCE_VERSIONS) if is_token else INSTANCE_VERSIONS
    if version not in known:
        newest = list(INSTANCE_VERSIONS[:3])
        return as_json(400, {"error": _BAD_VERSION, "newest-versions": newest})
    if path == "/metadata/instance":
        return as_json(200, {"compute": compute(cloud), "network": network(cloud)})
    if path == "/metadata/loadbalancer" and version >= "2020-10-01":
        return load_balancer(cloud)
    if path == "/metadata/identity/info":
        return as_json(200, {"tenantId": cloud.tenant_of(cloud.vm.subscription)})
    if path == "/metadata/identity/oauth2/token":
        return _token(cloud, request.query)
    return as_json(404, {"error": "Not found"})


def _choose(cloud: Cloud, query: dict[str, str]) -> Identity | Response:
    on_vm = [i for i in cloud.identities if i.kind in ("system", "user")]
    keys = {"client_id": "client_id", "object_id": "object_id", "msi_res_id": "resource_id"}
    for parameter, attribute in keys.items():
        if wanted := query.get(parameter, "").lower():
            on_vm = [i for i in on_vm if getattr(i, attribute).lower() == wanted]
            return on_vm[0] if on_vm else _oauth(400, "invalid_request", "Identity not found")
    system = [i for i in on_vm if i.kind == "system"]
    if not system and len(on_vm) > 1:
        return _oauth(400, "invalid_request", _SEVERAL)
    chosen = system or on_vm
    return chosen[0] if chosen else _oauth(400, "invalid_request", "Identity not found")


def _token(cloud: Cloud, query: dict[str, str]) -> Response:
    resource = query.get("resource", "")
    if not resource:
        return _oauth(400, "invalid_request", "Required query variable 'resource' is missing")
    who = _choose(cloud, query)
    if isinstance(who, Response):
        return who
    known = (
        *((ACR_AUDIENCE,) if cloud.acr_audience_known else ()),
        *arm_audiences(cloud),
        "https://vault.azure.net",
        "https://storage.azure.com",
    )
    if resource.rstrip("/") not in known:
        text = f"AADSTS500011: The resource principal named {resource} was not found in the tenant"
        return _oauth(400, "invalid_resource", text)
    now, life = int(cloud.now), 86400
    body = {
        "access_token": tokens.entra(cloud, who, resource, life),
        "client_id": who.client_id,
        "expires_in": str(life - 1),
        "expires_on": str(now + life),
        "ext_expires_in": str(life - 1),
        "not_before": str(now - 300),
        "resource": resource,
        "token_type": "Bearer",
    }
    return as_json(200, body)
