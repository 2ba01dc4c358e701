"""`az` where the answer is not ARM's: images, keys; and the policies of service endpoints.

As azure-cli 2.91.0 takes them: command_modules/acr, command_modules/keyvault, and the generated
command_modules/network/aaz/latest/network/service_endpoint/policy_definition.
"""

import argparse
from typing import Any

from tests.az.arm import Arm, flat
from tests.az.forms import form

POLICIES = "2023-09-01"


@form("acr manifest show", "--registry|-r!", "--name|-n!")
@form("acr manifest list-metadata", "--registry|-r!", "--name|-n!", "--orderby", "--top")
@form("acr repository show", "--name|-n!", "--image|-t!")
@form("acr repository update", "--name|-n!", "--image|-t!", "--read-enabled!")
@form("keyvault key show", "--id!")
@form("keyvault key set-attributes", "--id!", "--enabled!")
def elsewhere(arm: Arm, given: argparse.Namespace) -> Any:
    """Only the form is checked: the answer is the registry's or the vault's."""


@form(
    "network service-endpoint policy-definition create",
    *("--resource-group|-g!", "--policy-name!", "--name|-n!", "--service"),
    lists=("--service-resources",),
)
def policy_entry(arm: Arm, given: argparse.Namespace) -> Any:
    properties = {"service": given.service, "serviceResources": given.service_resources}
    body = {"name": given.name, "properties": properties}
    return flat(arm.ask("PUT", _entry(arm, given), POLICIES, body))


@form(
    "network service-endpoint policy-definition delete",
    *("--resource-group|-g!", "--policy-name!", "--name|-n!"),
)
def policy_entry_off(arm: Arm, given: argparse.Namespace) -> Any:
    return arm.ask("DELETE", _entry(arm, given), POLICIES)


def _entry(arm: Arm, given: argparse.Namespace) -> str:
    group = f"/subscriptions/{given.subscription or arm.subscription}/resourceGroups/"
    policy = f"{group}{given.resource_group}/providers/Microsoft.Network/serviceEndpointPolicies/"
    return f"{policy}{given.policy_name}/serviceEndpointPolicyDefinitions/{given.name}"
