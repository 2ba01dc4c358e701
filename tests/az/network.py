"""`az network` as azure-cli 2.91.0 does it: command_modules/network and its generated aaz modules.

``subnet update`` reads the subnet, changes what it got and puts the whole of it back. Its generic
options are core/aaz/_operation.py: ``--add LIST key=value`` appends one object, ``--remove LIST N``
takes the N-th out, ``--remove NAME`` takes the property away, and empties it where it is a list.
``--service-endpoints`` puts a list of names alone, without the regions that were there.
"""

import argparse
from typing import Any

from tests.az.arm import Arm, AzError, Json, flat
from tests.az.forms import form

SUBNETS, VNETS, NICS = "2024-07-01", "2025-07-01", "2023-11-01"
EFFECTIVE, RULES = "2022-01-01", "2022-01-01"
GROUPS, POLICIES = "2022-01-01", "2021-08-01"
_READ_ONLY = {"provisioningState"}


def _id(words: list[str], kind: str) -> str:
    """One id of the right kind; an id is what ``--ids`` takes, and no name."""
    if len(words) != 1 or f"/{kind}/" not in words[0] or not words[0].startswith("/subscriptions/"):
        raise ValueError(f"--ids {' '.join(words)}: not one id of {kind}")
    return words[0]


@form(
    "network vnet subnet update",
    "--nat-gateway",
    lists=("--ids", "--add", "--remove", "--service-endpoints"),
)
def subnet_update(arm: Arm, given: argparse.Namespace) -> Any:
    path = _id(given.ids, "subnets")
    found = arm.get(path, SUBNETS)
    subnet = _writable(found["properties"])
    if given.service_endpoints:
        subnet["serviceEndpoints"] = [{"service": name} for name in given.service_endpoints]
    if given.nat_gateway:
        subnet["natGateway"] = {"id": given.nat_gateway}
    if given.add:
        where, *pairs = given.add
        subnet.setdefault(where, []).append(dict(pair.split("=", 1) for pair in pairs))
    if given.remove:
        _remove(subnet, *given.remove)
    body = {key: found[key] for key in ("id", "name", "type")} | {"properties": subnet}
    return flat(arm.ask("PUT", path, SUBNETS, body))


def _writable(value: Any) -> Any:
    if isinstance(value, list):
        return [_writable(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k: _writable(v) for k, v in value.items() if k not in _READ_ONLY}


def _remove(subnet: Json, where: str, index: str = "") -> None:
    if where not in subnet:
        raise AzError(f"Couldn't find '{where}' in ''.")
    if index:
        try:
            subnet[where].pop(int(index))
        except IndexError:
            raise AzError(f"index {index} doesn't exist on {where}") from None
    elif isinstance(subnet[where], list):
        subnet[where] = []
    else:
        del subnet[where]


@form("network vnet subnet show", lists=("--ids",))
def subnet_show(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(arm.get(_id(given.ids, "subnets"), SUBNETS))


@form("network nsg show", lists=("--ids",))
def group_show(arm: Arm, given: argparse.Namespace) -> Any:
    return _in_group(flat(arm.get(_id(given.ids, "networkSecurityGroups"), GROUPS)))


@form("network service-endpoint policy show", lists=("--ids",))
def policy_show(arm: Arm, given: argparse.Namespace) -> Any:
    return _in_group(flat(arm.get(_id(given.ids, "serviceEndpointPolicies"), POLICIES)))


def _in_group(shown: Json) -> Json:
    """Az itself adds the name of the resource group to what it shows."""
    return {**shown, "resourceGroup": shown["id"].split("/")[4]}


@form("network vnet show", lists=("--ids",))
def vnet_show(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(arm.get(_id(given.ids, "virtualNetworks"), VNETS))


@form("network nic show", lists=("--ids",))
def nic_show(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(arm.get(_id(given.ids, "networkInterfaces"), NICS))


@form("network nic show-effective-route-table", lists=("--ids",))
def routes(arm: Arm, given: argparse.Namespace) -> Any:
    path = _id(given.ids, "networkInterfaces")
    return arm.ask("POST", f"{path}/effectiveRouteTable", EFFECTIVE)


@form("network nic list-effective-nsg", lists=("--ids",))
def groups(arm: Arm, given: argparse.Namespace) -> Any:
    path = _id(given.ids, "networkInterfaces")
    return arm.ask("POST", f"{path}/effectiveNetworkSecurityGroups", EFFECTIVE)


def _rule(arm: Arm, given: argparse.Namespace) -> str:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    group = f"{at}/resourceGroups/{given.g}/providers/Microsoft.Network/networkSecurityGroups"
    return f"{group}/{given.nsg_name}/securityRules/{given.n}"


@form(
    "network nsg rule create",
    *("-g!", "--nsg-name!", "-n!", "--priority!", "--direction!", "--access!", "--protocol!"),
    *("--source-address-prefixes!", "--source-port-ranges!"),
    *("--destination-address-prefixes!", "--destination-port-ranges!"),
)
def rule_create(arm: Arm, given: argparse.Namespace) -> Any:
    properties = {
        "access": given.access,
        "direction": given.direction,
        "priority": int(given.priority),
        "protocol": given.protocol,
        "sourceAddressPrefix": given.source_address_prefixes,
        "sourcePortRange": given.source_port_ranges,
        "destinationAddressPrefix": given.destination_address_prefixes,
        "destinationPortRange": given.destination_port_ranges,
    }
    body = {"name": given.n, "properties": properties}
    return flat(arm.ask("PUT", _rule(arm, given), RULES, body))


@form("network nsg rule delete", "-g!", "--nsg-name!", "-n!")
def rule_delete(arm: Arm, given: argparse.Namespace) -> Any:
    return arm.ask("DELETE", _rule(arm, given), RULES)
