"""Looks for causes in the registry's own firewall and in its plan."""

from diagnose.texts.looks.look import Look

# az 2.85 to 2.87 list the rules with empty ids; this version of the API shows them to every az.
_RULES = (
    'az rest --method get --url "$(az acr show --name {registry} --query id -o tsv)'
    '?api-version=2021-08-01-preview" --query properties.networkRuleSet'
)
_ENDPOINTS = "az network vnet subnet show --ids SUBNET_ID --query serviceEndpoints"

LOOKS = {
    "service-endpoint-missing": Look(
        title="the subnet lacks the Microsoft.ContainerRegistry service endpoint",
        command=_ENDPOINTS,
        means="no Microsoft.ContainerRegistry in the list means this",
    ),
    "service-endpoint-not-ready": Look(
        title="the subnet's service endpoint is listed but not ready",
        command=_ENDPOINTS,
        means="a provisioningState other than Succeeded means this",
    ),
    "subnet-not-allowed": Look(
        title="no rule of the registry allows this subnet",
        command=_RULES,
        means="no rule with this subnet's id means this",
    ),
    "public-access-disabled": Look(
        title="the registry's public access is disabled, so rules do not count",
        command="az acr show --name {registry} --query publicNetworkAccess -o tsv",
        means="Disabled means this",
    ),
    "ip-not-allowed": Look(
        title="no rule of the registry allows the caller's public address",
        command=_RULES,
        means="no IP rule that holds the address means this",
    ),
    "ip-rule-defeated-by-endpoint": Look(
        title="a rule allows the public address, but the service endpoint makes it private",
        command=f"{_RULES}; {_ENDPOINTS}",
        means="an IP rule and an endpoint, but no subnet rule, means this",
    ),
    "egress-path-bypasses-endpoint": Look(
        title="traffic leaves by a firewall or proxy, so the registry sees another address",
        command="az network nic show-effective-route-table --ids NIC_ID -o table",
        means="no route of type VirtualNetworkServiceEndpoint, or a proxy in the environment, "
        "means this",
    ),
    "rule-subnet-deleted": Look(
        title="a rule points at a subnet that no longer exists",
        command=_RULES,
        means="show each subnet of the rules: one that is not found means this",
    ),
    "private-link-conflict": Look(
        title="the registry has both a private endpoint and service-endpoint rules",
        command="az acr show --name {registry} --query '[privateEndpointConnections, "
        "networkRuleSet]'",
        means="both filled means this",
    ),
    "provider-not-registered": Look(
        title="the network's subscription has not registered Microsoft.ContainerRegistry",
        command="az provider show -n Microsoft.ContainerRegistry --subscription SUBSCRIPTION "
        "--query registrationState",
        means="anything but Registered means this",
    ),
    "registry-not-premium": Look(
        title="the registry's plan has no network rules",
        command="az acr show --name {registry} --query sku.name -o tsv",
        means="anything but Premium means this",
    ),
    "rule-quota-reached": Look(
        title="the registry has as many network rules as it can hold",
        command="az acr show-usage --name {registry}",
        means="a current value at its limit means this",
    ),
    "unsupported-cloud": Look(
        title="this cloud is not the one that was asked, or lacks service endpoints for ACR",
        command="az cloud show --query name -o tsv",
        means="compare with the login server's suffix",
    ),
    "trusted-service-not-covered": Look(
        title="an Azure service comes from its own address, which the registry refuses",
        command="az acr show --name {registry} --query '[publicNetworkAccess, "
        "networkRuleBypassOptions]'",
        means="and whether the pull runs in Tasks, Container Instances or Container Apps",
    ),
    "unsupported-host": Look(
        title="service endpoints for ACR serve only virtual machines and AKS nodes",
        command="",
        means="whatever is neither a virtual machine nor an AKS node needs Private Link",
    ),
}
