"""TLS for other names, asked only where TLS with the registry or its layers' host fails.

Another name at the same address tells a filter by name from a fault of the address. A control host
tells whether TLS gets out at all, and whether this machine's trusted authorities are any good.
"""

from dataclasses import dataclass

from checks import asks
from checks.contract import Check, Fact
from checks.layer import LayerBlocked
from checks.outside import controls
from checks.ports import World
from checks.replies import DnsReply, Failure, TlsReply, Trouble
from checks.target import Target
from checks.tcp_path import TcpReached
from checks.tls_session import TlsBroken, TlsUntrusted, genuine, names_dates
from checks.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere(Fact):
    """What happens to other names; a `Trouble` is None where a certificate came back."""

    host: str  # whose TLS fails
    another: Trouble | None  # for the control's name at that host's address
    control: str  # the control host
    control_trouble: Trouble | None
    control_trusted: bool
    control_genuine: bool  # its issuer bears the name of one that signs for Microsoft
    issuer: str = ""  # of the certificate that the layers' host itself shows
    completes: bool = False  # TLS with the layers' host itself: what failed came after it
    out_of_date: bool = False  # by this machine's clock, the certificate of the layers' host

    @property
    def summary(self) -> str:
        at = self.another or "a certificate"
        own = self.control_trouble or "a certificate"
        trust = "" if self.control_trouble or self.control_trusted else ", not trusted here"
        return f"{self.control} at the address of {self.host}: {at}; at its own: {own}{trust}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared(Fact):
    @property
    def summary(self) -> str:
        return "not asked: no TLS session failed"


def gather(
    world: World,
    target: Target,
    tcp: TcpReached | None,
    broken: TlsBroken | None,
    untrusted: TlsUntrusted | None,
    layer: LayerBlocked | None,
) -> Elsewhere | NotCompared:
    host, address = "", ""
    if tcp and ((broken and broken.connected) or untrusted):
        host, address = target.login_server, tcp.address
    elif layer and layer.connected and not layer.via_proxy:
        host, address = layer.host, address_of(world, layer.host)
    if not address:
        return NotCompared()
    control = controls(target.cloud)[0]
    places = [(control, address), (control, address_of(world, control))]
    places += [(host, address)] if layer else []
    another, straight, *itself = together(
        lambda place: world.net.handshake(*place) if place[1] else _UNRESOLVED, places
    )
    return parse(host, control, another, straight, *itself)


_UNRESOLVED = Failure(trouble=Trouble.NAME_EMPTY)


def parse(
    host: str,
    control: str,
    another: TlsReply | Failure,
    straight: TlsReply | Failure,
    itself: TlsReply | Failure | None = None,
) -> Elsewhere:
    came = straight if isinstance(straight, TlsReply) else None
    return Elsewhere(
        host=host,
        another=another.trouble if isinstance(another, Failure) else None,
        control=control,
        control_trouble=straight.trouble if isinstance(straight, Failure) else None,
        control_trusted=bool(came and not came.problem),
        control_genuine=bool(came and genuine(came.issuer)),
        issuer=itself.issuer if isinstance(itself, TlsReply) else "",
        completes=isinstance(itself, TlsReply),
        out_of_date=isinstance(itself, TlsReply) and names_dates(itself.problem),
    )


def address_of(world: World, name: str) -> str:
    """Give the first address of ``name``, or an empty string."""
    reply = world.dns.system(name)
    found = reply.addresses if isinstance(reply, DnsReply) else ()
    return next(iter(found), "")


CHECK = Check(
    id="outside-tls",
    title="TLS fails for no name in particular",
    gather=gather,
    asks=(
        asks.tls("mcr.microsoft.com", "is TLS ended for one name alone"),
        asks.tcp("{login_server}", "the same, at the registry's address under that name"),
        asks.tcp("{layer_host}", "the same, at the layers' address"),
    ),
)
