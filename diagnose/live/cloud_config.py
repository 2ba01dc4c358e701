"""Knows an AKS node's cloud configuration: where the node stands, and whom its kubelet pulls as.

The file is 0600 root and holds a secret beside the rest on clusters with a service principal
(AgentBaker, parts/linux/cloud-init/artifacts/cse_config.sh). Keys are taken by a list, as the cloud
provider reads them: in any case, and with the nodes' own group and subscription where the network's
are not named (https://cloud-provider-azure.sigs.k8s.io/install/configs/). The vault knows the rest.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from checks.machine_replies import CloudConfigReply
from checks.replies import Failure, Trouble
from diagnose.live import rooted, spotting
from diagnose.live.vault import Vault

CONFIG = "/etc/kubernetes/azure.json"
CUSTOM = "/etc/kubernetes/akscustom.json"  # the endpoints, where the cloud is "AzureStackCloud"
_CAP = 256 * 1024  # characters
_LONGEST = 200  # characters of one value; a resource id has up to a thousand
_INSTEAD = "msi"  # of a client and its secret, on clusters with a managed identity
_ENDPOINTS = (
    "activeDirectoryEndpoint",
    "containerRegistryDNSSuffix",
    "resourceManagerEndpoint",
)


def is_node(root: Path | str) -> bool:
    """Tell whether the file is there, to be read or not: it makes a machine a node of AKS."""
    try:
        return rooted.place(root, CONFIG).exists()
    except OSError:  # a folder on the way is for root alone
        return False


def kubelet_client(root: Path | str, vault: Vault | None = None) -> str:
    """Give the client id or the resource id; '' where there is none or it cannot be read."""
    told = _table(root, CONFIG, vault)
    if isinstance(told, Failure) or _truth(told, "useManagedIdentityExtension") is False:
        return ""
    return _text(told, "userAssignedIdentityID", 2000)


def cloud(root: Path | str, vault: Vault | None = None) -> CloudConfigReply | Failure:
    """Give what the file says; ABSENT without one, FORBIDDEN for others than root."""
    told = _table(root, CONFIG, vault)
    if isinstance(told, Failure):
        return told
    custom = _table(root, CUSTOM, vault)
    named = {} if isinstance(custom, Failure) else custom
    client = _text(told, "aadClientId")
    group = _text(told, "resourceGroup")
    return CloudConfigReply(
        source=CONFIG,
        cloud=_text(told, "cloud"),
        tenant=_text(told, "tenantId"),
        subscription=_text(told, "subscriptionId"),
        group=group,
        location=_text(told, "location"),
        vm_type=_text(told, "vmType"),
        network_subscription=_text(told, "networkResourceSubscriptionID")
        or _text(told, "subscriptionId"),
        vnet_group=_text(told, "vnetResourceGroup") or group,
        vnet=_text(told, "vnetName"),
        subnet=_text(told, "subnetName"),
        security_group=_text(told, "securityGroupName"),
        route_table=_text(told, "routeTableName"),
        scale_set=_text(told, "primaryScaleSetName"),
        managed=_truth(told, "useManagedIdentityExtension"),
        identity=_text(told, "userAssignedIdentityID", 2000),
        client="" if client.lower() == _INSTEAD else client,
        has_secret=any(True for _ in _secrets(told)),
        custom=not (isinstance(custom, Failure) and custom.trouble is Trouble.ABSENT),
        endpoints={key: value for key in _ENDPOINTS if (value := _text(named, key))},
    )


def _table(root: Path | str, path: str, vault: Vault | None) -> Mapping[str, object] | Failure:
    """Give the file's keys in lower case, after the vault was told the secrets among them."""
    try:
        text = rooted.place(Path(root), path).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return Failure(trouble=Trouble.ABSENT, detail=f"no {path}")
    except PermissionError:
        return Failure(trouble=Trouble.FORBIDDEN, detail=f"{path} is for root alone")
    except (OSError, ValueError):
        return Failure(trouble=Trouble.PROTOCOL, detail=f"{path} cannot be read")
    if vault:
        vault.remember(spotting.of_settings(text[:_CAP]))  # also where it is only half written
    try:
        told = json.loads(text[:_CAP])
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return Failure(trouble=Trouble.PROTOCOL, detail=f"{path} is not a JSON object")
    lowered = {key.lower(): value for key, value in told.items()}
    if vault:
        vault.remember(_secrets(lowered))
    return lowered


def _secrets(told: Mapping[str, object]) -> Iterator[str]:
    for key, value in told.items():
        is_secret = "secret" in key or "password" in key
        if is_secret and isinstance(value, str) and value and value != _INSTEAD:
            yield value


def _text(told: Mapping[str, object], key: str, longest: int = _LONGEST) -> str:
    value = told.get(key.lower())
    is_plain = isinstance(value, str) and value.isprintable() and len(value) <= longest
    return value.strip() if isinstance(value, str) and is_plain else ""


def _truth(told: Mapping[str, object], key: str) -> bool | None:
    """Read a yes or no, which templates also write in quotes; None where it is neither."""
    return {"true": True, "false": False}.get(str(told.get(key.lower())).lower())
