"""How the login server's name resolves, by this machine and by each resolver asked directly."""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Failed
from checks.host import Host
from checks.ports import AZURE_DNS, World
from checks.replies import DnsReply, Failure, Trouble
from checks.target import Target
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """One server's answer. ``result`` is an rcode, or a `Trouble` where it did not answer."""

    server: str
    result: str
    addresses: tuple[str, ...]
    chain: tuple[str, ...]
    authority: str

    @property
    def answered(self) -> bool:
        """It spoke DNS to us, whatever it said."""
        return self.result.isupper()

    @property
    def failing(self) -> bool:
        """It spoke, and its answer was an error that says nothing of the name."""
        return self.result not in ("NOERROR", "NXDOMAIN") and self.answered

    @property
    def final(self) -> bool:
        """No such name, said by the public side: not by a zone of the network's own."""
        public = self.server == AZURE_DNS and "azureprivatedns.net" not in self.authority
        return self.result == "NXDOMAIN" and (public or ".azure-dns." in self.authority)

    @property
    def works(self) -> bool:
        return self.result == "NOERROR" and bool(self.addresses)

    def __str__(self) -> str:
        return f"{self.server}: {', '.join(self.addresses) or self.result}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAnswer(Fact):
    name: str
    addresses: tuple[str, ...]  # what programs on this machine get
    resolvers: tuple[Resolver, ...]

    @property
    def private_link(self) -> bool:
        """The chain goes through privatelink: the registry has a private endpoint somewhere."""
        return any(".privatelink." in link for r in self.resolvers for link in r.chain)

    @property
    def summary(self) -> str:
        return f"{self.name} is {', '.join(self.addresses)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsFailed(Failed):
    name: str
    trouble: Trouble
    resolvers: tuple[Resolver, ...]

    @property
    def summary(self) -> str:
        asked = "; ".join(map(str, self.resolvers))
        return f"{self.name} does not resolve: {self.trouble}" + (f" ({asked})" if asked else "")


def gather(world: World, target: Target, host: Host) -> DnsAnswer | DnsFailed:
    """Ask the system and every resolver at the same time, 168.63.129.16 among them on Azure."""
    name = target.login_server
    servers = list(host.resolvers)
    if host.on_azure and AZURE_DNS not in servers:
        servers.append(AZURE_DNS)
    system, *direct = together(
        lambda server: world.dns.ask(name, server) if server else world.dns.system(name),
        ["", *servers],
    )
    resolvers = tuple(map(resolver, servers, direct))
    if isinstance(system, DnsReply) and system.addresses:
        return DnsAnswer(name=name, addresses=system.addresses, resolvers=resolvers)
    trouble = system.trouble if isinstance(system, Failure) else Trouble.NAME_EMPTY
    return DnsFailed(name=name, trouble=trouble, resolvers=resolvers)


def resolver(server: str, reply: DnsReply | Failure) -> Resolver:
    if isinstance(reply, Failure):
        failing = reply.trouble is Trouble.DNS_FAILING and reply.detail.isupper()
        result = reply.detail if failing else str(reply.trouble)  # SERVFAIL, REFUSED
        return Resolver(server=server, result=result, addresses=(), chain=(), authority="")
    return Resolver(
        server=server,
        result=reply.rcode,
        addresses=reply.addresses,
        chain=reply.chain,
        authority=reply.authority,
    )


CHECK = Check(
    id="dns",
    title="the login server's name resolves",
    gather=gather,
    asks=(*asks.dns("{login_server}", "the registry's address"),),
)
