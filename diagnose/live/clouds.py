"""Knows the Azure clouds: which hosts serve a registry of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One Azure cloud."""

    suffix: str  # of its registries' login servers
    arm: str  # base URL of Azure Resource Manager
    arm_resource: str  # audience of a token for it
    authority: str  # host of Entra
    blob: str  # suffix of its storage accounts


PUBLIC = Cloud(
    suffix="azurecr.io",
    arm="https://management.azure.com",
    arm_resource="https://management.azure.com/",
    authority="login.microsoftonline.com",
    blob="blob.core.windows.net",
)
CLOUDS: tuple[Cloud, ...] = (
    PUBLIC,
    Cloud(
        suffix="azurecr.us",
        arm="https://management.usgovcloudapi.net",
        arm_resource="https://management.core.usgovcloudapi.net/",
        authority="login.microsoftonline.us",
        blob="blob.core.usgovcloudapi.net",
    ),
    Cloud(
        suffix="azurecr.cn",
        arm="https://management.chinacloudapi.cn",
        arm_resource="https://management.chinacloudapi.cn/",
        authority="login.chinacloudapi.cn",
        blob="blob.core.chinacloudapi.cn",
    ),
    Cloud(
        suffix="azurecr.de",
        arm="https://management.microsoftazure.de",
        arm_resource="https://management.microsoftazure.de/",
        authority="login.microsoftonline.de",
        blob="core.cloudapi.de",
    ),
    Cloud(
        suffix="azurecr.sovcloud-azure.fr",
        arm="https://management.sovcloud-api.fr",
        arm_resource="https://management.sovcloud-api.fr/",
        authority="login.sovcloud-identity.fr",
        blob="core.sovcloud-api.fr",
    ),
)


def known(login_server: str) -> Cloud | None:
    """Return the cloud whose registries carry this login server's suffix."""
    name = login_server.lower().rstrip(".")
    return next((cloud for cloud in CLOUDS if name.endswith("." + cloud.suffix)), None)


def cloud_of(login_server: str) -> Cloud:
    """Return the login server's cloud; the public one where the suffix tells nothing."""
    return known(login_server) or PUBLIC
