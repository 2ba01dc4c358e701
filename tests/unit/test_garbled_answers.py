"""A list in ARM's answer that is none, or whose rows are none, is unknown and never empty."""

import json

import pytest

from checks import registry, roles, subnet, vnet
from checks.replies import HttpReply
from checks.subnet import Subnet, SubnetHidden
from checks.target import parse as target_of

ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/a"
TARGET = target_of("contoso.azurecr.io/app:v1")
ENDPOINT = {"service": "Microsoft.Storage", "locations": ["eastus\x1b[31m"]}


def reply(body: object) -> HttpReply:
    return HttpReply(status=200, body=json.dumps(body).encode())


def of_subnet(**properties: object) -> Subnet | SubnetHidden:
    return subnet.parse(reply({"properties": {"addressPrefix": "10.0.0.0/24", **properties}}), ID)


@pytest.mark.parametrize(
    "listed",
    [None, 3, "x", {}, [None], [3], [{}], [{"service": 3}], [ENDPOINT, None], [ENDPOINT, {}]],
    ids=str,
)
def test_service_endpoints_that_cannot_be_read_are_not_missing(listed: object) -> None:
    assert isinstance(of_subnet(serviceEndpoints=listed), SubnetHidden)


def test_service_endpoints_that_are_not_there_are_missing() -> None:
    for found in (of_subnet(), of_subnet(serviceEndpoints=[])):
        assert isinstance(found, Subnet)
        assert found.endpoint is None


def test_a_location_is_foreign_text() -> None:
    found = of_subnet(serviceEndpoints=[ENDPOINT])

    assert isinstance(found, Subnet)
    assert found.endpoints[0].locations == ("eastus [31m",)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"value": None},
        {"value": {}},
        {"value": [None]},
        {"value": [{"properties": None}]},
        {"value": [{"properties": {"roleDefinitionId": 3}}]},
    ],
    ids=str,
)
def test_roles_that_cannot_be_read_are_not_missing(body: object) -> None:
    assert isinstance(roles.parse(reply(body)), roles.RolesHidden)


def test_no_role_is_no_role() -> None:
    assert roles.parse(reply({"value": []})) == ()


def of_registry(**more: object) -> object:
    properties = {"loginServer": "contoso.azurecr.io", **more}
    body = {"id": "/x/registries/contoso", "name": "contoso", "properties": properties}
    return registry.parse(body, TARGET)


ENDED = {"privateLinkServiceConnectionState": {"status": None}}


@pytest.mark.parametrize(
    "more",
    [
        {"privateEndpointConnections": 3},
        {"privateEndpointConnections": [None]},
        {"privateEndpointConnections": [{"properties": ENDED}]},
        {"networkRuleSet": {"ipRules": 3}},
        {"networkRuleSet": {"ipRules": [{"value": None}]}},
    ],
    ids=str,
)
def test_what_a_registry_lists_and_cannot_be_read_is_not_missing(more: dict[str, object]) -> None:
    assert isinstance(of_registry(**more), registry.RegistryHidden)


def test_a_registry_that_names_no_plan_is_not_of_a_lower_one() -> None:
    found = of_registry()

    assert isinstance(found, registry.Registry)
    assert found.premium


PEERING = {"peeringState": "Connected", "remoteVirtualNetwork": {"id": "/v/Hub"}}


@pytest.mark.parametrize(
    "listed",
    [3, [3], [{}], [{"properties": PEERING | {"peeringState": None}}], [{"properties": 3}]],
    ids=str,
)
def test_peerings_that_cannot_be_read_are_not_missing(listed: object) -> None:
    answer = reply({"properties": {"virtualNetworkPeerings": listed}})

    assert isinstance(vnet.parse(answer, "/v/own"), vnet.VnetHidden)


def test_a_peering_counts_where_it_is_connected() -> None:
    rows = [{"properties": PEERING}, {"properties": PEERING | {"peeringState": "Initiated"}}]
    found = vnet.parse(reply({"properties": {"virtualNetworkPeerings": rows}}), "/v/own")

    assert isinstance(found, vnet.Vnet)
    assert found.peered == ("/v/hub",)
