"""Which hosts exist in which Azure cloud, at which address, behind which service tag."""

from dataclasses import dataclass
from typing import NamedTuple

from diagnose.lab.cloud import Cloud

IMDS = "169.254.169.254"
ACR_AUDIENCE = "https://containerregistry.azure.net"


class Names(NamedTuple):
    """One row of control-plane section 9."""

    arm: str
    entra: str
    registry: str
    blob: str
    endpoints: bool  # service endpoints for ACR: not in US Gov, not in 21Vianet


CLOUDS = {
    "azurepubliccloud": Names(
        "management.azure.com",
        "login.microsoftonline.com",
        "azurecr.io",
        "blob.core.windows.net",
        True,
    ),
    "azureusgovernmentcloud": Names(
        "management.usgovcloudapi.net",
        "login.microsoftonline.us",
        "azurecr.us",
        "blob.core.usgovcloudapi.net",
        False,
    ),
    "azurechinacloud": Names(
        "management.chinacloudapi.cn",
        "login.chinacloudapi.cn",
        "azurecr.cn",
        "blob.core.chinacloudapi.cn",
        False,
    ),
}


@dataclass(frozen=True)
class Service:
    """A host, what it is, and where it stands."""

    host: str
    role: str  # registry | data | layers | arm | entra | control
    tag: str
    address: str
    ports: tuple[int, ...] = (443,)


def names(cloud: Cloud) -> Names:
    """This cloud's row."""
    return CLOUDS[cloud.environment.lower()]


def arm_audiences(cloud: Cloud) -> tuple[str, str]:
    """The two resources that stand for ARM, without a final slash; az asks for the second."""
    arm = names(cloud).arm
    core = arm.replace("management.", "management.core.").replace(".azure.com", ".windows.net")
    return f"https://{arm}", f"https://{core}"


def login_server(cloud: Cloud) -> str:
    """The registry's host name."""
    registry = cloud.registry
    label = f"{registry.name}-{registry.domain_hash}" if registry.domain_hash else registry.name
    return f"{label.lower()}.{names(cloud).registry}"


def data_host(cloud: Cloud) -> str:
    """The dedicated data endpoint's host name."""
    label, suffix = login_server(cloud).split(".", 1)
    return f"{label}.{cloud.registry.location}.data.{suffix}"


def redirects_to_data(cloud: Cloud) -> bool:
    """Data endpoints take the layers when switched on, or by any private endpoint (S82)."""
    return cloud.registry.data_endpoint_enabled or bool(cloud.registry.private_endpoints)


def layer_host(cloud: Cloud) -> str:
    """Where the redirect of a blob points."""
    if redirects_to_data(cloud):
        return data_host(cloud)
    return f"eusmanaged15.{names(cloud).blob}"


def services(cloud: Cloud) -> list[Service]:
    """Every host that exists now; registry names go when the registry is deleted."""
    at, here = cloud.addresses, names(cloud)
    found = [
        Service(here.arm, "arm", "AzureResourceManager", at["arm"]),
        Service(here.entra, "entra", "AzureActiveDirectory", at["entra"]),
        Service(f"eusmanaged15.{here.blob}", "layers", "Storage", at["layers"]),
    ]
    found += [
        Service(host, "control", tag, address, (443, 12000) if tag == "AzureMonitor" else (443,))
        for host, (address, tag) in cloud.controls.items()
    ]
    if cloud.registry.deleted:
        return found
    acr = "AzureContainerRegistry"
    found.append(Service(login_server(cloud), "registry", acr, at["registry"]))
    if redirects_to_data(cloud):
        found.append(Service(data_host(cloud), "data", acr, at["data"]))
    for pe in cloud.registry.private_endpoints:
        found.append(Service(login_server(cloud), "registry", "VirtualNetwork", pe.address))
        found.append(Service(data_host(cloud), "data", "VirtualNetwork", pe.data_address))
    return found


def service_at(cloud: Cloud, address: str) -> Service | None:
    """The service behind an address."""
    return next((s for s in services(cloud) if s.address == address), None)


def service_named(cloud: Cloud, host: str) -> Service | None:
    """The service with a host name."""
    return next((s for s in services(cloud) if s.host == host.lower()), None)
