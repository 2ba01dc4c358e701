"""The services that an agent pool's subnet must reach, hosts that may stand for them, and rows
that say what was seen of each.
"""

from dataclasses import dataclass

from checks.target import Target
from checks.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One outbound rule. ``listens`` is False where no host is known to listen on that port."""

    service: str
    tag: str
    port: int = 443
    listens: bool = True


class Way(Word):
    OK = "ok"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One outbound rule that the pool's subnet needs, and what was seen of it from here."""

    service: str
    tag: str
    port: int
    host: str  # that stood for the tag; empty where none was known
    way: Way
    because: str
    rule: str = ""  # the security rule that denies it


NEEDED = (
    Need(service="Key Vault", tag="AzureKeyVault"),
    Need(service="Storage", tag="Storage"),
    Need(service="Event Hubs", tag="EventHub"),
    Need(service="Microsoft Entra", tag="AzureActiveDirectory"),
    Need(service="Azure Monitor", tag="AzureMonitor"),
    Need(service="Azure Monitor", tag="AzureMonitor", port=12000, listens=False),
)

# The endpoints that a pool's subnet may have besides ("Advanced network configuration" there).
ENDPOINTS = (
    "Microsoft.AzureActiveDirectory",
    "Microsoft.ContainerRegistry",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.Storage",
)

_SUFFIXES = {
    "AzureKeyVault": ("vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"),
    "EventHub": (
        "servicebus.windows.net",
        "servicebus.usgovcloudapi.net",
        "servicebus.chinacloudapi.cn",
    ),
    "AzureMonitor": ("monitor.azure.com", "monitor.azure.us", "monitor.azure.cn"),
}
_CLOUDS = ("AzurePublicCloud", "AzureUSGovernmentCloud", "AzureChinaCloud")


def candidates(need: Need, target: Target) -> tuple[str, ...]:
    """Give hosts that may stand for a tag; the first that has an address is asked.

    Azure Monitor's is the one that its agent needs (azure-monitor-agent-network-configuration).
    Of the others none is public: a vault and an event hub often bear the registry's name, and a
    connection to whosever it is shows that the tag's addresses answer, as they share front ends.
    """
    if target.cloud not in _CLOUDS or need.tag not in _SUFFIXES:
        return ()
    suffix = _SUFFIXES[need.tag][_CLOUDS.index(target.cloud)]
    if need.tag == "AzureMonitor":
        return (f"global.handler.control.{suffix}",)
    return (f"{target.registry}.{suffix}",)
