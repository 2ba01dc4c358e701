"""Whether a TLS handshake that stalls gets through in small TCP segments.

A server fills its segments with certificates. Where the path loses what is larger than it can
carry, and the notices that should say so (RFC 1191, RFC 8899), the connection stands and then
hangs; asked for small segments, the same server is heard.
"""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact, Failed
from checks.layer import LayerBlocked
from checks.outside_tls import address_of
from checks.ports import World
from checks.replies import Failure, Trouble
from checks.target import Target
from checks.tcp_path import TcpReached
from checks.tls_session import TlsBroken
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeLost(Failed):
    """The handshake stalls as it is and completes in small segments."""

    host: str

    @property
    def summary(self) -> str:
        return f"TLS with {self.host} stalls, and completes when it is asked for small segments"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeIndifferent(Fact):
    """It stalls whatever the size, or does not stall when it is tried again."""

    host: str

    @property
    def summary(self) -> str:
        return f"TLS with {self.host} fares the same in small segments"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeUntested(Fact):
    @property
    def summary(self) -> str:
        return "not asked: no TLS session stalled"


def gather(
    world: World,
    target: Target,
    tcp: TcpReached | None,
    broken: TlsBroken | None,
    layer: LayerBlocked | None,
) -> LargeLost | SizeIndifferent | SizeUntested:
    host, address = "", ""
    if tcp and broken and broken.connected and broken.trouble is Trouble.TIMEOUT:
        host, address = target.login_server, tcp.address
    elif layer and layer.connected and layer.trouble is Trouble.TIMEOUT and not layer.via_proxy:
        host, address = layer.host, address_of(world, layer.host)
    if not address:
        return SizeUntested()
    # Both at once: one stall may have been an accident, two beside a success are none.
    large, small = together(
        lambda is_small: world.net.handshake(host, address, small_segments=is_small), (False, True)
    )
    # A connection that never stood was not lost to the size of its packets.
    stalled = isinstance(large, Failure) and large.trouble is Trouble.TIMEOUT and large.connected
    if stalled and not isinstance(small, Failure):
        return LargeLost(host=host)
    return SizeIndifferent(host=host)


CHECK = Check(
    id="mtu",
    title="large packets come through",
    gather=gather,
    asks=(
        asks.tls("{login_server}", "do large packets come through"),
        asks.tls("{layer_host}", "the same, for the layers"),
    ),
)
