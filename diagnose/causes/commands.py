"""The az commands that fixes are made of: pure text, every foreign value quoted for a shell."""

from shlex import quote

from checks.arm_answer import part
from checks.registry import Registry
from checks.subnet import SERVICE
from checks.target import Target

_WRITE = f"{SERVICE}/registries/write on the registry"
SUBNET_WRITE = "Microsoft.Network/virtualNetworks/subnets/write on the subnet"
SUBNET_READ = "Microsoft.Network/virtualNetworks/subnets/read on the subnet"
SUBNET_JOIN = "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"
_CURRENT = "; az looks in its current subscription alone (az account set)"
_RULES = "?api-version=2021-08-01-preview"  # it shows VNet rules; many others hide them


def registry_write(registry: Registry | None) -> str:
    """Name the right; a command on a registry that ARM did not show names no subscription."""
    return f"{_WRITE}{in_current(registry)}"


def rule_write(registry: Registry | None) -> str:
    return f"{_WRITE} and {SUBNET_JOIN} on the subnet{in_current(registry)}"


def in_current(registry: Registry | None) -> str:
    """Say where az looks for a registry that it is given by name alone."""
    return "" if registry else _CURRENT


def within(registry: Registry | None) -> str:
    return f" --subscription {quote(part(registry.id, 'subscriptions'))}" if registry else ""


def registry_name(target: Target, registry: Registry | None) -> str:
    """Give the resource's name; it holds no hyphen, what follows one is a hash."""
    return registry.name if registry else target.registry.split("-")[0]


def image(target: Target) -> str:
    """Give repository and tag or digest, as the az acr commands want them, quoted."""
    mark = "@" if target.reference.startswith("sha256:") else ":"
    return quote(f"{target.repository}{mark}{target.reference}")


def _at(target: Target, registry: Registry | None) -> str:
    return f"--name {quote(registry_name(target, registry))}{within(registry)}"


def acr_show(target: Target, registry: Registry | None, query: str) -> str:
    return f"az acr show {_at(target, registry)} --query {quote(query)}"


def acr_update(target: Target, registry: Registry | None, option: str, value: str) -> str:
    return f"az acr update {_at(target, registry)} {option} {quote(value)}"


def rules_show(target: Target, registry: Registry | None) -> str:
    """Show the rules by REST: az 2.85 to 2.87 print them with empty ids."""
    looked_up = f'"$({acr_show(target, None, "id")} --output tsv){_RULES}"'
    url = quote(registry.id + _RULES) if registry else looked_up
    return f"az rest --method get --url {url} --query properties.networkRuleSet"


def subnet_rule(verb: str, target: Target, registry: Registry | None, subnet_id: str) -> str:
    return f"az acr network-rule {verb} {_at(target, registry)} --subnet {_subnet(subnet_id)}"


def ip_rule(verb: str, target: Target, registry: Registry | None, ip: str) -> str:
    return f"az acr network-rule {verb} {_at(target, registry)} --ip-address {quote(ip)}"


def endpoint_add(subnet_id: str, before: int | None, service: str = SERVICE) -> str:
    """Append to the list, as ``--service-endpoints`` would replace it, and drop all ``locations``.

    ``before``: how many there are; None: not known, so that ``ENDPOINTS`` keeps it for the undo.
    """
    count = f"{endpoint_show(subnet_id, 'length(serviceEndpoints || `[]`)')} --output tsv"
    keep = f'ENDPOINTS="$({count})" && ' if before is None else ""
    return f"{keep}{subnet_put_again(subnet_id)} --add serviceEndpoints service={service}"


def endpoint_undo(subnet_id: str, before: int | None) -> str:
    """Take out what `endpoint_add` put behind the others; where it put nothing, az refuses."""
    last = '"${ENDPOINTS:?}"' if before is None else str(before)
    return f"{subnet_put_again(subnet_id)} --remove serviceEndpoints {last}"


def endpoint_show(subnet_id: str, query: str = "serviceEndpoints") -> str:
    return f"az network vnet subnet show --ids {_subnet(subnet_id)} --query {quote(query)}"


def subnet_put_again(subnet_id: str) -> str:
    return f"az network vnet subnet update --ids {_subnet(subnet_id)}"


def subnets_show(subnet_id: str) -> str:
    vnet = quote(subnet_id[: subnet_id.lower().rfind("/subnets/")])
    return f"az network vnet show --ids {vnet} --query subnets --output json"


def history(resource_id: str) -> str:
    """Show what was done to a resource of late; the log goes back 90 days."""
    fields = "[].[eventTimestamp, operationName.value, status.value]"
    return (
        f"az monitor activity-log list --resource-id {_subnet(resource_id)} --offset 89d "
        f"--query {quote(fields)} --output table"
    )


def routes_show(nic_id: str) -> str:
    return f"az network nic show-effective-route-table --ids {quote(nic_id)} --output table"


def provider(verb: str, subscription: str) -> str:
    where = quote(subscription) if subscription else '"$SUBSCRIPTION"'
    return f"az provider {verb} --namespace {SERVICE} --subscription {where}"


def _subnet(subnet_id: str) -> str:
    return quote(subnet_id) if subnet_id else '"$SUBNET_ID"'
