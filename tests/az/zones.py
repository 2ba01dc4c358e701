"""`az network private-dns` as azure-cli 2.91.0 does it: command_modules/privatedns.

An update reads, changes and puts the whole back; the last record that goes takes its set along.
"""

import argparse
import contextlib
from typing import Any

from tests.az.arm import Arm, AzError, Json, flat
from tests.az.forms import form

LINKS, ZONES, GROUPS = "2024-06-01", "2018-09-01", "2024-11-01"
_NET = "providers/Microsoft.Network"
_IN_ZONE = ("--resource-group|-g!", "--zone-name|-z!")
_LINK = (*_IN_ZONE, "--name|-n!")
_RECORD = (*_IN_ZONE, "--record-set-name|-n!", "--ipv4-address|-a!")


def _zone(arm: Arm, given: argparse.Namespace) -> str:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    return f"{at}/resourceGroups/{given.resource_group}/{_NET}/privateDnsZones/{given.zone_name}"


def _link(arm: Arm, given: argparse.Namespace) -> str:
    return f"{_zone(arm, given)}/virtualNetworkLinks/{given.name}"


@form("network private-dns zone list")
def zones(arm: Arm, given: argparse.Namespace) -> Any:
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    found = flat(arm.get(f"{at}/{_NET}/privateDnsZones", ZONES)["value"])
    return [{**zone, "resourceGroup": zone["id"].split("/")[4]} for zone in found]


@form("network private-dns link vnet list", *_IN_ZONE)
def links(arm: Arm, given: argparse.Namespace) -> Any:
    return flat(arm.get(f"{_zone(arm, given)}/virtualNetworkLinks", LINKS)["value"])


@form(
    "network private-dns link vnet create",
    *_LINK,
    *("--virtual-network|-v!", "--registration-enabled|-e!"),
)
def link_create(arm: Arm, given: argparse.Namespace) -> Any:
    """Az asks for the group's location first, and takes no answer for global."""
    at = f"/subscriptions/{given.subscription or arm.subscription}"
    with contextlib.suppress(AzError):
        arm.get(f"{at}/resourcegroups/{given.resource_group}", GROUPS)
    if given.registration_enabled not in ("true", "false"):
        raise ValueError(f"--registration-enabled {given.registration_enabled}")
    properties = {
        "registrationEnabled": given.registration_enabled == "true",
        "virtualNetwork": {"id": given.virtual_network},
    }
    body = {"location": "global", "properties": properties}
    return flat(arm.ask("PUT", _link(arm, given), LINKS, body))


@form("network private-dns link vnet update", *_LINK, "--resolution-policy!")
def link_update(arm: Arm, given: argparse.Namespace) -> Any:
    path = _link(arm, given)
    found = arm.get(path, LINKS)
    kept = {k: found["properties"][k] for k in ("registrationEnabled", "virtualNetwork")}
    properties = {**kept, "resolutionPolicy": given.resolution_policy}
    body = {"etag": found["etag"], "location": found["location"], "properties": properties}
    return flat(arm.ask("PUT", path, LINKS, body))


@form("network private-dns link vnet delete", *_LINK, "--yes|-y?")
def link_delete(arm: Arm, given: argparse.Namespace) -> Any:
    if not given.yes:
        raise ValueError("link vnet delete asks whether one is sure; a fix has to say --yes")
    return arm.ask("DELETE", _link(arm, given), LINKS)


def _set(arm: Arm, path: str) -> Json | None:
    try:
        found: Json = arm.get(path, ZONES)
    except AzError:
        return None
    return found


@form("network private-dns record-set a add-record", *_RECORD)
def record_add(arm: Arm, given: argparse.Namespace) -> Any:
    path = f"{_zone(arm, given)}/A/{given.record_set_name}"
    held = _set(arm, path)
    record = {"ipv4Address": given.ipv4_address}
    if held is None:
        body: Json = {"properties": {"aRecords": [record], "ttl": 3600}}
    else:
        held = arm.get(path, ZONES)  # az reads it once more to update it
        body = _changed(held, [*held["properties"]["aRecords"], record])
    return flat(arm.ask("PUT", path, ZONES, body))


@form("network private-dns record-set a remove-record", *_RECORD)
def record_remove(arm: Arm, given: argparse.Namespace) -> Any:
    path = f"{_zone(arm, given)}/A/{given.record_set_name}"
    held = _set(arm, path)
    gone = {"ipv4Address": given.ipv4_address}
    if held is None or gone not in held["properties"]["aRecords"]:
        raise AzError(f"Record {given.ipv4_address} not found in {path}")
    kept = [row for row in held["properties"]["aRecords"] if row != gone]
    if not kept:
        return arm.ask("DELETE", path, ZONES)
    return flat(arm.ask("PUT", path, ZONES, _changed(arm.get(path, ZONES), kept)))


def _changed(held: Json, records: list[Json]) -> Json:
    return {
        "etag": held["etag"],
        "properties": {"aRecords": records, "ttl": held["properties"]["ttl"]},
    }
