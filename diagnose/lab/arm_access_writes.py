"""Role assignments made and taken away, and a resource provider registered or not."""

from diagnose.lab.arm_change import Change
from diagnose.lab.arm_errors import error
from diagnose.lab.arm_providers import assignment_body, name_of
from diagnose.lab.cloud import Cloud, RoleAssignment
from diagnose.lab.http import Response, as_json
from diagnose.lab.roles import role_of


def assignment(cloud: Cloud, change: Change) -> Response:
    """PUT or DELETE of one role assignment, by its GUID."""
    scope = change.path[: change.path.lower().rindex("/providers/microsoft.authorization")]
    held = [a for a in cloud.role_assignments if a.scope.lower() == scope.lower()]
    if change.method == "DELETE":
        gone = next((a for a in held if name_of(a) == change.name), None)
        if gone is None:
            return Response(204)
        cloud.role_assignments.remove(gone)
        return as_json(200, assignment_body(gone))
    role = role_of(str(change.properties.get("roleDefinitionId", "")))
    principal = str(change.properties.get("principalId", ""))
    if role is None:
        text = "The specified role definition was not found."
        return error(404, "RoleDefinitionDoesNotExist", text)
    if principal not in (i.object_id for i in cloud.identities):
        text = f"Principal {principal.replace('-', '')} does not exist in the directory "
        return error(400, "PrincipalNotFound", f"{text}{cloud.registry.tenant}.")
    if any(a.principal == principal and a.role == role for a in held):
        return error(409, "RoleAssignmentExists", "The role assignment already exists.")
    made = RoleAssignment(principal, role, scope, change.name)
    cloud.role_assignments.append(made)
    return as_json(201, assignment_body(made))


def registration(cloud: Cloud, change: Change) -> Response:
    """POST of register or unregister; it counts at once here, in Azure after a while."""
    subscription, namespace, verb = (change.path.split("/")[n] for n in (2, 4, 5))
    states = next(v for k, v in cloud.subscriptions.items() if k.lower() == subscription.lower())
    known = next((k for k in states if k.lower() == namespace.lower()), None)
    if known is None:
        text = f"The resource namespace '{namespace}' is invalid."
        return error(404, "InvalidResourceNamespace", text)
    states[known] = "Registered" if verb.lower() == "register" else "Unregistered"
    body = {
        "id": f"/subscriptions/{subscription}/providers/{known}",
        "namespace": known,
        "registrationState": states[known],
    }
    return as_json(200, body)
