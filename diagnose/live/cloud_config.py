"""Knows an AKS node's cloud configuration, as far as it names the identity that the kubelet uses.

The file is 0600 root and holds a secret beside it on clusters with a service principal (AgentBaker,
parts/linux/cloud-init/artifacts/cse_config.sh); nothing but the one value leaves this module.
"""

import json
from pathlib import Path

_PLACE = "etc/kubernetes/azure.json"
_CAP = 256 * 1024  # characters


def kubelet_client(root: Path | str) -> str:
    """Give the client id or the resource id; '' where there is none or it cannot be read."""
    try:
        told = json.loads((Path(root) / _PLACE).read_text(encoding="utf-8")[:_CAP])
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(told, dict) or told.get("useManagedIdentityExtension") is False:
        return ""
    named = told.get("userAssignedIdentityID")
    return named if isinstance(named, str) and named.isprintable() else ""
