"""Azure Resource Manager: who may read, which resource answers, and the error envelopes."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from diagnose.lab import (
    arm_access,
    arm_compute,
    arm_network,
    arm_policies,
    arm_private,
    arm_providers,
    arm_registry,
    arm_registry_writes,
    arm_routing,
    arm_writes,
    arm_zones,
    tokens,
)
from diagnose.lab.arm_errors import error
from diagnose.lab.cloud import Cloud, Identity
from diagnose.lab.http import Request, Response
from diagnose.lab.places import arm_audiences
from diagnose.lab.roles import may_read, may_write

Handler = Callable[[Cloud, str, Request], Response]
_RG = r"(?P<rg>/subscriptions/[^/]+/resourcegroups/[^/]+)/providers/"
_NET, _CPU, _ACR = (f"microsoft.{n}/" for n in ("network", "compute", "containerregistry"))
_SET = _RG + _CPU + "virtualmachinescalesets"
# path pattern (lower case), the action it needs, and who answers; a list needs none, and its
# handler is given who asks in place of the path
ROUTES: list[tuple[str, str, Handler]] = [
    (_RG + _ACR + r"registries/[^/]+", "Microsoft.ContainerRegistry/registries/read",
     arm_registry.get),
    (r"/subscriptions/[^/]+/providers/microsoft.containerregistry/registries",
     "", arm_registry.list_by_subscription),
    (_RG + _ACR + "registries", "", arm_registry.list_by_subscription),
    (r"/subscriptions", "", arm_providers.subscriptions),
    (r"/subscriptions/[^/]+", "", arm_access.subscription),
    (r"/subscriptions/[^/]+/resources", "", arm_providers.resources),
    (_RG + _ACR + r"registries/[^/]+/privateendpointconnections/[^/]+",
     "Microsoft.ContainerRegistry/registries/privateEndpointConnections/read",
     arm_registry_writes.get_connection),
    (_RG + _NET + r"virtualnetworks/[^/]+/subnets/[^/]+",
     "Microsoft.Network/virtualNetworks/subnets/read", arm_network.subnet),
    (_RG + _NET + r"virtualnetworks/[^/]+", "Microsoft.Network/virtualNetworks/read",
     arm_network.vnet),
    (_RG + _NET + r"networkinterfaces/[^/]+", "Microsoft.Network/networkInterfaces/read",
     arm_private.nic),
    (_RG + _NET + r"networksecuritygroups/[^/]+", "Microsoft.Network/networkSecurityGroups/read",
     arm_routing.security_group),
    (_RG + _NET + r"routetables/[^/]+", "Microsoft.Network/routeTables/read",
     arm_routing.route_table),
    (_RG + _NET + r"natgateways/[^/]+", "Microsoft.Network/natGateways/read",
     arm_routing.nat_gateway),
    (_RG + _NET + r"publicipaddresses/[^/]+", "Microsoft.Network/publicIPAddresses/read",
     arm_routing.public_ip),
    (_RG + _NET + r"privateendpoints/[^/]+", "Microsoft.Network/privateEndpoints/read",
     arm_private.private_endpoint),
    (r"/subscriptions/[^/]+/providers/microsoft.network/privatednszones", "", arm_zones.listing),
    (_RG + _NET + r"privatednszones/[^/]+/virtualnetworklinks",
     "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read", arm_zones.links),
    (_RG + _NET + r"privatednszones/[^/]+/virtualnetworklinks/[^/]+",
     "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read", arm_zones.link),
    (_RG + _NET + r"privatednszones/[^/]+/a/[^/]+",
     "Microsoft.Network/privateDnsZones/A/read", arm_zones.record),
    (_RG + _NET + r"privateendpoints/[^/]+/privatednszonegroups",
     "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/read", arm_private.zone_groups),
    (r"/subscriptions/[^/]+/providers/microsoft\.network/locations/[^/]+/availableservicealiases",
     "", arm_policies.aliases),
    (_RG + _NET + r"serviceendpointpolicies/[^/]+",
     "Microsoft.Network/serviceEndpointPolicies/read", arm_policies.policy),
    (_RG + _CPU + r"virtualmachines/[^/]+", "Microsoft.Compute/virtualMachines/read",
     arm_compute.virtual_machine),
    (_SET + r"/[^/]+/virtualmachines/[^/]+",
     "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read", arm_compute.instance),
    (_SET + r"/[^/]+/virtualmachines/[^/]+/networkinterfaces",
     "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read",
     arm_compute.instance_nics),
    (r"/subscriptions/[^/]+/providers/microsoft\.[a-z]+",
     "Microsoft.Resources/subscriptions/providers/read", arm_providers.provider),
    (r".*/providers/microsoft.authorization/roleassignments",
     "Microsoft.Authorization/roleAssignments/read", arm_providers.role_assignments),
    (r".*/providers/microsoft.authorization/roledefinitions",
     "Microsoft.Authorization/roleDefinitions/read", arm_providers.role_definitions),
    (r".*/providers/microsoft.authorization/roledefinitions/[^/]+",
     "Microsoft.Authorization/roleDefinitions/read", arm_access.role_definition),
]  # fmt: skip
_COMPILED = [(re.compile(p), action, handler) for p, action, handler in ROUTES]


def _who(cloud: Cloud, request: Request) -> Identity | Response:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        text = "Authentication failed. The 'Authorization' header is missing."
        return error(401, "AuthenticationFailed", text)
    claims = tokens.read(cloud, value)
    if claims is None or str(claims.get("aud", "")).rstrip("/") not in arm_audiences(cloud):
        return error(401, "InvalidAuthenticationToken", "The access token is invalid.")
    if wrong := arm_access.wrong_issuer(cloud, request.path.rstrip("/"), claims["tid"]):
        return wrong
    found = next((i for i in cloud.identities if i.object_id == claims["oid"]), None)
    return found or Identity("user", claims["appid"], claims["oid"], claims["tid"])


def answer(cloud: Cloud, request: Request) -> Response:
    """One ARM answer, with the headers that every answer carries."""
    response = _answer(cloud, request)
    marks: tuple[tuple[str, str], ...] = (
        ("Cache-Control", "no-cache"),
        ("x-ms-request-id", str(uuid.uuid4())),
        ("x-ms-correlation-request-id", str(uuid.uuid4())),
        ("x-ms-ratelimit-remaining-subscription-global-reads", "16499"),
    )
    return Response(response.status, response.headers + marks, response.body)


def _answer(cloud: Cloud, request: Request) -> Response:
    path = request.path.rstrip("/")
    who = _who(cloud, request)
    if isinstance(who, Response):
        return who
    if not request.query.get("api-version"):
        text = "The api-version query parameter (?api-version=) is required for all requests."
        return error(400, "MissingApiVersionParameter", text)
    if request.method != "GET":
        return _write(cloud, who, path, request)
    for pattern, action, handler in _COMPILED:
        if not pattern.fullmatch(path.lower()):
            continue
        scope = path
        if action.startswith(("Microsoft.Authorization/", "Microsoft.Resources/")):
            scope = path[: path.lower().rindex("/providers/")]
        # Rights are asked before existence: a 403 looks the same either way (control-plane 10).
        if action and not may_read(cloud, who.object_id, action, scope):
            return forbidden(who, action, scope)
        if not action:  # lists answer with what the caller can read: empty is not "none"
            return handler(cloud, who.object_id, request)
        return _in_group(cloud, path) or handler(cloud, path, request)
    return error(404, "InvalidResourceType", "The resource type could not be found.")


def _write(cloud: Cloud, who: Identity, path: str, request: Request) -> Response:
    """A change, by somebody whom a role allows it; the tool itself never asks for one."""
    found = arm_writes.find(request.method, path)
    if found is None:
        return error(405, "HttpMethodNotAllowed", "The HTTP method is not allowed.")
    action, scope, writer = found
    if not may_write(cloud, who.object_id, action, scope):
        return forbidden(who, action, scope)
    return _in_group(cloud, path) or arm_writes.write(cloud, path, request, who, writer)


def forbidden(who: Identity, action: str, scope: str) -> Response:
    """The real AuthorizationFailed text, with ids."""
    text = f"The client '{who.client_id}' with object id '{who.object_id}' does not have "
    text += f"authorization to perform action '{action}' over scope '{scope}' or the scope is "
    text += "invalid. If access was recently granted, please refresh your credentials."
    return error(403, "AuthorizationFailed", text)


def groups(cloud: Cloud) -> set[str]:
    """The resource groups that exist, lower-case."""
    ids: list[Any] = [cloud.vm.resource_id, cloud.registry.id, cloud.vm.nic_id]
    ids += [vnet.id for vnet in cloud.vnets]
    return {"/".join(i.lower().split("/")[:5]) for i in ids}


def _in_group(cloud: Cloud, path: str) -> Response | None:
    parts = path.split("/")
    if parts[2].lower() not in (s.lower() for s in cloud.subscriptions):
        text = f"The subscription '{parts[2]}' could not be found."
        return error(404, "SubscriptionNotFound", text)
    is_group = len(parts) > 4 and parts[3].lower() == "resourcegroups"
    if is_group and "/".join(parts[:5]).lower() not in groups(cloud):
        return error(
            404, "ResourceGroupNotFound", f"Resource group '{parts[4]}' could not be found."
        )
    return None
