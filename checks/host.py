"""This machine, from its own files."""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact
from checks.ports import World

AZURE_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77"  # as cloud-init's Azure datasource tests it


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Fact):
    os: str
    architecture: str
    on_azure: bool  # by the DMI asset tag; False also where it cannot be read
    aks_node: bool
    is_root: bool
    addresses: tuple[str, ...]
    resolvers: tuple[str, ...]
    proxies: tuple[tuple[str, str], ...]  # variable, URL without credentials
    authorities: tuple[tuple[str, str], ...] = ()  # variable, file or folder of trusted CAs
    platform: str = ""  # one of checks.platforms, where its marks are on this machine
    kubelet_client: str = ""  # whom an AKS node's kubelet pulls as: a client id or resource id
    in_cluster: bool = False  # it runs in a pod
    has_card: bool | None = None  # a network card is in its network; None: not seen

    @property
    def summary(self) -> str:
        where = "an Azure machine" if self.on_azure else "not known to be an Azure machine"
        where = f"in {self.platform}" if self.platform else where
        proxy = ", proxy set" if self.proxies else ""
        return f"{self.os}/{self.architecture}, {where}{proxy}"


def gather(world: World) -> Host:
    reply = world.host.look()
    return Host(
        os=reply.os,
        architecture=reply.architecture,
        on_azure=reply.asset_tag == AZURE_ASSET_TAG,
        aks_node=reply.aks_node,
        is_root=reply.is_root,
        addresses=reply.addresses,
        resolvers=reply.resolvers,
        proxies=tuple(sorted(reply.proxies.items())),
        authorities=tuple(sorted(reply.authorities.items())),
        platform=reply.platform,
        kubelet_client=reply.kubelet_client,
        in_cluster=reply.in_cluster,
        has_card=reply.has_card,
    )


CHECK = Check(
    id="host",
    title="this machine can be read",
    gather=gather,
    asks=(
        asks.read("/sys/class/dmi/id/chassis_asset_tag", "is this an Azure machine"),
        asks.read("/proc/net/fib_trie", "its own addresses"),
        asks.read("/sys/class/net", "has it a network card"),
        asks.read("/etc/resolv.conf", "its DNS servers"),
        asks.read("/etc/hostname", "is it a managed platform"),
        asks.read("/etc/kubernetes/azure.json", "is this an AKS node, and as whom does it pull"),
    ),
)
