"""Whether the services that an ACR Tasks agent pool needs can be reached from here.

A pool's machines stand in a subnet of the customer's and need a way out to five services
(learn.microsoft.com, container-registry/tasks-agent-pools, "Add firewall rules"; port 12000 is for
diagnostics: MicrosoftDocs/azure-docs#123694). Nobody can enter them, so a machine in the same
subnet is asked in their place. A service tag is a set of addresses: one host that answers stands
for it, and proves no more than itself. Which hosts ACR's own pools use is not published.
"""

from dataclasses import dataclass

from checks import asks
from checks.addresses import Kind, kind
from checks.contract import Check, Fact, Health
from checks.layer import Layer, LayerBlocked, LayerRefused
from checks.outbound_rules import OutboundRules
from checks.outside import controls
from checks.pool_services import NEEDED, Need, Row, Way, candidates
from checks.ports import World
from checks.replies import DnsReply, TcpReply, Trouble
from checks.target import Asked, Target
from checks.together import together

_SILENT = (Trouble.TIMEOUT, Trouble.UNREACHABLE, Trouble.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolEgress(Fact):
    rows: tuple[Row, ...]

    def those(self, way: Way) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.way is way)

    @property
    def health(self) -> Health:
        if self.those(Way.BLOCKED):
            return Health.FAIL
        return Health.UNKNOWN if self.those(Way.UNKNOWN) else Health.OK

    @property
    def summary(self) -> str:
        told = [
            f"{way}: {', '.join(f'{row.tag} {row.port}' for row in rows)}"
            for way in (Way.BLOCKED, Way.UNKNOWN, Way.OK)
            if (rows := self.those(way))
        ]
        return "; ".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probe:
    """What one host said on one port; ``trouble`` is None where it took the connection."""

    host: str = ""
    addresses: tuple[str, ...] = ()
    trouble: Trouble | None = Trouble.NAME_EMPTY


def gather(
    *,
    world: World,
    target: Target,
    asked: Asked,
    rules: OutboundRules | None,
    layer: Layer | None,
    blocked: LayerBlocked | None,
    refused: LayerRefused | None,
) -> PoolEgress:
    redirect = layer or blocked or refused
    storage = redirect.host if redirect and redirect.host != target.login_server else ""
    known = {"Storage": storage, "AzureActiveDirectory": controls(target.cloud)[1]}
    told = dict(asked.probes)

    def probe(need: Need) -> _Probe:
        own = told.get(need.tag) or known.get(need.tag)
        return _tried(world, (own,) if own else candidates(need, target), need.port)

    return parse(together(probe, NEEDED), rules)


def _tried(world: World, hosts: tuple[str, ...], port: int) -> _Probe:
    """Connect to the first of ``hosts`` that has an address."""
    for host in hosts:
        found = world.dns.system(host)
        if isinstance(found, DnsReply) and found.addresses:
            reply = world.net.connect(found.addresses[0], port)
            trouble = None if isinstance(reply, TcpReply) else reply.trouble
            return _Probe(host=host, addresses=found.addresses, trouble=trouble)
    return _Probe()


def parse(probes: list[_Probe], rules: OutboundRules | None) -> PoolEgress:
    """Join what answered with what the subnet's rules say."""
    pairs = list(zip(NEEDED, probes, strict=True))
    answers = any(probe.trouble is None for probe in probes)
    # Rules alone tell only where something gets out and nothing but the rules stands in the way.
    open_way = rules if rules and answers and not rules.next_hop else None
    return PoolEgress(rows=tuple(_row(need, probe, rules, open_way) for need, probe in pairs))


def _row(
    need: Need, probe: _Probe, rules: OutboundRules | None, open_way: OutboundRules | None
) -> Row:
    tags = (need.tag, "AzureCloud", "Internet")
    denies = rules.denying(tags, port=need.port) if rules else None
    way, because = Way.UNKNOWN, "no host is known that stands for it; name one with --host"
    private = bool(probe.addresses) and kind(probe.addresses[0]) is not Kind.PUBLIC
    if denies:
        way, because = Way.BLOCKED, f"the rule {denies.name} denies it"
    elif private:
        because = f"{probe.host} has a private address here, which says nothing of the tag"
    elif probe.trouble is None:
        way, because = Way.OK, f"{probe.host} takes connections"
    elif open_way and (not probe.host or not need.listens):
        way, because = Way.OK, "the subnet's rules allow it, and have no appliance in the way"
    elif probe.host and not need.listens:
        because = f"{probe.host}: {probe.trouble}; it need not listen on {need.port}"
    elif probe.host:
        way = Way.BLOCKED if probe.trouble in _SILENT else Way.UNKNOWN
        because = f"{probe.host}: {probe.trouble}"
    return Row(
        service=need.service,
        tag=need.tag,
        port=need.port,
        host=probe.host,
        way=way,
        because=because,
        rule=denies.name if denies else "",
    )


CHECK = Check(
    id="agent-pool",
    title="an agent pool's services can be reached from here",
    gather=gather,
    asks=(asks.tcp("{service_host}", "does the host that stands for a service answer", port=0),),
)
