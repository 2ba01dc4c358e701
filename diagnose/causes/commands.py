"""The az commands that fixes are made of: pure text, every foreign value quoted for a shell."""

from shlex import quote

from checks.arm_answer import part
from checks.instance import Instance
from checks.registry import Registry
from checks.subnet import SERVICE
from checks.target import Target

REGISTRY_WRITE = f"{SERVICE}/registries/write on the registry"
SUBNET_WRITE = "Microsoft.Network/virtualNetworks/subnets/write on the subnet"
SUBNET_READ = "Microsoft.Network/virtualNetworks/subnets/read on the subnet"
SUBNET_JOIN = "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"
_RULES = "?api-version=2021-08-01-preview"  # it shows VNet rules; many others hide them


def registry_name(target: Target, registry: Registry | None) -> str:
    """Give the resource's name; it holds no hyphen, what follows one is a hash."""
    return registry.name if registry else target.registry.split("-")[0]


def image(target: Target) -> str:
    """Give repository and tag or digest, as the az acr commands want them, quoted."""
    mark = "@" if target.reference.startswith("sha256:") else ":"
    return quote(f"{target.repository}{mark}{target.reference}")


def _at(target: Target, registry: Registry | None) -> str:
    tail = f" --subscription {quote(part(registry.id, 'subscriptions'))}" if registry else ""
    return f"--name {quote(registry_name(target, registry))}{tail}"


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


def endpoint_add(subnet_id: str) -> str:
    """Append to the list; ``--service-endpoints`` would replace it."""
    return f"{subnet_put_again(subnet_id)} --add serviceEndpoints service={SERVICE}"


def endpoint_undo(subnet_id: str, before: tuple[str, ...]) -> str:
    words = ("--service-endpoints", *before) if before else ("--remove", "serviceEndpoints", "0")
    return f"{subnet_put_again(subnet_id)} {' '.join(map(quote, words))}"


def endpoint_drop_last(subnet_id: str) -> str:
    """Take the last endpoint of an unknown list away: the one that `endpoint_add` put there."""
    count = f"{endpoint_show(subnet_id, 'length(serviceEndpoints)')} --output tsv"
    return f'{subnet_put_again(subnet_id)} --remove serviceEndpoints "$(( $({count}) - 1 ))"'


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


def subnet_find(instance: Instance) -> str:
    """Put the id of the machine's subnet into ``SUBNET_ID``, which the other commands then use."""
    subnet, machine = "ipConfigurations[0].subnet.id", instance.resource_id
    if instance.uniform:
        look = (
            f"az vmss nic list-vm-nics --subscription {quote(instance.subscription)} "
            f"--resource-group {quote(instance.resource_group)} --vmss-name "
            f"{quote(part(machine, 'virtualMachineScaleSets'))} --instance-id "
            f"{quote(part(machine, 'virtualMachines'))} --query '[0].{subnet}'"
        )
    else:
        first = f"{quote(machine)} --query 'networkProfile.networkInterfaces[0].id'"
        nic = f'"$(az vm show --ids {first} --output tsv)"'
        look = f"az network nic show --ids {nic} --query '{subnet}'"
    return f'SUBNET_ID="$({look} --output tsv)"'


def provider(verb: str, subscription: str) -> str:
    where = quote(subscription) if subscription else '"$SUBSCRIPTION"'
    return f"az provider {verb} --namespace {SERVICE} --subscription {where}"


def _subnet(subnet_id: str) -> str:
    return quote(subnet_id) if subnet_id else '"$SUBNET_ID"'
