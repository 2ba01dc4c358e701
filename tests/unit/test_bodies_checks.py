"""What the checks read from a kept body is what they read from the whole one.

The bodies are Azure's own (`tests/recorded`) and fuller ones of the same form, as they are and with
parts torn out or replaced by what does not belong there.
"""

import ast
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeGuard

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks import (
    anonymous,
    answers,
    arm_answer,
    egress,
    identity,
    instance,
    interface,
    manifest,
    manifest_body,
    network_rules,
    outbound_rules,
    private_endpoint,
    provider,
    registry,
    registry_list,
    role_list,
    roles,
    rule_subnets,
    storage_policy,
    stored,
    subnet,
    tenant,
    token,
    vnet,
)
from checks.privacy import Sensitivity
from checks.registry import Connection
from checks.replies import HttpReply
from checks.target import parse
from checks.token_replies import StoredReply
from diagnose.bundle import bodies
from diagnose.bundle.bodies import errors, keeping
from diagnose.bundle.bodies.shape import ById, Shape
from tests.unit.judging import HOST

RECORDED = Path(__file__).parents[1] / "recorded"
TARGET = parse("clireg000002.azurecr.io/app:v1")
ID = "/subscriptions/S/resourceGroups/G/providers/"
NET = ID + "Microsoft.Network/"
DIGEST = "sha256:" + "a" * 64
NOW = 1_700_000_000.0


def same(_kind: Sensitivity, text: str) -> str:
    return text


def recorded(pattern: str) -> list[Any]:
    return [json.loads(path.read_text()) for path in sorted(RECORDED.glob(pattern))]


def body_of(reply: HttpReply) -> dict[str, Any]:
    found = arm_answer.read(reply)
    return {} if isinstance(found, arm_answer.Hidden) else found


def properties_of(reply: HttpReply) -> dict[str, Any]:
    return answers.table(body_of(reply), "properties")


def good(body: Any) -> HttpReply:
    return HttpReply(status=200, body=json.dumps(body).encode())


def world(**replies: HttpReply) -> Any:
    """Give a world whose ARM has these resources, by the last part of their ids."""
    denied = HttpReply(status=403)
    get = lambda path, *_: replies.get(path.rpartition("/")[2], denied)  # noqa: E731 - a port
    return SimpleNamespace(arm=SimpleNamespace(get=get))


HERE = instance.Instance(
    name="one",
    resource_id=f"{ID}Microsoft.Compute/virtualMachines/one",
    subscription="S",
    resource_group="G",
    location="eastus",
    environment="AzurePublicCloud",
    scale_set="",
    flexible=False,
    nics=(instance.Nic(mac="0", private_ip="10.0.0.4", public_ip="", prefix="10.0.0.0/24"),),
    outbound_ips=(),
)
PEER = {"peeringState": "Connected", "remoteVirtualNetwork": {"id": NET + "virtualNetworks/W"}}
ROW = {
    "direction": "Outbound",
    "priority": 100,
    "protocol": "Tcp",
    "access": "Allow",
    "sourceAddressPrefix": "*",
    "sourceAddressPrefixes": ["10.1.0.0/24"],
    "destinationAddressPrefix": "Sql",
    "destinationAddressPrefixes": ["Storage", "10.0.0.0/8"],
    "destinationPortRange": "443",
    "destinationPortRanges": ["80-90"],
}
HOP = {
    "addressPrefix": "0.0.0.0/0",
    "nextHopType": "VirtualAppliance",
    "nextHopIpAddress": "10.0.0.4",
}
LINK = {
    "privateIPAddress": "10.1.0.7",
    "privateLinkConnectionProperties": {"fqdns": ["A.azurecr.io"]},
}
ZONE = {"privateDnsZoneId": NET + "privateDnsZones/privatelink.azurecr.io"}
LISTED = {"properties": {"serviceResources": ["/services/Azure", "/subscriptions/S"]}}
PERMIT = [
    [{"actions": ["*/read"]}],
    [{"actions": ["*/read"], "notActions": ["*/pull/read"], "dataActions": ["*"]}],
    [{"actions": [7], "dataActions": ["*"], "notDataActions": ["*/content/read"]}],
]
IMAGE = {"digest": DIGEST, "size": 7}
SUBNET = {
    "id": NET + "virtualNetworks/V/subnets/N",
    "properties": {
        "addressPrefixes": ["10.1.0.0/24", "fd00::/64"],
        "addressPrefix": "10.1.0.0/24",
        "serviceEndpoints": [
            {"service": "Microsoft.Storage", "locations": ["eastus"], "provisioningState": "Failed"}
        ],
        "serviceEndpointPolicies": [{"id": NET + "serviceEndpointPolicies/P"}],
        "natGateway": {"id": NET + "natGateways/G"},
        "routeTable": {"id": NET + "routeTables/T"},
        "networkSecurityGroup": {"id": NET + "networkSecurityGroups/S"},
        "defaultOutboundAccess": False,
    },
}
POLICIES = {"quarantinePolicy": {"status": "enabled"}}
KEY = {"status": "enabled", "keyVaultProperties": {"keyIdentifier": "https://v.vault.azure.net/k"}}
CONNECTIONS = recorded("registry/private_endpoint_connections_list.json")[0]["value"]
ENDPOINT = Connection(name="c", endpoint_id=NET + "privateEndpoints/E", status="Approved")
GATEWAY = {"properties": {"publicIpAddresses": [{"id": "/a/address"}], "publicIpPrefixes": [{}]}}
ADDRESS = {"properties": {"ipAddress": "52.0.0.1"}}
FULL = recorded("registry/*new_field.json")[0]
FULL["properties"] |= {
    "dataEndpointEnabled": True,
    "publicNetworkAccess": "Disabled",
    "roleAssignmentMode": "AbacRepositoryPermissions",
    "policies": {**FULL["properties"]["policies"], **POLICIES},
    "encryption": KEY,
    "privateEndpointConnections": CONNECTIONS,
}

OLD = copy.deepcopy(FULL)
OLD["properties"]["networkRuleSet"]["virtualNetworkRules"] = [{"virtualNetworkResourceId": "V"}]
OTHER = {"primary": False, "subnet": {"id": "/subnets/other"}}
NICS = [{"id": "one"}, {"id": "two", "properties": {"primary": True}}]
MODELS = [
    {"properties": {"primary": first, "ipConfigurations": [{"properties": inner}]}}
    for first, inner in ((False, OTHER), (True, {"subnet": {"id": "/subnets/own"}}))
]
MACHINE = {
    "networkProfile": {"networkInterfaces": NICS},
    "networkProfileConfiguration": {"networkInterfaceConfigurations": MODELS},
}
FLEXIBLE = copy.deepcopy(recorded("imds/instance*.json")[0])
FLEXIBLE["compute"]["virtualMachineScaleSet"] = {"id": "/set"}
FLEXIBLE["network"]["interface"][0]["ipv4"]["ipAddress"][0]["publicIpAddress"] = "52.0.0.1"
TWO = [{"properties": OTHER}, {"properties": {"primary": True, "subnet": {"id": "/subnets/own"}}}]
NIC_OF_ENDPOINT = {"properties": {"ipConfigurations": [{"properties": LINK}]}}

# name -> the path that is asked for, bodies, and what the checks read from the answer
Reader = Callable[[HttpReply], object]
ARM: dict[str, tuple[str, list[Any], Reader]] = {
    "subnet": (
        SUBNET["id"],
        [SUBNET, *recorded("arm/subnet*.json")],
        lambda r: (subnet.parse(r, "id"), rule_subnets.exists(r)),
    ),
    "vnet": (
        f"{NET}virtualNetworks/V",
        [
            {"id": "V", "properties": {"dhcpOptions": {"dnsServers": ["10.0.0.5"]},
             "virtualNetworkPeerings": [{"properties": PEER}]}},
            *recorded("arm/vnet*.json"),
        ],
        lambda r: vnet.parse(r, "id"),
    ),
    "interface": (
        f"{NET}networkInterfaces/N",
        [NIC_OF_ENDPOINT, {"properties": {"ipConfigurations": TWO}}, *recorded("arm/nic*.json")],
        lambda r: (
            interface.from_configurations(properties_of(r), "nic", HERE),
            private_endpoint.from_interface(body_of(r)),
        ),
    ),
    "machine": (
        HERE.resource_id,
        [{"properties": MACHINE}, *recorded("arm/vm*_get*.json")],
        lambda r: (
            interface.primary(
                answers.rows(
                    answers.table(properties_of(r), "networkProfile"), "networkInterfaces"
                )
            ),
            interface.from_scale_set(properties_of(r), HERE),
        ),
    ),
    "registry": (
        f"{ID}Microsoft.ContainerRegistry/registries/R",
        [FULL, OLD, *recorded("registry/reg_*.json")],
        lambda r: (registry.parse(body_of(r), TARGET), network_rules.parse(body_of(r))),
    ),
    "registries": (
        "/subscriptions/S/providers/Microsoft.ContainerRegistry/registries",
        [{"value": [{"properties": {"loginServer": "other.azurecr.io"}}, FULL]}],
        lambda r: (row := registry_list.matching(answers.rows(body_of(r), "value"), TARGET))
        and registry.parse(row, TARGET),
    ),
    "subscriptions": (
        "/subscriptions",
        [{"value": [{"subscriptionId": "S"}, {"subscriptionId": "T"}]}],
        lambda r: registry_list.subscriptions_in(body_of(r)),
    ),
    "subscription": (
        "/subscriptions/S",
        [{"id": "/subscriptions/S", "tenantId": "T"}],
        lambda r: tenant.parse(r, own="O", subscription="S"),
    ),
    "provider": (
        "/subscriptions/S/providers/Microsoft.ContainerRegistry",
        recorded("arm/provider*.json"),
        lambda r: provider.parse(r, "S"),
    ),
    "security group": (
        f"{NET}networkSecurityGroups/G",
        [
            {"properties": {"securityRules": [{"name": "deny", "properties": ROW}]}},
            *recorded("arm/nsg*.json"),
        ],
        lambda r: outbound_rules.parse(body_of(r), {}),
    ),
    "route table": (
        f"{NET}routeTables/T",
        [{"properties": {"routes": [{"properties": HOP}]}}, *recorded("arm/route_table*.json")],
        lambda r: outbound_rules.parse({}, body_of(r)),
    ),
    "gateway": (
        f"{NET}natGateways/gateway",
        [GATEWAY],
        lambda r: egress.of_gateway(
            world(gateway=r, address=good(ADDRESS)),
            "/a/gateway",
        ),
    ),
    "public address": (
        f"{NET}publicIPAddresses/address",
        [ADDRESS],
        lambda r: egress.of_gateway(
            world(gateway=good(GATEWAY), address=r),
            "/a/gateway",
        ),
    ),
    "private endpoint": (
        ENDPOINT.endpoint_id,
        [
            {"properties": {"customDnsConfigs": [{"fqdn": "A", "ipAddresses": ["10.1.0.7"]}],
             "subnet": {"id": "/subnets/N"}}},
            {"properties": {"networkInterfaces": [{"id": "/a/nic"}]}},
            *recorded("arm/private_endpoint*.json"),
        ],
        lambda r: private_endpoint._read(world(E=r, nic=good(NIC_OF_ENDPOINT)), ENDPOINT),
    ),
    "zone groups": (
        f"{ENDPOINT.endpoint_id}/privateDnsZoneGroups",
        [
            {"value": [{"properties": {"privateDnsZoneConfigs": [{"properties": ZONE}]}}]},
            {"value": recorded("arm/private_dns_zone_group*.json")},
        ],
        lambda r: private_endpoint.zone_in(body_of(r)),
    ),
    "policy": (
        f"{NET}serviceEndpointPolicies/P",
        [{"properties": {"serviceEndpointPolicyDefinitions": [LISTED, LISTED]}}],
        lambda r: storage_policy.parse(body_of(r)),
    ),
    "roles": (
        f"{ID}Microsoft.ContainerRegistry/registries/R/providers/Microsoft.Authorization/roleAssignments",
        recorded("arm/role_assignments*.json"),
        roles.parse,
    ),
    "role": (
        f"{ID}R/providers/Microsoft.Authorization/roleDefinitions/D",
        [{"properties": {"roleName": "a role", "permissions": permit}} for permit in PERMIT],
        lambda r: role_list.defined(body_of(r)),
    ),
}  # fmt: skip


def manifest_of(reply: HttpReply) -> object:
    body = body_of(reply)
    is_index = isinstance(body.get("manifests"), list)
    return is_index, manifest_body.choose(body, HOST), manifest_body.smallest(body)


def errors_of(reply: HttpReply) -> object:
    return (
        arm_answer.read(reply) if reply.status != 200 else None,
        rule_subnets.exists(reply) if reply.status != 200 else None,
        tenant.parse(reply, own="O", subscription="S"),
        identity.parse(reply),
        identity._unknown_audience(reply),
        anonymous.parse(reply),
        manifest.refused(reply),
        token.refused(reply, "exchange", ()),
        stored.parse((StoredReply(source="f", kind="password", answer=reply),), TARGET),
    )


INDEX = {
    "manifests": [
        {"digest": DIGEST, "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": "sha256:" + "b" * 64},
    ]
}
URL = "https://clireg000002.azurecr.io/v2/app/manifests/v1"
MUST_MATCH = (
    "It must match the tenant 'https://sts.windows.net/12345678-1234-1234-1234-123456789012/'"
)
ERRORS = [
    {"errors": [{"code": "DENIED", "message": "client with IP '10.1.0.4' is not allowed access."}]},
    {"errors": [{"code": "UNAUTHORIZED", "message": "who?", "detail": [{"Type": "repository"}]}]},
    {"errors": [{"code": "NAME_UNKNOWN", "message": "not found", "detail": {"Name": "app"}}]},
    {"error": "invalid_resource", "error_description": "AADSTS500011", "trace_id": "1"},
    {"error": {"code": "InvalidAuthenticationTokenTenant", "message": MUST_MATCH}},
    {"error": {"code": "SubscriptionNotFound", "message": "not found", "details": []}},
]
QUESTIONS: dict[str, tuple[str, str, dict[str, object], list[Any], Reader]] = {
    **{name: ("arm", "get", {"path": row[0]}, *row[1:]) for name, row in ARM.items()},
    "instance": (
        "imds",
        "instance",
        {},
        [FLEXIBLE, *recorded("imds/instance*.json")],
        lambda r: instance.parse(r, r, HOST, now=NOW),
    ),
    "load balancer": (
        "imds",
        "load_balancer",
        {},
        [{"loadbalancer": {"publicIpAddresses": [{"frontendIpAddress": "52.0.0.1"}]}}],
        instance._frontends,
    ),
    "manifest": (
        "http",
        "get",
        {"url": URL},
        [INDEX, {"layers": [IMAGE, {**IMAGE, "urls": []}], "config": IMAGE}, {"config": IMAGE}],
        manifest_of,
    ),
    "error": (
        "tokens",
        "identity",
        {},
        ERRORS + recorded("errors/*.json") + recorded("imds/*error*.json"),
        errors_of,
    ),
}
STATUSES = {"error": (400, 401, 403, 404, 500)}
HEADERS = {"date": "Tue, 14 Nov 2023 22:00:00 GMT", "content-type": "application/json"}
JUNK = st.sampled_from(
    [None, True, False, 0, 3, "", "x", [], {}, ["x"], [{}], [["x"]], [3, None], {"more": "x"}]
)


def read(name: str, body: Any, status: int) -> tuple[object, object]:
    """Give what the checks read from a body, and what from what is kept of it."""
    port, method, arguments, _, reader = QUESTIONS[name]
    whole = HttpReply(status=status, headers=HEADERS, body=json.dumps(body).encode())
    kept = bodies.kept(port, method, arguments, whole, same)
    assert replace(kept, headers=HEADERS, body=whole.body) == whole
    return reader(whole), reader(kept)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_checks_read_the_same(name: str) -> None:
    for status in STATUSES.get(name, (200,)):
        for body in QUESTIONS[name][3]:
            whole, kept = read(name, body, status)

            assert kept == whole


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place in a JSON value, as what holds it and its key there."""
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def torn(draw: st.DrawFn, body: Any) -> Any:
    """Give ``body`` with up to three things in it replaced by something else."""
    held = {"": copy.deepcopy(body)}
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(places(held))))
        holder[key] = copy.deepcopy(draw(JUNK))
    return held[""]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_checks_stumble_over_the_same(name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(QUESTIONS[name][3]).flatmap(torn),
        st.sampled_from(STATUSES.get(name, (200,))),
    )
    def holds(body: Any, status: int) -> None:
        # These two take properties without a single known field for properties.
        known = set(answers.table(body, "properties")) != {"more"}
        assume(known or name not in ("subnet", "vnet"))
        whole, kept = read(name, body, status)

        assert kept == whole

    holds()


def keys_read() -> Iterator[tuple[str, str]]:
    """Give the keys that stand as literals where a check reads JSON, with the check's file."""
    for path in sorted(Path(answers.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            place = node.func.value
            if isinstance(place, ast.Name) and place.id == "answers" and len(node.args) == 2:
                yield from ((path.name, str(a.value)) for a in node.args if is_text(a))


def is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def keys_kept(shape: Shape) -> set[str]:
    if isinstance(shape, ById):
        return keys_kept(shape.value)
    if isinstance(shape, (list, tuple)):
        return {key for one in shape for key in keys_kept(one)}
    if not isinstance(shape, dict):
        return set()
    return {*shape, *(key for inner in shape.values() for key in keys_kept(inner))}


def test_every_key_that_a_check_names_is_kept_somewhere() -> None:
    """Stories may not come by each of them."""
    shapes = [keeping.shape_of(*row[:3]) for row in QUESTIONS.values()]
    known = {key for shape in [*shapes, errors.ERRORS] for key in keys_kept(shape)}
    lost = sorted({(file, key) for file, key in keys_read() if key not in {*known, ""}})

    assert not lost, f"{lost}: see diagnose/bundle/bodies/README.md"
