"""Knows how to look a name up the way programs do, and how to ask one resolver directly."""

import socket
import time
from typing import TYPE_CHECKING

from checks.ports import DnsReply, Failure, Trouble
from diagnose.live.deadline import Deadline, Limits
from diagnose.live.dialer import Dialer
from diagnose.live.trouble import failed

if TYPE_CHECKING:
    import dns.message

_CHAIN_CAP = 20


class LiveDns:
    """`checks.ports.Dns`."""

    def __init__(self, dialer: Dialer, deadline: Deadline, limits: Limits) -> None:
        self._dialer, self._deadline, self._limits = dialer, deadline, limits

    def system(self, name: str) -> DnsReply | Failure:
        """Ask the way every program on this machine asks."""
        began = time.monotonic()
        try:
            addresses = self._dialer.lookup(name)
        except Exception as error:
            return failed(error, self._deadline, elapsed=time.monotonic() - began)
        spent = time.monotonic() - began
        if not addresses:
            detail = "the name has no address"
            return Failure(trouble=Trouble.NAME_EMPTY, detail=detail, elapsed=spent)
        return DnsReply(
            name=name, server="system", addresses=tuple(sorted(addresses)), elapsed=spent
        )

    def ask(self, name: str, server: str, kind: str = "A") -> DnsReply | Failure:
        """Ask one server and report its answer as given; nothing is followed elsewhere."""
        from diagnose.live import dns_wire

        began = time.monotonic()
        try:
            answer = dns_wire.query(self._dialer, name, server, kind, self._deadline, self._limits)
            reply = _reply(answer, name, server, kind, time.monotonic() - began)
        except Exception as error:
            spent = time.monotonic() - began
            return failed(error, self._deadline, peer=server, elapsed=spent)
        if reply.rcode in ("NOERROR", "NXDOMAIN"):
            return reply
        return Failure(
            trouble=Trouble.DNS_FAILING, detail=reply.rcode, peer=server, elapsed=reply.elapsed
        )


def _reply(
    answer: "dns.message.Message", name: str, server: str, kind: str, elapsed: float
) -> DnsReply:
    """Read the answer section along its own CNAMEs, whatever their order, however they loop."""
    import dns.name
    import dns.rcode

    cnames: dict[str, str] = {}
    records: dict[str, list[str]] = {}
    for rrset in answer.answer:
        owner = _plain(rrset.name)
        for item in rrset:
            if rrset.rdtype.name == "CNAME":
                cnames.setdefault(owner, _plain(item.target))
            elif rrset.rdtype.name == kind and kind in ("A", "AAAA"):
                records.setdefault(owner, []).append(item.address)
    chain: list[str] = []
    here = _plain(dns.name.from_text(name))
    while here in cnames and len(chain) < _CHAIN_CAP and cnames[here] not in chain:
        here = cnames[here]
        chain.append(here)
    soas = [
        _plain(item.mname)
        for rrset in [*answer.authority, *(answer.answer if kind == "SOA" else [])]
        if rrset.rdtype.name == "SOA"
        for item in rrset
    ]
    return DnsReply(
        name=name,
        server=server,
        chain=tuple(chain),
        addresses=tuple(sorted(set(records.get(here, [])))),
        rcode=dns.rcode.to_text(answer.rcode()),
        authority=soas[0] if soas else "",
        elapsed=elapsed,
    )


def _plain(name: "dns.name.Name") -> str:
    return name.to_text(omit_final_dot=True).lower()


def lookup_at(
    dialer: Dialer, name: str, server: str, deadline: Deadline, limits: Limits
) -> tuple[str, ...]:
    """Do getaddrinfo's work against one server, in its words: it is the simulation's resolver."""
    found: list[str] = []
    for kind in ("A", "AAAA"):
        reply = LiveDns(dialer, deadline, limits).ask(name, server, kind)
        if isinstance(reply, Failure):
            if found:
                break
            if reply.trouble is Trouble.DEADLINE:
                deadline.cap(1.0)
            raise socket.gaierror(socket.EAI_AGAIN, reply.detail)
        if reply.rcode == "NXDOMAIN":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        found += reply.addresses
    if not found:
        raise socket.gaierror(socket.EAI_NODATA, "no address")
    return tuple(found)
