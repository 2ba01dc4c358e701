"""PATCH of a VM: the managed identities that it has."""

import uuid

from diagnose.lab.arm_change import Change, part
from diagnose.lab.arm_compute import virtual_machine
from diagnose.lab.arm_errors import error, not_found
from diagnose.lab.cloud import Cloud, Identity
from diagnose.lab.http import Request, Response

_KINDS = {"SystemAssigned", "UserAssigned", "None"}


def identity(cloud: Cloud, change: Change) -> Response:
    """``identity.type`` decides; null takes one user-assigned identity off, ``{}`` puts it on."""
    if cloud.vm.kind == "uniform" or change.path.lower() != cloud.vm.resource_id.lower():
        return not_found(change.path)
    wanted = part(change.body, "identity")
    kinds = {kind.strip() for kind in str(wanted.get("type", "")).split(",")}
    if not kinds <= _KINDS:
        text = f"The identity type '{wanted.get('type')}' is not valid."
        return error(400, "InvalidIdentityType", text)
    named = {k.lower(): v for k, v in part(wanted, "userAssignedIdentities").items()}
    every = {i.resource_id.lower(): i for i in cloud.identities if i.kind in ("user", "spare")}
    for resource_id in named.keys() - every.keys():
        text = f"The identity '{resource_id}' could not be found."
        return error(400, "FailedIdentityOperation", text)
    for resource_id, one in every.items():
        if "UserAssigned" not in kinds:
            one.kind = "spare"
        elif resource_id in named:
            one.kind = "spare" if named[resource_id] is None else "user"
    _system(cloud, is_on="SystemAssigned" in kinds)
    return virtual_machine(cloud, change.path, Request(method="GET", host="", path=change.path))


def _system(cloud: Cloud, *, is_on: bool) -> None:
    """A system-assigned identity is made anew each time, and its roles go with it unseen."""
    has_one = any(i.kind == "system" for i in cloud.identities)
    if is_on and not has_one:
        vm, tenant = cloud.vm, cloud.registry.tenant
        client, principal = str(uuid.uuid4()), str(uuid.uuid4())
        cloud.identities.append(Identity("system", client, principal, tenant, vm.resource_id))
    elif not is_on:
        cloud.identities[:] = [i for i in cloud.identities if i.kind != "system"]
