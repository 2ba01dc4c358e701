"""Whether the login server's addresses take a TCP connection on 443 from here."""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Failed
from checks.dns_answer import DnsAnswer
from checks.ports import World
from checks.replies import Failure, TcpReply, Trouble
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpReached(Fact):
    address: str
    local: str  # our address on that connection

    @property
    def summary(self) -> str:
        return f"{self.address}:443 accepts connections"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpBlocked(Failed):
    addresses: tuple[str, ...]
    trouble: Trouble

    @property
    def summary(self) -> str:
        return f"{', '.join(self.addresses)} on 443: {self.trouble}"


def gather(world: World, dns: DnsAnswer) -> TcpReached | TcpBlocked:
    replies = together(world.net.connect, dns.addresses)
    return parse(dns.addresses, replies)


def parse(addresses: tuple[str, ...], replies: list[TcpReply | Failure]) -> TcpReached | TcpBlocked:
    """One address that answers is enough: clients try the next one."""
    for address, reply in zip(addresses, replies, strict=True):
        if isinstance(reply, TcpReply):
            return TcpReached(address=address, local=reply.local)
    # "No route" is what IPv6 gives where there is none: it says least of several.
    met = [reply.trouble for reply in replies if isinstance(reply, Failure)]
    told = sorted(met, key=lambda one: (one is Trouble.UNREACHABLE, one is not Trouble.TIMEOUT))
    return TcpBlocked(addresses=addresses, trouble=told[0])


CHECK = Check(
    id="tcp",
    title="the login server takes connections on 443",
    gather=gather,
    asks=(asks.tcp("{login_server}", "does it take connections"),),
)
