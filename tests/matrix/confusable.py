"""Pairs that tools of this kind take for each other, each as two stories one thing apart."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from tests.matrix.runs import BY_NAME, cloud_of
from tests.scenarios.stories import Story


class Confusable(NamedTuple):
    """``one`` and ``other`` are stories; ``more`` says why they are more than one thing apart."""

    what: str
    one: str
    other: str
    more: str = ""


PAIRS = (
    Confusable(
        "the endpoint is missing, or the rule is",
        "neither_endpoint_nor_rule",
        "a_sibling_subnet_is_allowed",
    ),
    Confusable(
        "a rule for another subnet of the VNet, or none",
        "a_sibling_subnet_is_allowed",
        "no_subnet_is_allowed",
    ),
    Confusable(
        "an endpoint that is listed and not ready, or one that works",
        "the_endpoint_failed_to_provision",
        "everything_is_right",
    ),
    Confusable(
        "an IP rule that the endpoint defeats, or one for another address",
        "the_nat_gateways_address_is_allowed_but_the_endpoint_hides_it",
        "some_other_address_is_allowed_and_the_endpoint_is_on",
    ),
    Confusable(
        "public access is off, or the rule is missing",
        "public_access_is_off",
        "a_sibling_subnet_is_allowed",
    ),
    Confusable(
        "403 by the registry, or by a proxy",
        "a_sibling_subnet_is_allowed",
        "the_proxy_denies_the_registry",
        "a proxy is told to the machine and let in by the registry too",
    ),
    Confusable(
        "403 by the registry, or by a firewall that opens TLS",
        "a_sibling_subnet_is_allowed",
        "a_firewall_that_opens_tls_answers_itself",
        "the machine trusts the authority of its firewall",
    ),
    Confusable(
        "403 by the registry, or by the layers' storage",
        "a_sibling_subnet_is_allowed",
        "a_policy_of_the_subnet_denies_the_layers_storage",
    ),
    Confusable(
        "403 by the firewall, or for the registry's own key",
        "a_sibling_subnet_is_allowed",
        "the_registrys_own_key_is_disabled",
        "a key has to be there to be disabled",
    ),
    Confusable(
        "no role, or a role that counts no more",
        "the_identity_may_not_pull",
        "the_registry_went_over_to_abac",
    ),
    Confusable(
        "no role, or another identity's role",
        "the_identity_may_not_pull",
        "another_identity_than_the_machines_may_pull",
        "an identity and its role",
    ),
    Confusable(
        "a login that has expired, or one that was never right",
        "the_stored_token_ended_hours_ago",
        "the_admin_password_was_changed",
    ),
    Confusable(
        "a role that is missing, or one that only lacks what a tool asks beside the pull",
        "the_identity_may_not_pull",
        "everything_is_right",
    ),
    Confusable(
        "the tag is missing, or the repository",
        "the_tag_is_not_there",
        "the_repository_is_not_there",
    ),
    Confusable(
        "the name does not exist, or the resolver is dead",
        "the_registry_was_deleted",
        "the_resolver_is_silent",
    ),
    Confusable(
        "the resolver is dead, or fails",
        "the_networks_own_resolver_is_silent",
        "the_networks_own_resolver_fails",
    ),
    Confusable(
        "a private address that is out of date, or an endpoint that does not answer",
        "the_zone_has_the_address_of_an_older_endpoint",
        "the_private_endpoint_does_not_answer",
    ),
    Confusable(
        "dropped, or ended by a firewall that reads the name",
        "the_registry_is_dropped",
        "a_firewall_ends_the_registrys_name",
    ),
    Confusable(
        "ended by a firewall, or TLS opened on the way",
        "a_firewall_ends_the_registrys_name",
        "a_middlebox_signs_for_the_registry",
    ),
    Confusable(
        "TLS opened on the way, or a page in the registry's place",
        "a_middlebox_signs_for_the_registry",
        "a_firewall_that_opens_tls_answers_itself",
        "the machine trusts the authority of its firewall",
    ),
    Confusable(
        "the layers are blocked, or the whole registry",
        "the_layers_are_dropped",
        "the_registry_is_dropped",
    ),
    Confusable(
        "docker's own proxy is broken, or the network",
        "dockers_own_proxy_is_dead",
        "the_subnet_has_no_way_out",
        "what docker is told stands in a file and in its process",
    ),
    Confusable(
        "docker's own mirror is broken, or the network",
        "docker_is_sent_to_a_mirror_that_is_gone",
        "the_subnet_has_no_way_out",
    ),
    Confusable(
        "the same image from a subnet that is allowed, or from one that is not",
        "everything_is_right",
        "a_sibling_subnet_is_allowed",
    ),
)

# Pairs of one cause whose verdicts read the same, and why that is as far as one can see.
ALIKE = {
    "no role, or another identity's role": "roles are listed for this machine's identity alone",
}


def state(story: Story) -> object:
    """Give all that a run depends on; what is asked for is a part of it."""
    return cloud_of(story), story.image


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Give the fields in which two states differ; an element of a list that differs
    in more than one of its own counts as one, and so do the places in a list.
    """
    if type(one) is type(other) and is_dataclass(one):
        for field in fields(one):
            name = f"{path}.{field.name}"
            yield from differences(getattr(one, field.name), getattr(other, field.name), name)
    elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(one) == len(other):
            for mine, yours in zip(one, other, strict=True):
                found = set(differences(mine, yours, f"{path}[]"))
                yield from found if len(found) < 2 or not path else [f"{path}[]"]
        else:
            yield path
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{path}[{key}]")
    elif one != other:
        yield path


def apart(one: str, other: str) -> set[str]:
    return set(differences(state(BY_NAME[one]), state(BY_NAME[other])))
