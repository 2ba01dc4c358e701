"""This machine's clock against Azure's.

Instance metadata goes first: it answers over plain HTTP, so it can tell the time to a machine whose
clock is too wrong for any certificate to be valid. The registry's answer is the second source.
"""

from dataclasses import dataclass
from datetime import datetime

from checks import asks
from checks.challenge import Challenge
from checks.contract import Check, Fact, Health, Unseen
from checks.instance import Instance
from checks.ports import World
from checks.replies import Failure, TlsReply
from checks.target import Target
from checks.tcp_path import TcpReached
from checks.tls_session import TlsUntrusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Fact):
    minutes_off: int  # local minus Azure's
    source: str = "the registry's clock"
    # The registry's certificate, out of date by this clock, is valid by Azure's. None: it is not
    # out of date by this clock, or its dates could not be read.
    explains: bool | None = None

    @property
    def health(self) -> Health:
        return Health.FAIL if abs(self.minutes_off) >= 5 else Health.OK

    @property
    def summary(self) -> str:
        if not self.minutes_off:
            return f"within a minute of {self.source}"
        side = "ahead of" if self.minutes_off > 0 else "behind"
        return f"{abs(self.minutes_off)} min {side} {self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockUnknown(Unseen):
    @property
    def summary(self) -> str:
        return "neither instance metadata nor the registry stated a time"


def gather(
    world: World,
    target: Target,
    instance: Instance | None,
    challenge: Challenge | None,
    tcp: TcpReached | None,
    tls: TlsUntrusted | None,
) -> Clock | ClockUnknown:
    if instance and instance.minutes_off is not None:
        off, source = instance.minutes_off, "instance metadata's clock"
    elif challenge and challenge.minutes_off is not None:
        off, source = challenge.minutes_off, "the registry's clock"
    else:
        return ClockUnknown()
    if not (tls and tls.out_of_date and tcp):
        return Clock(minutes_off=off, source=source)
    # The dates are asked for once more, as they stay out of facts.
    reply = world.net.handshake(target.login_server, tcp.address)
    azure = world.host.look().now - off * 60
    return Clock(minutes_off=off, source=source, explains=valid_at(reply, azure))


def valid_at(reply: TlsReply | Failure, moment: float) -> bool | None:
    """Tell whether a certificate is valid at ``moment``, in seconds since the epoch."""
    if isinstance(reply, Failure):
        return None
    try:
        begin, end = (
            datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
            for text in (reply.not_before, reply.not_after)
        )
    except ValueError:
        return None
    return begin - 60 <= moment <= end + 60  # the offset is in whole minutes


CHECK = Check(
    id="clock",
    title="the clock agrees with Azure's",
    gather=gather,
    asks=(asks.tls("{login_server}", "is the certificate valid at this machine's time"),),
)
