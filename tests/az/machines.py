"""`az vm`, `az vmss`, `az role` and `az provider` as azure-cli 2.91.0 does them:
command_modules/{vm,role,resource}/custom.py.
"""

import argparse
import uuid
from typing import Any

from tests.az.arm import Arm, AzError, flat
from tests.az.forms import form

MACHINES, PATCHES, SET_NICS = "2026-04-01", "2024-11-01", "2023-09-01"
DEFINITIONS, ROLES, PROVIDERS = "2022-05-01-preview", "2022-04-01", "2024-11-01"


def _machine(given: argparse.Namespace) -> str:
    if len(given.ids) != 1 or "/virtualMachines/" not in given.ids[0]:
        raise ValueError(f"--ids {' '.join(given.ids)}: not one id of a virtual machine")
    return given.ids[0]


@form("vm show", lists=("--ids",))
def vm_show(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(arm.get(_machine(given), MACHINES))


@form("vm identity assign", lists=("--ids",))
def assign(arm: Arm, given: argparse.Namespace) -> Any:
    """Without ``--identities`` the system-assigned one; az reads the machine before and after."""
    path = _machine(given)
    arm.get(path, MACHINES)
    arm.ask("PATCH", path, PATCHES, {"identity": {"type": "SystemAssigned"}})
    identity = arm.get(path, MACHINES)["identity"]
    return {"systemAssignedIdentity": identity["principalId"], "userAssignedIdentities": {}}


@form("vm identity remove", lists=("--ids",))
def unassign(arm: Arm, given: argparse.Namespace) -> Any:
    path = _machine(given)
    arm.get(path, MACHINES)
    body = {"identity": {"type": "None", "userAssignedIdentities": None}}
    return arm.ask("PATCH", path, PATCHES, body).get("identity")


@form("vmss nic list-vm-nics", "--resource-group|-g!", "--vmss-name!", "--instance-id!")
def set_nics(arm: Arm, given: argparse.Namespace) -> Any:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    group = f"{at}/resourceGroups/{given.resource_group}/providers/microsoft.Compute"
    instance = f"virtualMachineScaleSets/{given.vmss_name}/virtualMachines/{given.instance_id}"
    return flat(arm.get(f"{group}/{instance}/networkInterfaces", SET_NICS)["value"])


def _definition(arm: Arm, given: argparse.Namespace) -> str:
    where = f"{given.scope}/providers/Microsoft.Authorization/roleDefinitions"
    rows = arm.get(where, DEFINITIONS, **{"$filter": f"roleName eq '{given.role}'"})["value"]
    if len(rows) != 1:
        raise AzError(f"Role '{given.role}' doesn't exist.")
    return str(rows[0]["id"])


@form(
    "role assignment create",
    *("--assignee-object-id!", "--assignee-principal-type", "--role!", "--scope!"),
)
def grant(arm: Arm, given: argparse.Namespace) -> Any:
    """Without the principal's type az asks Microsoft Graph for it, and goes on without one."""
    properties = {
        "roleDefinitionId": _definition(arm, given),
        "principalId": given.assignee_object_id,
    }
    if given.assignee_principal_type:
        properties["principalType"] = given.assignee_principal_type
    name = uuid.uuid4()
    path = f"{given.scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return flat(arm.ask("PUT", path, ROLES, {"properties": properties}))


def _held(arm: Arm, given: argparse.Namespace) -> list[Any]:
    where = f"{given.scope}/providers/Microsoft.Authorization/roleAssignments"
    return list(arm.get(where, ROLES, **{"$filter": "atScope()"})["value"])


@form("role assignment delete", "--assignee", "--assignee-object-id", "--role!", "--scope!")
def revoke(arm: Arm, given: argparse.Namespace) -> Any:
    """Az looks an ``--assignee`` up in Microsoft Graph, ``--assignee-object-id`` it takes as is."""
    principal = given.assignee_object_id or given.assignee
    rows = [row["properties"] | {"id": row["id"]} for row in _held(arm, given)]
    definition = _definition(arm, given)
    chosen = [
        row["id"]
        for row in rows
        if row["scope"].lower() == given.scope.lower()
        and row["roleDefinitionId"] == definition
        and row["principalId"] == principal
    ]
    if not chosen:
        raise AzError("No matched assignments were found to delete")
    for path in chosen:
        arm.ask("DELETE", path, ROLES)


@form("role assignment list", "--assignee!", "--scope!", "--include-inherited?")
def held(arm: Arm, given: argparse.Namespace) -> Any:
    return [row for row in flat(_held(arm, given)) if row["principalId"] == given.assignee]


@form("provider register", "--namespace|-n!", "--wait?")
def register(arm: Arm, given: argparse.Namespace) -> Any:
    arm.ask("POST", f"{_provider(arm, given)}/register", PROVIDERS)


@form("provider unregister", "--namespace|-n!", "--wait?")
def unregister(arm: Arm, given: argparse.Namespace) -> Any:
    arm.ask("POST", f"{_provider(arm, given)}/unregister", PROVIDERS)


@form("provider show", "--namespace|-n!")
def provider(arm: Arm, given: argparse.Namespace) -> Any:
    return arm.get(_provider(arm, given), PROVIDERS)


def _provider(arm: Arm, given: argparse.Namespace) -> str:
    return f"/subscriptions/{given.subscription or arm.subscription}/providers/{given.namespace}"
