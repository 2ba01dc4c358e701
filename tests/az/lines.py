"""The lines whose requests were recorded from a real az, each in the state that it starts from."""

from collections.abc import Callable

from diagnose.lab import cases
from diagnose.lab.cloud import Cloud, PrivateEndpoint
from diagnose.lab.healthy import (
    APP_GROUP,
    PRINCIPAL,
    REGISTRY_ID,
    REGISTRY_SUBSCRIPTION,
    SUBNET_ID,
    SUBSCRIPTION,
    VNET_ID,
)


def _neither(cloud: Cloud) -> None:
    cases.service_endpoint_missing(cloud)
    cases.subnet_not_allowed(cloud)


def _no_endpoints(cloud: Cloud) -> None:
    cloud.vm_subnet.service_endpoints.clear()


def _guarded(cloud: Cloud) -> None:
    cloud.vm_subnet.nsg = True


def _scale_set(cloud: Cloud) -> None:
    cloud.vm.kind, cloud.vm.scale_set = "uniform", "app-set"


def _no_identity(cloud: Cloud) -> None:
    cloud.identities.clear()


def _ranges(cloud: Cloud) -> None:
    cloud.registry.ip_rules = ["16.17.18.0/24"]


def _zone(cloud: Cloud) -> None:
    cloud.dns.unlinked["privatelink.azurecr.io"] = {}


def _policy(cloud: Cloud) -> None:
    cloud.vm_subnet.storage_policy = True


def _waiting(cloud: Cloud) -> None:
    endpoint = PrivateEndpoint("pe1", "10.1.0.8", "10.1.0.9", status="Pending")
    cloud.registry.private_endpoints.append(endpoint)


STARTS: dict[str, Callable[[Cloud], None]] = {
    "healthy": cases.healthy,
    "neither endpoint nor rule": _neither,
    "no endpoints": _no_endpoints,
    "security group": _guarded,
    "scale set": _scale_set,
    "no identity": _no_identity,
    "no role": cases.pull_role_missing,
    "address ranges": _ranges,
    "private zone": _zone,
    "endpoint to approve": _waiting,
    "endpoint policy": _policy,
}
_PROVIDERS = f"{APP_GROUP}/providers/Microsoft"
_VM = f"{_PROVIDERS}.Compute/virtualMachines/app-vm"
_NIC = f"{_PROVIDERS}.Network/networkInterfaces/app-vm-nic"
_NAT = f"{_PROVIDERS}.Network/natGateways/build-nat"
_AT = f"--name contoso --subscription {REGISTRY_SUBSCRIPTION}"
_UPDATE = f"az network vnet subnet update --ids {SUBNET_ID}"
_SHOW = f"az network vnet subnet show --ids {SUBNET_ID}"
_ENDPOINT = "--add serviceEndpoints service=Microsoft.ContainerRegistry"
_COUNT = "'length(serviceEndpoints || `[]`)'"
_RULE = f"--subscription {SUBSCRIPTION} -g app-rg --nsg-name apps-nsg -n acr-diagnose"
_PROVIDER = f"--namespace Microsoft.ContainerRegistry --subscription {SUBSCRIPTION}"
_NIC_OF = f"\"$(az vm show --ids {_VM} --query 'networkProfile.networkInterfaces[0].id' -o tsv)\""
_REGISTRY = '"$(az acr show --name contoso --query id -o tsv)"'
_ROLE = f"--role AcrPull --scope {REGISTRY_ID}"
_IN_ZONE = (
    f"--resource-group app-rg --zone-name privatelink.azurecr.io --subscription {SUBSCRIPTION}"
)
_POLICY = (
    f"--subscription {SUBSCRIPTION} --resource-group app-rg --policy-name apps-policy --name acr"
)
_LINK = f"{_IN_ZONE} --name acr-diagnose-app-vnet"
_RECORD = f"{_IN_ZONE} --record-set-name contoso --ipv4-address 10.1.0.8"
_FOUND_GROUP = (
    f'--subscription {SUBSCRIPTION} -g "$NSG_GROUP" --nsg-name "${{NSG_ID##*/}}" -n acr-diagnose'
)
_FOUND_POLICY = (
    f'--subscription {SUBSCRIPTION} --resource-group "$POLICY_GROUP" '
    '--policy-name "${POLICY_ID##*/}" --name acr'
)


def _found(word: str, query: str, kind: str) -> str:
    shown = f"{_SHOW} --query '{query}' --output tsv"
    group = f'az network {kind} show --ids "${word}_ID" --query resourceGroup --output tsv'
    return f'{word}_ID="$({shown})" && {word}_GROUP="$({group})"'


LINES: list[tuple[str, tuple[str, ...]]] = [
    (
        "neither endpoint nor rule",
        (
            f"az acr network-rule add {_AT} --subnet {SUBNET_ID}",
            f"{_UPDATE} {_ENDPOINT}",
            f"az acr network-rule add {_AT} --subnet {SUBNET_ID}",
            f"az acr network-rule remove {_AT} --subnet {SUBNET_ID.upper()}",
            (
                f'{_UPDATE} --remove serviceEndpoints "$(( '
                f"$({_SHOW} --query 'length(serviceEndpoints)' --output tsv) - 1 ))\""
            ),
            f"{_UPDATE} --service-endpoints Microsoft.Storage",
            f"{_UPDATE} {_ENDPOINT}",
            f"{_UPDATE} --remove serviceEndpoints 1",
        ),
    ),
    (
        "no endpoints",
        (
            f"{_UPDATE} {_ENDPOINT}",
            f"{_UPDATE} --remove serviceEndpoints 0",
            f'ENDPOINTS="$({_SHOW} --query {_COUNT} --output tsv)" && {_UPDATE} {_ENDPOINT}',
            f'{_UPDATE} --remove serviceEndpoints "${{ENDPOINTS:?}}"',
            f'{_UPDATE} --remove serviceEndpoints "${{ENDPOINTS:?}}"',
            f"{_UPDATE} --service-endpoints Microsoft.Storage Microsoft.ContainerRegistry",
            f"{_UPDATE} --remove serviceEndpoints",
        ),
    ),
    (
        "healthy",
        (
            _UPDATE,
            f"{_SHOW} --query serviceEndpoints",
            f"{_SHOW} --query \"serviceEndpoints[?service=='Microsoft.ContainerRegistry']\"",
            f"{_UPDATE} --nat-gateway {_NAT}",
            f"{_UPDATE} --remove natGateway",
            f"az network vnet show --ids {VNET_ID} --query subnets --output json",
            (
                f'SUBNET_ID="$(az network nic show --ids {_NIC_OF} '
                "--query 'ipConfigurations[0].subnet.id' --output tsv)\""
            ),
            'az network vnet subnet show --ids "$SUBNET_ID" --query serviceEndpoints',
            f"az network nic show-effective-route-table --ids {_NIC} --output table",
            (
                f'NIC_ID="$(az vm show --ids {_VM} --query '
                "'networkProfile.networkInterfaces[0].id' --output tsv)\""
            ),
            'az network nic show-effective-route-table --ids "$NIC_ID"',
            'az acr list --query "[].loginServer" -o tsv',
            f"az acr show {_AT} --query publicNetworkAccess",
            f"az acr update {_AT} --public-network-enabled false",
            f"az acr update {_AT} --public-network-enabled true",
            f"az acr update {_AT} --default-action Allow",
            f"az acr update {_AT} --public-network-enabled false --default-action Allow",
            "az acr update --name contoso --sku Premium",
            "az acr update --name contoso --allow-trusted-services true",
            (
                f'az rest --method get --url {_REGISTRY}"?api-version=2021-08-01-preview" '
                "--query properties.networkRuleSet"
            ),
            f"az provider unregister {_PROVIDER}",
            f"az provider register {_PROVIDER} --wait",
            f"az provider show {_PROVIDER} --query registrationState",
        ),
    ),
    (
        "address ranges",
        (
            f"az acr network-rule add {_AT} --ip-address 52.188.17.34",
            f"az acr network-rule remove {_AT} --ip-address 52.188.17.34",
        ),
    ),
    (
        "security group",
        (
            f"az network nic list-effective-nsg --ids {_NIC}",
            (
                f"az network nsg rule create {_RULE} --priority 200 --direction Outbound "
                "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
                "--source-port-ranges '*' --destination-address-prefixes Storage "
                "--destination-port-ranges 443"
            ),
            f"az network nsg rule delete {_RULE}",
            _found("NSG", "networkSecurityGroup.id", "nsg"),
            (
                f"az network nsg rule create {_FOUND_GROUP} --priority 200 --direction Outbound "
                "--access Allow --protocol Tcp --source-address-prefixes VirtualNetwork "
                "--source-port-ranges '*' --destination-address-prefixes Storage "
                "--destination-port-ranges 443"
            ),
            f"az network nsg rule delete {_FOUND_GROUP}",
        ),
    ),
    (
        "endpoint to approve",
        (
            "az acr private-endpoint-connection approve --registry-name contoso --name pe1",
            "az acr private-endpoint-connection reject --registry-name contoso --name pe1",
        ),
    ),
    (
        "endpoint policy",
        (
            (
                f"az network service-endpoint policy-definition create {_POLICY} --service Global "
                "--service-resources /services/Azure/ContainerRegistry"
            ),
            f"az network service-endpoint policy-definition delete {_POLICY}",
            _found("POLICY", "serviceEndpointPolicies[0].id", "service-endpoint policy"),
            (
                f"az network service-endpoint policy-definition create {_FOUND_POLICY} --service "
                "Global --service-resources /services/Azure/ContainerRegistry"
            ),
            f"az network service-endpoint policy-definition delete {_FOUND_POLICY}",
        ),
    ),
    (
        "private zone",
        (
            (
                f"az network private-dns zone list --subscription {SUBSCRIPTION} "
                "--query \"[?name=='privatelink.azurecr.io'].id\" --output tsv"
            ),
            (
                f"az network private-dns link vnet create {_LINK} --virtual-network {VNET_ID} "
                "--registration-enabled false"
            ),
            f"az network private-dns link vnet list {_IN_ZONE} --output table",
            (
                f'ZONE_GROUP="$(az network private-dns zone list --subscription {SUBSCRIPTION} '
                '--query "[?name==\'privatelink.azurecr.io\'].resourceGroup" --output tsv)"'
            ),
            (
                'az network private-dns link vnet list --resource-group "${ZONE_GROUP:?}" '
                f"--zone-name privatelink.azurecr.io --subscription {SUBSCRIPTION} --output table"
            ),
            f"az network private-dns link vnet update {_LINK} --resolution-policy NxDomainRedirect",
            f"az network private-dns link vnet update {_LINK} --resolution-policy Default",
            f"az network private-dns record-set a add-record {_RECORD}",
            f"az network private-dns record-set a add-record {_RECORD[:-1]}9",
            f"az network private-dns record-set a remove-record {_RECORD[:-1]}9",
            f"az network private-dns record-set a remove-record {_RECORD}",
            f"az network private-dns link vnet delete {_LINK} --yes",
        ),
    ),
    (
        "scale set",
        (
            (
                f"az vmss nic list-vm-nics --subscription {SUBSCRIPTION} --resource-group app-rg "
                "--vmss-name app-set --instance-id 0 --query '[0].ipConfigurations[0].subnet.id' "
                "--output tsv"
            ),
        ),
    ),
    (
        "no identity",
        (
            (
                f'PRINCIPAL_ID="$(az vm identity assign --ids {_VM} '
                '--query systemAssignedIdentity -o tsv)"'
            ),
            f"az vm identity remove --ids {_VM}",
        ),
    ),
    (
        "no role",
        (
            (
                f"az role assignment create --assignee-object-id {PRINCIPAL} "
                f"--assignee-principal-type ServicePrincipal {_ROLE}"
            ),
            f"az role assignment delete --assignee-object-id {PRINCIPAL} {_ROLE}",
        ),
    ),
]
