"""Knows how the simulated machine looks names up: getaddrinfo's work, in getaddrinfo's words."""

import socket
from functools import partial
from pathlib import Path

from checks.replies import DnsReply, Failure, Trouble
from checks.together import together
from diagnose.live import name_files
from diagnose.live.deadline import Deadline
from diagnose.live.dns_ask import Query, ask
from diagnose.live.options import Options


def lookup(query: Query, options: Options, deadline: Deadline, name: str) -> tuple[str, ...]:
    """Look ``name`` up as glibc does: /etc/hosts wins, then the servers of resolv.conf in turn.

    Each is asked for both kinds of address at once. A server that is silent or fails is passed
    over; one that says no ends the search.
    """
    told = () if options.root == "/" else name_files.hosts(Path(options.root), name)
    if told:
        return told
    detail = "no name server"
    for server in own_servers(options):
        replies = together(partial(ask, query, deadline, name, server), ("A", "AAAA"))
        failures = [reply for reply in replies if isinstance(reply, Failure)]
        answers = [reply for reply in replies if isinstance(reply, DnsReply)]
        if any(reply.rcode == "NXDOMAIN" for reply in answers):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        found = tuple(address for reply in answers for address in reply.addresses)
        if found:
            return found
        if not failures:
            raise socket.gaierror(socket.EAI_NODATA, "no address")
        if any(failure.trouble is Trouble.DEADLINE for failure in failures):
            deadline.cap(1.0)
        detail = failures[0].detail
    raise socket.gaierror(socket.EAI_AGAIN, detail)


def own_servers(options: Options) -> tuple[str, ...]:
    """Give the machine's name servers; this machine's own files are no simulated one's."""
    if options.resolver:
        return (options.resolver,)
    return () if options.root == "/" else name_files.servers(Path(options.root))
