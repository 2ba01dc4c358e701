"""The name leads to a wrong address.

What happened
Something gives the login server's name an address that is not the registry's any more: a line in
/etc/hosts, a cache on this machine, or an old A record in a private zone or a DNS server of one's
own. A private endpoint that is made again gets another address, and such entries stay behind.

How we know
Either this machine's own lookup gives an address that no name server gives, and the one that DNS
gives does answer. Or DNS gives a private address that none of the registry's private endpoints has,
as Azure Resource Manager shows them. In both cases the address that is used does not lead to the
registry.

Fix
Take the entry out where it stands. For a private zone let a zone group on the private endpoint
keep the record, so that it cannot go stale again.

Still failing?
Look also on the DNS server for a zone azurecr.io of its own: such a zone hides all of Azure's.
Container runtimes read /etc/hosts at each pull and need no restart.
"""

from checks.challenge import Challenge
from checks.dns_answer import DnsAnswer
from checks.hosts_file import Override
from checks.refusal import Refused
from checks.tcp_path import TcpBlocked
from checks.tls_session import TlsUntrusted
from diagnose.causes import private_link
from diagnose.causes.contract import Cause, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.contract import Confidence as Sure
from diagnose.causes.dns import _public, _stale
from diagnose.causes.private_link import PrivateLink


def find(
    *,
    dns: DnsAnswer,
    link: PrivateLink,
    override: Override | None,
    refused: Refused | None,
    tcp: TcpBlocked | None,
    tls: TlsUntrusted | None,
    challenge: Challenge | None,
) -> Finding | Rejected | None:
    stranger = challenge is not None and not challenge.from_acr and not challenge.via_proxy
    stage = _public.stage(refused, tcp)
    another = tls is not None and not tls.names_match
    stage = stage or (Stage.TLS if another else Stage.CHALLENGE if stranger else None)
    if stage is None:
        return None
    if link.proxied and (override or private_link.private(dns.addresses)):
        return Rejected(because=link.proxied)
    met = [*_public.met(refused, tcp)]
    met += [Evidence(check="tls", saw=tls.summary)] if tls else []
    evidence = (*met, private_link.seen(dns.resolvers), *link.evidence)
    if override:
        return _overridden(override, link, refused, stage, evidence)
    address = next(iter(dns.addresses), "")
    if refused or not private_link.private(dns.addresses):
        return None
    if link.owner_of(address):
        return Rejected(because=f"{address} is the private endpoint's own address")
    others = sorted({a for r in dns.resolvers for a in r.addresses} - set(dns.addresses))
    gone = link.nobodys(address)
    known = bool(others) and private_link.private(tuple(others))
    return Finding(
        confidence=Sure.PROVEN if gone else Sure.LIKELY if known else Sure.POSSIBLE,
        evidence=evidence,
        note=f"Another server gives {', '.join(others)}." if others else "",
        settle="" if gone else link.settle,
        fix=_stale.records(link, dns, address),
        stage=stage,
    )


def _overridden(
    override: Override,
    link: PrivateLink,
    refused: Refused | None,
    stage: Stage,
    evidence: tuple[Evidence, ...],
) -> Finding | Rejected:
    if any(map(link.owner_of, override.used)):
        return Rejected(because=f"{override.used[0]} is the private endpoint's own address")
    if refused and private_link.public(override.given):
        return Rejected(because="the registry itself answered at that address")
    sure = bool(override.given_answers) and override.by_hosts
    settle = "Take the entry away and look the name up again: getent ahosts NAME"
    return Finding(
        confidence=Sure.PROVEN if sure else Sure.LIKELY,
        evidence=(Evidence(check="hosts-file", saw=override.summary), *evidence),
        settle="" if sure else settle,
        fix=_stale.entries(override, link.target.login_server),
        stage=stage,
    )


CAUSE = Cause(
    id="dns-override-stale",
    title="The name leads to a wrong address",
    stage=Stage.TCP,
    owner=Owner.NETWORK,
    find=find,
    beats=(*_public.BEATS, "private-endpoint-unreachable", "tls-intercepted"),
    before=("custom-dns-not-forwarding",),
)
