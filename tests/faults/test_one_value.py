"""One value of ARM's of the wrong type: those that once misled, and a few hundred at random.

`tests.faults.one_value` goes on for longer.
"""

import random

import pytest

from tests.faults import one_value
from tests.faults.one_value import Change, Where

SEED = 20_261_123
PROPERTIES: Where = ("value", 0, "properties")
# A story, the end of the answer's path, and the value that once made a run sure of another cause.
FOUND: tuple[tuple[str, str, Where], ...] = (
    (
        "the_private_endpoint_is_in_a_vnet_that_is_not_peered",
        "/acr-pe.nic.00000000-0000-0000-0000-0000000000fe",
        ("properties", "ipConfigurations"),
    ),
    (
        "the_nat_gateways_address_is_allowed_but_the_endpoint_hides_it",
        "/providers/Microsoft.ContainerRegistry/registries",
        ("value", 0, "sku", "name"),
    ),
    (
        "a_private_endpoint_elsewhere_takes_the_name_from_the_service_endpoint",
        "/registries/contoso",
        ("properties", "networkRuleSet"),
    ),
    (
        "the_zone_is_linked_to_the_hub_alone",
        "/virtualNetworks/app-vnet",
        ("properties", "virtualNetworkPeerings", 0, "properties", "peeringState"),
    ),
    (
        "the_zone_is_not_linked_and_the_endpoint_is_not_to_be_read",
        "/providers/Microsoft.ContainerRegistry/registries",
        (*PROPERTIES, "privateEndpointConnections", 0, "properties"),
    ),
    (
        "an_address_is_allowed_that_the_endpoint_hides",
        "/providers/Microsoft.ContainerRegistry/registries",
        (*PROPERTIES, "networkRuleSet", "ipRules"),
    ),
)


@pytest.mark.parametrize("value", one_value.WRONG)
@pytest.mark.parametrize(("story", "end", "where"), FOUND, ids=lambda one: str(one)[-40:])
def test_what_once_misled(story: str, end: str, where: Where, value: object) -> None:
    paths = [path for path in one_value.truth(story)[1] if path.endswith(end)]

    assert paths, f"no answer ends with {end}"
    for path in paths:
        assert one_value.misled(Change(story, path, where, value)) == ""


def test_a_value_at_random_misleads_nobody() -> None:
    chance = random.Random(SEED)  # noqa: S311 # no secret is drawn
    misled = [
        change
        for change in (one_value.drawn(chance) for _ in range(200))
        if one_value.misled(change)
    ]

    assert not misled


def test_a_change_that_is_true_of_another_world_is_noticed() -> None:
    """The mirror of it: where ARM says plainly that access is off, that is what a run says."""
    story = "a_sibling_subnet_is_allowed"
    path = next(p for p in one_value.truth(story)[1] if p.endswith("registries") and "b002" in p)
    where = (*PROPERTIES, "publicNetworkAccess")

    assert one_value.misled(Change(story, path, where, "Disabled")) == "public-access-disabled"
