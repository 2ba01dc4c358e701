"""Knows what one resolver's answer to one question says; how it is put on the wire is given."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from checks.replies import DnsReply, Failure, Trouble
from diagnose.live.deadline import Deadline
from diagnose.live.trouble import CarrierError, failed

if TYPE_CHECKING:
    import dns.message
    import dns.name

_LINKS = 20  # of a chain that are told; it is followed to its end
ADDRESSES = 50  # that a name may have; each of them is asked
TOO_MANY = Failure(trouble=Trouble.PROTOCOL, detail="more addresses than can be asked")

Query = Callable[[str, str, str], "dns.message.Message"]
"""Puts a name, to a server, for a kind of record; raises what the network does."""


def ask(query: Query, deadline: Deadline, name: str, server: str, kind: str) -> DnsReply | Failure:
    """Ask one server and report its answer as given; nothing is followed elsewhere."""
    began = time.monotonic()
    try:
        reply = _reply(query(name, server, kind), name, server, kind, time.monotonic() - began)
    except Exception as error:
        spent = time.monotonic() - began
        return failed(error, deadline, peer=server, elapsed=spent)
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
    import dns.rdataclass

    cnames: dict[str, str] = {}
    records: dict[str, list[str]] = {}
    for rrset in answer.answer:
        if rrset.rdclass != dns.rdataclass.IN:
            continue  # in another class an A record is something else: RFC 1035, 3.4
        owner = _plain(rrset.name)
        for item in rrset:
            if rrset.rdtype.name == "CNAME":
                cnames.setdefault(owner, _plain(item.target))
            elif rrset.rdtype.name == kind and kind in ("A", "AAAA"):
                records.setdefault(owner, []).append(item.address)
    chain: dict[str, None] = {}
    here = _plain(dns.name.from_text(name))
    while here in cnames and cnames[here] not in chain:
        here = cnames[here]
        chain[here] = None
    addresses = set(records.get(here, []))
    if len(addresses) > ADDRESSES:
        raise CarrierError(TOO_MANY)
    soas = [
        _plain(item.mname)
        for rrset in [*answer.authority, *(answer.answer if kind == "SOA" else [])]
        if rrset.rdtype.name == "SOA"
        for item in rrset
    ]
    return DnsReply(
        name=name,
        server=server,
        chain=tuple(chain)[:_LINKS],
        addresses=tuple(sorted(addresses)),
        rcode=dns.rcode.to_text(answer.rcode()),
        authority=soas[0] if soas else "",
        elapsed=elapsed,
    )


def _plain(name: "dns.name.Name") -> str:
    return name.to_text(omit_final_dot=True).lower()
