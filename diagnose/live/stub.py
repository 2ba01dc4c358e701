"""Knows how the simulated machine looks names up: getaddrinfo's work, in getaddrinfo's words."""

import socket
from pathlib import Path

from checks.replies import DnsReply, Failure, Trouble
from diagnose.live import name_files
from diagnose.live.deadline import Deadline
from diagnose.live.dns_ask import Query, ask
from diagnose.live.options import Options


def lookup(query: Query, options: Options, deadline: Deadline, name: str) -> tuple[str, ...]:
    """Look ``name`` up as glibc does: /etc/hosts wins, then the servers of resolv.conf in turn.

    A server that is silent or fails is passed over; one that says no ends the search.
    """
    told = () if options.root == "/" else name_files.hosts(Path(options.root), name)
    if told:
        return told
    servers = list(own_servers(options))
    found: list[str] = []
    for kind in ("A", "AAAA"):
        reply = _first_answer(query, deadline, name, servers, kind)
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


def own_servers(options: Options) -> tuple[str, ...]:
    """Give the machine's name servers; this machine's own files are no simulated one's."""
    if options.resolver:
        return (options.resolver,)
    return () if options.root == "/" else name_files.servers(Path(options.root))


def _first_answer(
    query: Query, deadline: Deadline, name: str, servers: list[str], kind: str
) -> DnsReply | Failure:
    reply: DnsReply | Failure = Failure(trouble=Trouble.DNS_FAILING, detail="no name server")
    while servers:
        reply = ask(query, deadline, name, servers[0], kind)
        if isinstance(reply, DnsReply) or reply.trouble is Trouble.DEADLINE:
            break
        del servers[0]  # nor is it asked for the other kind
    return reply
