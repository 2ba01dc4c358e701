"""Service endpoint policies as ARM shows them, and one entry of a policy as it takes one."""

from typing import Any

from diagnose.lab.arm_change import Change
from diagnose.lab.arm_errors import not_found
from diagnose.lab.arm_network import resource, sibling
from diagnose.lab.cloud import Cloud, Subnet
from diagnose.lab.http import Request, Response, as_json
from diagnose.lab.layers import ACR_ALIAS

_KIND = "Microsoft.Network/serviceEndpointPolicies"


def _of(cloud: Cloud, path: str) -> Subnet | None:
    every = (s for v in cloud.vnets for s in v.subnets if s.storage_policy)
    wanted = path.lower()
    return next(
        (s for s in every if sibling(s, "serviceEndpointPolicies", "policy").lower() == wanted),
        None,
    )


def _entry(policy: str, name: str, service: str, resources: list[str]) -> dict[str, Any]:
    properties = {
        "provisioningState": "Succeeded",
        "service": service,
        "serviceResources": resources,
    }
    path = f"{policy}/serviceEndpointPolicyDefinitions/{name}"
    return resource(path, f"{_KIND}/serviceEndpointPolicyDefinitions", properties)


def policy(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a policy: the accounts of one subscription, and the aliases that were let through."""
    found = _of(cloud, path)
    if found is None:
        return not_found(path)
    own = [f"/subscriptions/{cloud.vm.subscription}"]
    entries = [_entry(path, "own-accounts", "Microsoft.Storage", own)]
    if found.storage_aliases:
        entries.append(_entry(path, "aliases", "Global", sorted(found.storage_aliases)))
    body = {"provisioningState": "Succeeded", "serviceEndpointPolicyDefinitions": entries}
    return as_json(200, resource(path, _KIND, body, cloud.vm.location))


def aliases(_cloud: Cloud, _principal: str, request: Request) -> Response:
    """The services of a region that a policy can let through by name."""
    kind = "Microsoft.Network/AvailableServiceAliases"
    rows = [
        {"name": name.strip("/").replace("/", ""), "id": request.path, "type": kind}
        | {"resourceName": name}
        for name in ("/services/Azure", "/services/Azure/ManagedInstance", ACR_ALIAS)
    ]
    return as_json(200, {"value": rows})


def definition(cloud: Cloud, change: Change) -> Response:
    """PUT or DELETE of one entry."""
    policy_id = change.parent
    found = _of(cloud, policy_id)
    if found is None:
        return not_found(change.path)
    if change.method == "DELETE":
        found.storage_aliases.clear()
        return Response(200)
    service = str(change.properties.get("service", ""))
    listed = [str(one) for one in change.properties.get("serviceResources", ())]
    if service == "Global":
        found.storage_aliases.update(listed)
    return as_json(201, _entry(policy_id, change.name, service, listed))
