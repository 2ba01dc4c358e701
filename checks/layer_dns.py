"""How the layers' host resolves, by this machine and by each resolver asked directly.

A registry with a private endpoint sends layers to its data endpoint, which has a record of its own
in the private zone: the login server may resolve where the data endpoint does not.
"""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Unseen
from checks.dns_answer import Resolver, resolver
from checks.host import Host
from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.ports import AZURE_DNS, World
from checks.replies import DnsReply
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNames(Fact):
    host: str
    addresses: tuple[str, ...]  # what programs on this machine get; empty where they get none
    resolvers: tuple[Resolver, ...]

    @property
    def private_link(self) -> bool:
        return any(".privatelink." in link for r in self.resolvers for link in r.chain)

    @property
    def summary(self) -> str:
        if self.addresses:
            return f"{self.host} is {', '.join(self.addresses)}"
        return f"{self.host} does not resolve ({'; '.join(map(str, self.resolvers))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNamesUnknown(Unseen):
    @property
    def summary(self) -> str:
        return "no layer was asked for, so its host is not known"


def gather(
    world: World,
    host: Host,
    layer: Layer | None,
    blocked: LayerBlocked | None,
    refused: LayerRefused | None,
) -> LayerNames | LayerNamesUnknown:
    found = layer or blocked or refused
    if found is None:
        return LayerNamesUnknown()
    name = found.host
    servers = list(dict.fromkeys([*host.resolvers, *([AZURE_DNS] * host.on_azure)]))
    system, *direct = together(
        lambda server: world.dns.ask(name, server) if server else world.dns.system(name),
        ["", *servers],
    )
    return LayerNames(
        host=name,
        addresses=system.addresses if isinstance(system, DnsReply) else (),
        resolvers=tuple(map(resolver, servers, direct)),
    )


CHECK = Check(
    id="layer-dns",
    title="the layers' host resolves",
    gather=gather,
    asks=(*asks.dns("{layer_host}", "the layers' address"),),
)
