"""The set-up in which the pull works; every scenario starts from it."""

from diagnose.lab.cloud import (
    Cloud,
    Identity,
    Registry,
    RoleAssignment,
    ServiceEndpoint,
    Subnet,
    Vm,
    Vnet,
)
from diagnose.lab.image import build_image, build_index

SUBSCRIPTION = "5f0c1d2e-0000-4000-8000-00000000a001"
REGISTRY_SUBSCRIPTION = "5f0c1d2e-0000-4000-8000-00000000b002"
TENANT = "72f988bf-0000-4000-8000-00000000c003"
APP_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/app-rg"
REGISTRY_GROUP = f"/subscriptions/{REGISTRY_SUBSCRIPTION}/resourceGroups/registry-rg"
VNET_ID = f"{APP_GROUP}/providers/Microsoft.Network/virtualNetworks/app-vnet"
SUBNET_ID = f"{VNET_ID}/subnets/apps"
SIBLING_ID = f"{VNET_ID}/subnets/build"
REGISTRY_ID = f"{REGISTRY_GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
PRINCIPAL = "0b1ec7ed-0000-4000-8000-00000000d004"
CLIENT_ID = "c11e47ed-0000-4000-8000-00000000e005"

# Addresses must look like Azure's own public ones: tools treat documentation and private ranges
# differently. Nothing is ever sent to them: they are detoured, or live in a network namespace.
ADDRESSES = {
    "registry": "20.62.128.10",
    "data": "20.62.128.42",
    "layers": "20.150.34.4",
    "arm": "4.150.240.10",
    "entra": "20.190.151.7",
}
CONTROLS = {
    "mcr.microsoft.com": ("204.79.197.219", "MicrosoftContainerRegistry"),
    "packages.microsoft.com": ("13.107.246.44", "Internet"),
    "contoso.vault.azure.net": ("20.49.82.5", "AzureKeyVault"),
    "contoso.servicebus.windows.net": ("20.42.68.12", "EventHub"),
    "global.handler.control.monitor.azure.com": ("20.42.65.85", "AzureMonitor"),
}


def _endpoints() -> list[ServiceEndpoint]:
    return [
        ServiceEndpoint("Microsoft.Storage", locations=["eastus", "westus"]),
        ServiceEndpoint("Microsoft.ContainerRegistry"),
    ]


def healthy_cloud() -> Cloud:
    """contoso.azurecr.io denies all but subnet ``apps``, in which app-vm lives."""
    nat = "52.188.17.34"
    apps = Subnet(SUBNET_ID, "10.1.0.0/24", _endpoints(), nat_public_ip=nat)
    build = Subnet(SIBLING_ID, "10.1.1.0/24", _endpoints(), nat_public_ip=nat)
    registry = Registry(
        name="contoso",
        id=REGISTRY_ID,
        location="eastus",
        tenant=TENANT,
        vnet_rules=[SUBNET_ID],
        repositories={"app": {"v1": build_image(), "multi": build_index()}},
    )
    vm = Vm(
        name="app-vm",
        subscription=SUBSCRIPTION,
        resource_group="app-rg",
        location="eastus",
        subnet_id=SUBNET_ID,
        nic_id=f"{APP_GROUP}/providers/Microsoft.Network/networkInterfaces/app-vm-nic",
        private_ip="10.1.0.4",
    )
    states = {
        "Microsoft.ContainerRegistry": "Registered",
        "Microsoft.Network": "Registered",
        "Microsoft.Compute": "Registered",
        "Microsoft.Storage": "Registered",
    }
    return Cloud(
        vm=vm,
        registry=registry,
        subscriptions={SUBSCRIPTION: dict(states), REGISTRY_SUBSCRIPTION: dict(states)},
        vnets=[Vnet(VNET_ID, "10.1.0.0/16", "eastus", [apps, build])],
        identities=[Identity("system", CLIENT_ID, PRINCIPAL, TENANT, vm.resource_id)],
        role_assignments=[
            RoleAssignment(PRINCIPAL, "AcrPull", REGISTRY_ID),
            RoleAssignment(PRINCIPAL, "Reader", APP_GROUP),
            RoleAssignment(PRINCIPAL, "Reader", REGISTRY_GROUP),
            RoleAssignment(PRINCIPAL, "Reader", f"/subscriptions/{SUBSCRIPTION}"),
        ],
        addresses=dict(ADDRESSES),
        controls=dict(CONTROLS),
    )
