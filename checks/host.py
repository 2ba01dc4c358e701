"""This machine, from its own files."""

from dataclasses import dataclass

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

    @property
    def summary(self) -> str:
        where = "an Azure machine" if self.on_azure else "not known to be an Azure machine"
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
    )


CHECK = Check(id="host", title="this machine can be read", gather=gather)
