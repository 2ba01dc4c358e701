"""Whether something on this machine gives the login server another address than DNS does.

An entry in /etc/hosts wins over every name server; a cache can do the same. Where the two differ,
the address that DNS gives is tried as well: if it answers and ours does not, ours is wrong.
"""

from dataclasses import dataclass, replace

from checks import asks
from checks.addresses import Kind, kind
from checks.contract import Check, Fact, Failed
from checks.dns_answer import DnsAnswer
from checks.ports import World
from checks.replies import TcpReply
from checks.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Failed):
    """This machine's own lookup gives addresses that no name server gives."""

    used: tuple[str, ...]  # what programs on this machine get
    given: tuple[str, ...]  # what the name servers give; nothing where they deny the name
    by_hosts: bool  # /etc/hosts says so; else a cache or another source does
    given_answers: str  # the address of DNS that took a connection on 443, or empty

    @property
    def source(self) -> str:
        return "/etc/hosts" if self.by_hosts else "a cache or another source on this machine"

    @property
    def summary(self) -> str:
        tried = f", and {self.given_answers} answers on 443" if self.given_answers else ""
        given = ", ".join(self.given) or "no such name"
        return f"{self.source} gives {', '.join(self.used)}; DNS gives {given}{tried}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOverride(Fact):
    """``entries`` are what /etc/hosts has for the name: none, or what DNS does not contradict."""

    entries: tuple[str, ...]

    @property
    def summary(self) -> str:
        if not self.entries:
            return "/etc/hosts does not name the login server"
        return f"/etc/hosts gives {', '.join(self.entries)}; DNS does not contradict it"


def gather(world: World, target: Target, dns: DnsAnswer) -> Override | NoOverride:
    entries = world.host.hosts_file(target.login_server)
    found = parse(entries, dns)
    if isinstance(found, NoOverride) or not found.given:
        return found
    reply = world.net.connect(found.given[0])
    took = found.given[0] if isinstance(reply, TcpReply) else ""
    return replace(found, given_answers=took)


def parse(entries: tuple[str, ...], dns: DnsAnswer) -> Override | NoOverride:
    """Compare with what the servers give; IPv6 is left out, for it was not asked for."""
    used = tuple(address for address in dns.addresses if ":" not in address)
    by_hosts = not set(entries).isdisjoint(used)
    answers = {a for r in dns.resolvers if r.works for a in r.addresses}
    inside = {a for a in answers if kind(a) is Kind.PRIVATE}
    if by_hosts and inside and inside.isdisjoint(used):
        answers = inside  # a private zone knows better than a server that repeats the entry
    given = tuple(sorted(answers))
    denied = by_hosts and any(r.result == "NXDOMAIN" for r in dns.resolvers)
    if not used or not (given or denied) or not set(given).isdisjoint(used):
        return NoOverride(entries=entries)
    return Override(used=used, given=given, by_hosts=by_hosts, given_answers="")


CHECK = Check(
    id="hosts-file",
    title="this machine and DNS agree on the address",
    gather=gather,
    asks=(
        asks.read("/etc/hosts", "does it name the registry"),
        asks.tcp("{login_server}", "does the address in /etc/hosts answer"),
    ),
)
