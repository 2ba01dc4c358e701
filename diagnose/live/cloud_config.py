"""Knows an AKS node's cloud configuration, as far as it names the identity that the kubelet uses.

The file is 0600 root and holds a secret beside it on clusters with a service principal (AgentBaker,
parts/linux/cloud-init/artifacts/cse_config.sh); nothing but the one value leaves this module, and
the vault knows the others.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from diagnose.live.vault import Vault

_PLACE = "etc/kubernetes/azure.json"
_CAP = 256 * 1024  # characters
_INSTEAD = "msi"  # of a secret, on clusters with a managed identity


def kubelet_client(root: Path | str, vault: Vault | None = None) -> str:
    """Give the client id or the resource id; '' where there is none or it cannot be read."""
    try:
        told = json.loads((Path(root) / _PLACE).read_text(encoding="utf-8")[:_CAP])
    except (OSError, ValueError, RecursionError):
        return ""
    if vault and isinstance(told, dict):
        vault.remember(_secrets(told))
    if not isinstance(told, dict) or told.get("useManagedIdentityExtension") is False:
        return ""
    named = told.get("userAssignedIdentityID")
    return named if isinstance(named, str) and named.isprintable() else ""


def _secrets(told: Mapping[str, object]) -> Iterator[str]:
    for key, value in told.items():
        is_secret = "secret" in key.lower() or "password" in key.lower()
        if is_secret and isinstance(value, str) and value != _INSTEAD:
            yield value
