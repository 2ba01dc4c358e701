"""What ARM lets a caller change: the verb and path, the right it needs, and who does it.

Everything else that is not a GET stays 405. The tool never comes here: its client sends GET alone.
"""

import json
import re
from collections.abc import Callable
from typing import NamedTuple

from diagnose.lab import (
    arm_access_writes,
    arm_effective,
    arm_machine_writes,
    arm_network_writes,
    arm_policies,
    arm_registry_writes,
    arm_zone_writes,
)
from diagnose.lab.arm_change import Change
from diagnose.lab.arm_errors import error
from diagnose.lab.cloud import Cloud, Identity
from diagnose.lab.http import Request, Response

Writer = Callable[[Cloud, Change], Response]
_RG = r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/"
_NET = _RG + "microsoft.network/"
_REGISTRY = _RG + r"microsoft.containerregistry/registries/[^/]+"
_SUBNET = _NET + r"virtualnetworks/[^/]+/subnets/[^/]+"
_RULE = _NET + r"networksecuritygroups/[^/]+/securityrules/[^/]+"
_POLICY_ENTRY = _NET + r"serviceendpointpolicies/[^/]+/serviceendpointpolicydefinitions/[^/]+"
_NIC = _NET + r"networkinterfaces/[^/]+"
_ZONE = _NET + r"privatednszones/[^/]+"
_PROVIDER = r"/subscriptions/[^/]+)/providers/microsoft\.[a-z]+"
_ASSIGNMENT = r"(?P<scope>/.+)/providers/microsoft.authorization/roleassignments/[^/]+"


class Route(NamedTuple):
    """One write: the scope of the right is the group ``scope`` of the path, or all of it."""

    method: str
    path: str
    action: str  # {namespace} stands for the provider's name in the path
    writer: Writer


_A, _N = "Microsoft.Authorization/", "Microsoft.Network/"
_R = "Microsoft.ContainerRegistry/registries/"
_POLICY = _N + "serviceEndpointPolicies/serviceEndpointPolicyDefinitions/"
ROUTES = [
    Route("PATCH", _REGISTRY, _R + "write", arm_registry_writes.patch),
    Route("PUT", _REGISTRY, _R + "write", arm_registry_writes.put),
    Route("PUT", _REGISTRY + r"/privateendpointconnections/[^/]+",
          _R + "privateEndpointConnections/write", arm_registry_writes.connection),
    Route("PUT", _SUBNET, _N + "virtualNetworks/subnets/write", arm_network_writes.subnet),
    Route("PUT", _RULE, _N + "networkSecurityGroups/securityRules/write",
          arm_network_writes.rule),
    Route("DELETE", _RULE, _N + "networkSecurityGroups/securityRules/delete",
          arm_network_writes.rule),
    Route("PUT", _POLICY_ENTRY, _POLICY + "write", arm_policies.definition),
    Route("DELETE", _POLICY_ENTRY, _POLICY + "delete", arm_policies.definition),
    Route("PUT", _ZONE + r"/a/[^/]+", _N + "privateDnsZones/A/write", arm_zone_writes.record),
    Route("DELETE", _ZONE + r"/a/[^/]+", _N + "privateDnsZones/A/delete", arm_zone_writes.record),
    *(Route(verb, _ZONE + r"/virtualnetworklinks/[^/]+",
            _N + "privateDnsZones/virtualNetworkLinks/write", arm_zone_writes.link)
      for verb in ("PUT", "PATCH")),
    Route("DELETE", _ZONE + r"/virtualnetworklinks/[^/]+",
          _N + "privateDnsZones/virtualNetworkLinks/delete", arm_zone_writes.link),
    Route("POST", _NIC + "/effectiveroutetable",
          _N + "networkInterfaces/effectiveRouteTable/action", arm_effective.routes),
    Route("POST", _NIC + "/effectivenetworksecuritygroups",
          _N + "networkInterfaces/effectiveNetworkSecurityGroups/action", arm_effective.groups),
    Route("PATCH", _RG + r"microsoft.compute/virtualmachines/[^/]+",
          "Microsoft.Compute/virtualMachines/write", arm_machine_writes.identity),
    Route("PUT", _ASSIGNMENT, _A + "roleAssignments/write", arm_access_writes.assignment),
    Route("DELETE", _ASSIGNMENT, _A + "roleAssignments/delete", arm_access_writes.assignment),
    Route("POST", "(?P<scope>" + _PROVIDER + "/register", "{namespace}/register/action",
          arm_access_writes.registration),
    Route("POST", "(?P<scope>" + _PROVIDER + "/unregister", "{namespace}/unregister/action",
          arm_access_writes.registration),
]  # fmt: skip
_COMPILED = [(re.compile(route.path, re.IGNORECASE), route) for route in ROUTES]


def find(method: str, path: str) -> tuple[str, str, Writer] | None:
    """The action that a write needs, the scope it is needed at, and who does it."""
    for pattern, route in _COMPILED:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            namespace = path.split("/")[4] if "{" in route.action else ""
            scope = match.groupdict().get("scope") or path
            return route.action.format(namespace=namespace), scope, route.writer
    return None


def write(cloud: Cloud, path: str, request: Request, who: Identity, writer: Writer) -> Response:
    """One write; a body that is no JSON object is refused."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        text = "The request content was invalid and could not be deserialized."
        return error(400, "InvalidRequestContent", text)
    version = request.query["api-version"]
    change = Change(method=request.method, path=path, version=version, body=body, who=who)
    return writer(cloud, change)
