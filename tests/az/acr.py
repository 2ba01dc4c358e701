"""`az acr` as azure-cli 2.91.0 does it: command_modules/acr/{custom,network_rule,_utils}.py.

A registry is looked up by its name in the subscription, then read and written in an api-version
that shows VNet rules.
"""

import argparse
from typing import Any

from tests.az.arm import Arm, AzError, Json, flat
from tests.az.forms import form

VERSION = "2026-09-01-preview"
_KIND = "Microsoft.ContainerRegistry/registries"
_PLANS = "Network rules are only supported for managed registries in Premium SKU."


def _find(arm: Arm, given: argparse.Namespace, name: str) -> str:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    rows = arm.get(f"{at}/resources", "2024-11-01", **{"$filter": f"resourceType eq '{_KIND}'"})
    found = [row for row in rows["value"] if row["name"].lower() == name.lower()]
    if not found:
        raise AzError(f"The resource with name '{name}' could not be found in {at}.")
    return str(found[0]["id"])


def _registry(arm: Arm, given: argparse.Namespace) -> Json:
    return arm.get(_find(arm, given, given.name), VERSION)


@form("acr show", "--name|-n!")
def show(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(_registry(arm, given))


@form("acr list")
def listing(arm: Arm, given: argparse.Namespace) -> Any:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    return flat(arm.get(f"{at}/providers/{_KIND}", VERSION)["value"])


@form("acr network-rule add", "--name|-n!", "--subnet", "--ip-address")
def add(arm: Arm, given: argparse.Namespace) -> Any:
    return _change(arm, given, is_add=True)


@form("acr network-rule remove", "--name|-n!", "--subnet", "--ip-address")
def remove(arm: Arm, given: argparse.Namespace) -> Any:
    return _change(arm, given, is_add=False)


def _change(arm: Arm, given: argparse.Namespace, *, is_add: bool) -> Any:
    """Read both lists, change one, send both again: whoever does so in between loses."""
    registry = _registry(arm, given)
    if registry["sku"]["name"] != "Premium":
        raise AzError(_PLANS)
    rules = registry["properties"]["networkRuleSet"]
    asked = (
        ("virtualNetworkRules", "virtualNetworkSubnetResourceId", given.subnet),
        ("ipRules", "value", given.ip_address),
    )
    for key, field, value in asked:
        if value is None:
            continue
        if is_add:
            rules[key] = [*rules[key], {field: value, "action": "Allow"}]
        else:  # az compares subnets without regard to case, addresses as they are
            rules[key] = [row for row in rules[key] if _is_other(row[field], value, key)]
    return flat(_patch(arm, registry, {"networkRuleSet": rules}))


def _is_other(one: str, value: str, key: str) -> bool:
    return one.lower() != value.lower() if key.startswith("virtual") else one != value


def _patch(arm: Arm, registry: Json, properties: Json, **more: Json) -> Any:
    body = {**({"properties": properties} if properties else {}), **more}
    return arm.ask("PATCH", registry["id"], VERSION, body)


@form(
    "acr update",
    *("--name|-n!", "--sku", "--public-network-enabled", "--default-action"),
    "--allow-trusted-services",
)
def update(arm: Arm, given: argparse.Namespace) -> Any:
    """Switching the public side off denies by default too, which switching on does not undo."""
    properties: Json = {}
    if given.public_network_enabled is not None:
        on = _flag("--public-network-enabled", given.public_network_enabled)
        properties["publicNetworkAccess"] = "Enabled" if on else "Disabled"
        if not on:
            properties["networkRuleSet"] = {"defaultAction": "Deny"}
    if given.default_action is not None:
        properties["networkRuleSet"] = {"defaultAction": given.default_action}
    if given.allow_trusted_services is not None:
        trusted = _flag("--allow-trusted-services", given.allow_trusted_services)
        properties["networkRuleBypassOptions"] = "AzureServices" if trusted else "None"
    registry = _registry(arm, given)
    if "networkRuleSet" in properties and registry["sku"]["name"] != "Premium":
        raise AzError(_PLANS)
    sku = {"sku": {"name": given.sku}} if given.sku else {}
    return flat(_patch(arm, registry, properties, **sku))


def _flag(option: str, word: str) -> bool:
    if word not in ("true", "false"):
        raise ValueError(f"{option}: {word!r} is neither true nor false")
    return word == "true"


@form("acr private-endpoint-connection approve", "--registry-name|-r!", "--name|-n!")
def approve(arm: Arm, given: argparse.Namespace) -> Any:
    return _connection(arm, given, "Approved")


@form("acr private-endpoint-connection reject", "--registry-name|-r!", "--name|-n!")
def reject(arm: Arm, given: argparse.Namespace) -> Any:
    return _connection(arm, given, "Rejected")


def _connection(arm: Arm, given: argparse.Namespace, status: str) -> Any:
    """Read the connection, change its state, put the whole of it back."""
    path = f"{_find(arm, given, given.registry_name)}/privateEndpointConnections/{given.name}"
    found = arm.get(path, VERSION)["properties"]
    state = found["privateLinkServiceConnectionState"]
    properties = {
        "privateEndpoint": found["privateEndpoint"],
        "privateLinkServiceConnectionState": {
            "status": status,
            "actionsRequired": state["actionsRequired"],
        },
    }
    return flat(arm.ask("PUT", path, VERSION, {"properties": properties}))


@form("rest", "--method!", "--url!")
def rest(arm: Arm, given: argparse.Namespace) -> Any:
    """A url that begins with / is asked of ARM; it brings its own api-version."""
    path, _, version = given.url.partition("?api-version=")
    if given.method != "get" or not path.startswith("/") or not version:
        raise ValueError(f"az rest {given.method} {given.url}: not a GET of ARM")
    return arm.get(path, version)
