"""PATCH and PUT of a registry, and the approval of its private endpoint connections.

A PATCH keeps what it does not name, down to the keys of ``networkRuleSet``; a list that it does
name replaces the whole list (control-plane 4, recorded with azure-cli 2.90).
"""

from dataclasses import replace

from diagnose.lab import arm_registry, arm_rules
from diagnose.lab.acr_versions import WITH_RULES
from diagnose.lab.arm_change import Change, part
from diagnose.lab.arm_errors import error, not_found
from diagnose.lab.cloud import Cloud, Registry
from diagnose.lab.http import Request, Response, as_json

_SKUS = ("Basic", "Standard", "Premium")
_WORDS = {
    "publicNetworkAccess": ("Enabled", "Disabled"),
    "roleAssignmentMode": ("LegacyRegistryPermissions", "AbacRepositoryPermissions"),
}


def patch(cloud: Cloud, change: Change) -> Response:
    """PATCH of a registry: all that is asked for, or an error and nothing."""
    if bad := arm_registry.bad_version(cloud, change.version):
        return bad
    registry = cloud.registry
    if registry.deleted or change.path.lower() != registry.id.lower():
        return not_found(change.path)
    wanted = replace(registry)
    refused = _set(cloud, wanted, change)
    if refused:
        return refused
    vars(registry).update(vars(wanted))
    return as_json(200, arm_registry.body(cloud, change.version))


def put(cloud: Cloud, change: Change) -> Response:
    """PUT of a registry that exists; what the body leaves out goes back to its default."""
    if change.path.lower() != cloud.registry.id.lower():
        return error(405, "HttpMethodNotAllowed", "The lab makes no new registries.")
    properties = change.properties
    rules = part(properties, "networkRuleSet")
    shown = ["ipRules", *(["virtualNetworkRules"] if change.version in WITH_RULES else [])]
    whole = {"defaultAction": "Allow", **{key: [] for key in shown}, **rules}
    sku = part(change.body, "sku").get("name", cloud.registry.sku)
    full = {"dataEndpointEnabled": False, "publicNetworkAccess": "Enabled", **properties}
    if sku == "Premium":
        full["networkRuleSet"] = whole
    return patch(cloud, replace(change, body={**change.body, "properties": full}))


def _set(cloud: Cloud, wanted: Registry, change: Change) -> Response | None:
    """Set what the body asks for on a copy of the registry."""
    properties = change.properties
    sku = part(change.body, "sku").get("name")
    if sku is not None:
        if sku not in _SKUS:
            return error(400, "InvalidSku", f"The SKU '{sku}' is not one of {', '.join(_SKUS)}.")
        wanted.sku = sku
    for key, words in _WORDS.items():
        if properties.get(key, words[0]) not in words:
            text = f"The value '{properties[key]}' of {key} is not one of {', '.join(words)}."
            return error(400, "InvalidParameter", text)
    if arm_registry.since(change.version, "2019-12-01"):
        wanted.public_network_access = properties.get(
            "publicNetworkAccess", wanted.public_network_access
        )
        wanted.data_endpoint_enabled = bool(
            properties.get("dataEndpointEnabled", wanted.data_endpoint_enabled)
        )
    if arm_registry.since(change.version, "2020-11-01", "2023-07-01"):
        wanted.anonymous_pull = bool(properties.get("anonymousPullEnabled", wanted.anonymous_pull))
    if arm_registry.since(change.version, "2025-03-01", "2025-11-01"):
        wanted.role_assignment_mode = properties.get(
            "roleAssignmentMode", wanted.role_assignment_mode
        )
    policy = part(part(properties, "policies"), "azureADAuthenticationAsArmPolicy")
    if "status" in policy and arm_registry.since(change.version, "2022-02-01"):
        wanted.arm_audience_enabled = policy["status"] == "enabled"
    return _rules(cloud, wanted, change) or _plan(wanted, change)


def _rules(cloud: Cloud, wanted: Registry, change: Change) -> Response | None:
    rules = part(change.properties, "networkRuleSet")
    wanted.default_action = rules.get("defaultAction") or wanted.default_action
    if rules.get("ipRules") is not None:
        wanted.ip_rules = [str(row.get("value", "")) for row in rules["ipRules"]]
        if bad := [value for value in wanted.ip_rules if not arm_rules.is_range(value)]:
            return arm_rules.invalid(f"The IP rule '{bad[0]}' is no address or range.")
    if rules.get("virtualNetworkRules") is not None and change.version in WITH_RULES:
        ids = arm_rules.subnets(cloud, rules["virtualNetworkRules"])
        refused = arm_rules.refused(cloud, ids, change)
        if refused:
            return refused
        wanted.vnet_rules = ids
    for feature, held, most in (("IP", wanted.ip_rules, 200), ("VNet", wanted.vnet_rules, 100)):
        if len(held) > most:
            return arm_rules.over(f"{feature} rule", most, wanted.sku)
    return None


def _plan(wanted: Registry, change: Change) -> Response | None:
    """What only Premium has cannot be asked for, nor kept, in another plan."""
    if wanted.sku == "Premium":
        return None
    asked = change.properties
    held = [*wanted.vnet_rules, *wanted.ip_rules, *wanted.private_endpoints]
    is_kept = "sku" in change.body and bool(held)
    is_closed = asked.get("publicNetworkAccess") == "Disabled"
    if is_kept or is_closed or asked.get("networkRuleSet") or asked.get("dataEndpointEnabled"):
        return arm_rules.over("network rule", 0, wanted.sku)
    return None


def connection(cloud: Cloud, change: Change) -> Response:
    """PUT of a private endpoint connection: its owner approves or rejects."""
    name = change.name.lower()
    found = next((p for p in cloud.registry.private_endpoints if p.name.lower() == name), None)
    if found is None or change.parent.lower() != cloud.registry.id.lower():
        return not_found(change.path)
    state = part(change.properties, "privateLinkServiceConnectionState")
    if state.get("status") not in ("Approved", "Rejected", "Pending"):
        text = f"The connection status '{state.get('status')}' is not valid."
        return error(400, "InvalidParameter", text)
    found.status = state["status"]
    shown = arm_registry.connections(cloud)
    return as_json(200, next(row for row in shown if row["name"] == found.name))


def get_connection(cloud: Cloud, path: str, _request: Request) -> Response:
    """GET of a private endpoint connection."""
    shown = arm_registry.connections(cloud)
    found = [row for row in shown if row["id"].lower() == path.lower()]
    return as_json(200, found[0]) if found else not_found(path)
