"""Provider registration per subscription, and the role assignments over a scope."""

import re
import uuid

from diagnose.lab.acr_versions import VERSIONS
from diagnose.lab.arm_errors import error
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.roles import ROLES

_TYPES = {"microsoft.containerregistry": [("registries", VERSIONS)]}


def subscriptions(cloud: Cloud, principal: str, _request: Request) -> Response:
    """The subscriptions in which the principal holds any role, at whatever scope."""
    scopes = [a.scope.lower() for a in cloud.role_assignments if a.principal == principal]
    seen = [
        {"id": f"/subscriptions/{one}", "subscriptionId": one, "state": "Enabled"}
        for one in sorted(cloud.subscriptions)
        if any(f"{scope}/".startswith(f"/subscriptions/{one.lower()}/") for scope in scopes)
    ]
    return as_json(200, {"value": seen})


def provider(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a provider in one subscription."""
    parts = path.split("/")
    states = next(v for k, v in cloud.subscriptions.items() if k.lower() == parts[2].lower())
    found = next((k for k in states if k.lower() == parts[4].lower()), None)
    if found is None:
        text = f"The resource namespace '{parts[4]}' is invalid."
        return error(404, "InvalidResourceNamespace", text)
    types = [
        {"resourceType": name, "locations": ["East US", "West US"], "apiVersions": versions}
        for name, versions in _TYPES.get(found.lower(), [])
    ]
    body = {
        "id": f"/subscriptions/{parts[2]}/providers/{found}",
        "namespace": found,
        "registrationState": states[found],
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": types,
    }
    return as_json(200, body)


def role_assignments(cloud: Cloud, path: str, request: Request) -> Response:
    """Those at the scope and above it; ``$filter`` may name one principal."""
    scope = path[: path.lower().rindex("/providers/microsoft.authorization")].lower()
    wanted = re.search(
        r"(?:assignedTo\('|principalId eq ')([^']+)'", request.query.get("$filter", "")
    )
    value = []
    for a in cloud.role_assignments:
        if wanted and a.principal.lower() != wanted[1].lower():
            continue
        above = a.scope.lower().rstrip("/")
        if scope != above and not scope.startswith(above + "/"):
            continue
        name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{a.principal}{a.role}{a.scope}"))
        subscription = a.scope.split("/")[2]
        definitions = f"/subscriptions/{subscription}/providers/Microsoft.Authorization"
        properties = {
            "roleDefinitionId": f"{definitions}/roleDefinitions/{ROLES[a.role].guid}",
            "principalId": a.principal,
            "principalType": "ServicePrincipal",
            "scope": a.scope,
            "condition": None,
            "conditionVersion": None,
        }
        kind = "Microsoft.Authorization/roleAssignments"
        full = f"{a.scope}/providers/{kind}/{name}"
        value.append({"properties": properties, "id": full, "type": kind, "name": name})
    return as_json(200, {"value": value})
