"""Provider registration per subscription, and the role assignments over a scope."""

import re
import uuid
from typing import Any

from diagnose.lab.acr_versions import VERSIONS
from diagnose.lab.arm_errors import error
from diagnose.lab.cloud import Cloud, RoleAssignment
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.roles import ROLES, may_read

_TYPES = {"microsoft.containerregistry": [("registries", VERSIONS)]}


def subscriptions(cloud: Cloud, principal: str, _request: Request) -> Response:
    """The subscriptions in which the principal holds any role, at whatever scope."""
    scopes = [a.scope.lower() for a in cloud.role_assignments if a.principal == principal]
    seen = [
        {
            "id": f"/subscriptions/{one}",
            "subscriptionId": one,
            "displayName": f"subscription {one[-4:]}",
            "tenantId": cloud.tenant_of(one),
            "state": "Enabled",
        }
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
        value.append(assignment_body(a))
    return as_json(200, {"value": value})


def name_of(a: RoleAssignment) -> str:
    """The GUID by which ARM names an assignment."""
    return a.name or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{a.principal}{a.role}{a.scope}"))


def assignment_body(a: RoleAssignment) -> dict[str, Any]:
    """One assignment."""
    properties = {
        "roleDefinitionId": definition_id(a.scope, a.role),
        "principalId": a.principal,
        "principalType": "ServicePrincipal",
        "scope": a.scope,
        "condition": None,
        "conditionVersion": None,
    }
    kind, name = "Microsoft.Authorization/roleAssignments", name_of(a)
    full = f"{a.scope}/providers/{kind}/{name}"
    return {"properties": properties, "id": full, "type": kind, "name": name}


def definition_id(scope: str, role: str) -> str:
    """A role definition's id in the subscription of a scope."""
    head = f"/subscriptions/{scope.split('/')[2]}/providers/Microsoft.Authorization"
    return f"{head}/roleDefinitions/{ROLES[role].guid}"


def role_definitions(_cloud: Cloud, path: str, request: Request) -> Response:
    """The definitions; ``$filter`` may name one role."""
    scope = path[: path.lower().rindex("/providers/microsoft.authorization")]
    wanted = re.search(r"roleName eq '([^']+)'", request.query.get("$filter", ""))
    value = [
        {
            "id": definition_id(scope, role),
            "name": ROLES[role].guid,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {"roleName": role, "type": "BuiltInRole"},
        }
        for role in ROLES
        if not wanted or role == wanted[1]
    ]
    return as_json(200, {"value": value})


def resources(cloud: Cloud, principal: str, request: Request) -> Response:
    """The registries of a subscription that the caller may read; the lab lists nothing else."""
    registry, here = cloud.registry, request.path.lower().rsplit("/", 1)[0] + "/"
    kind = "Microsoft.ContainerRegistry/registries"
    is_asked = kind.lower() in request.query.get("$filter", kind).lower()
    is_here = registry.id.lower().startswith(here) and not registry.deleted
    if not (is_asked and is_here and may_read(cloud, principal, f"{kind}/read", registry.id)):
        return as_json(200, {"value": []})
    row = {"id": registry.id, "name": registry.name, "type": kind, "location": registry.location}
    return as_json(200, {"value": [row]})
