"""Knows how to look a name up the way programs do, and how to ask one resolver directly."""

import time
from dataclasses import replace

from checks.replies import DnsReply, Failure, Trouble
from diagnose.live.deadline import Deadline
from diagnose.live.dialer import Dialer
from diagnose.live.dns_ask import ADDRESSES, TOO_MANY, ask
from diagnose.live.trouble import failed


class LiveDns:
    """`checks.ports.Dns`."""

    def __init__(self, dialer: Dialer, deadline: Deadline) -> None:
        self._dialer, self._deadline = dialer, deadline

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
        if len(addresses) > ADDRESSES:
            return replace(TOO_MANY, elapsed=spent)
        return DnsReply(
            name=name, server="system", addresses=tuple(sorted(addresses)), elapsed=spent
        )

    def ask(self, name: str, server: str, kind: str = "A") -> DnsReply | Failure:
        """Ask one server and report its answer as given; nothing is followed elsewhere."""
        return ask(self._dialer.query, self._deadline, name, server, kind)
