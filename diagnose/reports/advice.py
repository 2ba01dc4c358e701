"""Service endpoint or Private Link: one sentence where a set-up calls for one of them.

Microsoft recommends Private Link, and supports only one of the two on a registry
(learn.microsoft.com/azure/container-registry/container-registry-vnet, -private-endpoints).
"""

from checks.host import Host
from checks.instance import Instance
from checks.network_rules import NetworkRules
from checks.refusal import Refused
from checks.registry import Registry
from checks.target import Target
from diagnose.facts import Facts
from diagnose.judging.verdict import Verdict

_SOVEREIGN = {
    "azureusgovernmentcloud": "Azure US Government",
    "azureusgovernment": "Azure US Government",
    "azurechinacloud": "Azure operated by 21Vianet",
}
_LINK = "Use Private Link, not a service endpoint"
_UNSUPPORTED_HOST = ("unsupported-host", "trusted-service-not-covered")


def of(facts: Facts, verdict: Verdict) -> str:
    """Give the sentence, or an empty string where neither way is in question."""
    both = _both(facts)
    if not facts.has(Refused):
        return both
    return _elsewhere(facts, verdict) or _closed(facts) or both


def _elsewhere(facts: Facts, verdict: Verdict) -> str:
    """Say why a service endpoint cannot work where this machine is."""
    target, instance, host = facts.get(Target), facts.get(Instance), facts.get(Host)
    clouds = (target.cloud if target else "", instance.environment if instance else "")
    named = next((_SOVEREIGN[c.lower()] for c in clouds if c.lower() in _SOVEREIGN), "")
    if named:
        return f"{_LINK}: {named} has no service endpoints for registries."
    if verdict.primary and verdict.primary.cause.id in _UNSUPPORTED_HOST:
        return f"{_LINK}: registries take those from virtual machines and AKS nodes alone."
    if host and not host.on_azure and instance is None:
        return (
            f"{_LINK}, over VPN or ExpressRoute, or else an IP rule: a service endpoint serves "
            "subnets of Azure alone, and this machine is not known to be in one."
        )
    return ""


def _closed(facts: Facts) -> str:
    registry = facts.get(Registry)
    if registry is None or registry.public_access:
        return ""
    return f"{_LINK}: the registry's public access is disabled, so endpoints and rules are moot."


def _both(facts: Facts) -> str:
    registry, rules = facts.get(Registry), facts.get(NetworkRules)
    if not registry or not registry.private_endpoints or not rules or not rules.subnet_ids:
        return ""
    return (
        "Choose one, best Private Link: the registry has a private endpoint and VNet rules, and "
        "Microsoft does not support the two together."
    )
