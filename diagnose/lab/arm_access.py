"""Whose subscription it is, and what a role holds: the two looks behind a refused token."""

from typing import Any

from diagnose.lab.arm_errors import error
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.roles import ROLES, Role, role_of

_PULL = "Microsoft.ContainerRegistry/registries/pull/read"
_CONTENT = "Microsoft.ContainerRegistry/registries/repositories/content/read"


def wrong_issuer(cloud: Cloud, path: str, tenant: str) -> Response | None:
    """ARM refuses another tenant's token before it looks at rights (azure-sdk-for-net#49391)."""
    parts = path.split("/")
    here = parts[2] if len(parts) > 2 else ""
    home = cloud.tenant_of(here) if here else tenant
    if tenant in (home, cloud.managed_by.get(here)):
        return None
    issuer = "https://sts.windows.net"
    text = f"The access token is from the wrong issuer '{issuer}/{tenant}/'. It must match the "
    text += f"tenant '{issuer}/{home}/' associated with this subscription."
    return error(401, "InvalidAuthenticationTokenTenant", text)


def subscription(cloud: Cloud, principal: str, request: Request) -> Response:
    """One subscription, for whoever holds any role in it."""
    wanted = request.path.rstrip("/").split("/")[2].lower()
    found = next((one for one in cloud.subscriptions if one.lower() == wanted), None)
    if found is None:
        text = f"The subscription '{wanted}' could not be found."
        return error(404, "SubscriptionNotFound", text)
    here = f"/subscriptions/{wanted}/"
    if not any(
        f"{row.scope.lower()}/".startswith(here)
        for row in cloud.role_assignments
        if row.principal == principal
    ):
        text = f"The client with object id '{principal}' does not have authorization to perform "
        text += f"action 'Microsoft.Resources/subscriptions/read' over scope '{here[:-1]}'."
        return error(403, "AuthorizationFailed", text)
    managing = [cloud.managed_by[found]] if found in cloud.managed_by else []
    body = {
        "id": f"/subscriptions/{found}",
        "subscriptionId": found,
        "tenantId": cloud.tenant_of(found),
        "managedByTenants": [{"tenantId": one} for one in managing],
        "displayName": f"subscription {found[-4:]}",
        "state": "Enabled",
    }
    return as_json(200, body)


def role_definition(_cloud: Cloud, path: str, _request: Request) -> Response:
    """One role, by the GUID that the path ends with."""
    name = role_of(path)
    if name is None:
        text = "The specified role definition was not found."
        return error(404, "RoleDefinitionDoesNotExist", text)
    body = {
        "id": path,
        "name": ROLES[name].guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": name, "permissions": [_permissions(ROLES[name])]},
    }
    return as_json(200, body)


def _permissions(role: Role) -> dict[str, Any]:
    all_read = "*" in role.reads
    actions = ["*/read"] if all_read else [f"{one}/*/read" for one in role.reads]
    return {
        "actions": actions + ([_PULL] if role.pull else []),
        "notActions": [_PULL] if all_read and not role.pull else [],
        "dataActions": [_CONTENT] if role.repository else [],
        "notDataActions": [],
    }
