"""Which network rules a registry takes, and in which words it refuses one."""

import ipaddress
from typing import Any

from diagnose.lab.acr_versions import NEW_NAME, OLD_NAME
from diagnose.lab.arm_change import Change
from diagnose.lab.arm_errors import error
from diagnose.lab.caller import ACR_SERVICE
from diagnose.lab.cloud import Cloud
from diagnose.lab.http import Response
from diagnose.lab.roles import may_write

_WRITE = "Microsoft.ContainerRegistry/registries/write"
_JOIN = "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"


def subnets(cloud: Cloud, rules: list[dict[str, Any]]) -> list[str]:
    """The subnet ids of ``virtualNetworkRules``, each once, by either of the field's two names."""
    held = {one.lower(): one for one in cloud.registry.vnet_rules}
    asked = [str(rule.get(NEW_NAME) or rule.get(OLD_NAME) or "") for rule in rules]
    return list({one.lower(): held.get(one.lower(), one) for one in asked}.values())


def is_range(text: str) -> bool:
    """Whether this is an address or a range in CIDR form."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def refused(cloud: Cloud, ids: list[str], change: Change) -> Response | None:
    """Judge the rules that are new; that those already there are not judged again is assumed."""
    held = {one.lower() for one in cloud.registry.vnet_rules}
    for subnet_id in ids:
        if subnet_id.lower() in held:
            continue
        subnet = cloud.subnet(subnet_id)
        if subnet is None:
            return invalid(f"The virtual network subnet '{subnet_id}' could not be found.")
        if not may_write(cloud, change.who.object_id, _JOIN, subnet.id):
            return _unlinked(change, subnet.id)
        services = (e.service.lower() for e in subnet.service_endpoints)
        if ACR_SERVICE.lower() not in services:
            # As in the log of https://github.com/hashicorp/terraform-provider-azurerm pipelines
            # (control-plane 12): a rule needs the endpoint first.
            vnet = subnet.id.split("/")[8]
            return invalid(
                f"Subnets {subnet.name} of virtual network {vnet} do not have ServiceEndpoints for "
                f"{ACR_SERVICE} resources configured. Add {ACR_SERVICE} to subnet's "
                "ServiceEndpoints collection before trying to ACL "
                f"{ACR_SERVICE} resources to these subnets."
            )
    return None


def invalid(why: str) -> Response:
    """The registry's answer to a rule that it does not take."""
    return error(400, "NetworkRuleValidationError", f"Could not validate network rule - {why}")


def over(feature: str, most: int, sku: str) -> Response:
    """The wording is known for IP rules (control-plane 4); the code's name is assumed."""
    text = f"The requested feature {feature} exceeds allowed quota {most} for the SKU {sku}."
    return error(400, "QuotaExceeded", text)


def _unlinked(change: Change, subnet_id: str) -> Response:
    who = change.who
    text = f"The client '{who.client_id}' with object id '{who.object_id}' has permission to "
    text += f"perform action '{_WRITE}' on scope '{change.path}'; however, it does not have "
    text += f"permission to perform action(s) '{_JOIN}' on the linked scope(s) '{subnet_id}' "
    text += "(respectively) or the linked scope(s) are invalid."
    return error(403, "LinkedAuthorizationFailed", text)
