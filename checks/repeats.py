"""The same connection several times at once, asked only where one went unanswered.

A path that drops all of them is blocked; one that drops some of them is short of something, such as
SNAT ports. No try is repeated, so that a second chance cannot hide the loss.
"""

from dataclasses import dataclass

from checks import asks
from checks.addresses import Kind, kind
from checks.challenge import ChallengeSilent
from checks.contract import Check, Fact, Health
from checks.dns_answer import DnsAnswer
from checks.layer import LayerBlocked
from checks.manifest import ManifestRefused
from checks.outside import controls
from checks.outside_tls import address_of
from checks.ports import World
from checks.replies import Failure, TcpReply, Trouble
from checks.target import Target
from checks.tcp_path import TcpBlocked
from checks.tls_session import TlsBroken
from checks.together import together
from checks.token import PullTokenUnknown
from checks.words import Word

TRIES = 8


class Share(Word):
    """How many of the tries went unanswered; a number would differ from run to run."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats(Fact):
    host: str
    lost: Share
    control: str
    control_lost: Share

    @property
    def health(self) -> Health:
        return Health.OK if self.lost is Share.NONE else Health.FAIL

    @property
    def summary(self) -> str:
        return (
            f"of {TRIES} connections at once {self.lost} to {self.host} went unanswered, "
            f"{self.control_lost} to {self.control}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRepeated(Fact):
    @property
    def summary(self) -> str:
        return "not asked: no connection went unanswered"


def gather(
    world: World,
    target: Target,
    dns: DnsAnswer | None,
    tcp: TcpBlocked | None,
    tls: TlsBroken | None,
    challenge: ChallengeSilent | None,
    token: PullTokenUnknown | None,
    manifest: ManifestRefused | None,
    layer: LayerBlocked | None,
) -> Repeats | NotRepeated:
    proxied = (challenge and challenge.via_proxy) or (layer and layer.via_proxy)
    silent = any(fact and fact.trouble is Trouble.TIMEOUT for fact in (tcp, token, manifest))
    silent = silent or any(
        fact and fact.trouble is Trouble.TIMEOUT and not fact.connected for fact in (challenge, tls)
    )
    host, address = target.login_server, dns.addresses[0] if dns else ""
    if layer and layer.trouble is Trouble.TIMEOUT and not layer.connected:
        host, address = layer.host, address_of(world, layer.host)
        silent = True
    if proxied or not silent or kind(address) is not Kind.PUBLIC:
        return NotRepeated()
    control = controls(target.cloud)[0]
    places = [address] * TRIES + [address_of(world, control)] * TRIES
    replies = together(lambda place: _once(world, place), places)
    return Repeats(
        host=host,
        lost=share(replies[:TRIES]),
        control=control,
        control_lost=share(replies[TRIES:]),
    )


def _once(world: World, address: str) -> TcpReply | Failure:
    if not address:
        return Failure(trouble=Trouble.NAME_EMPTY)
    return world.net.connect(address, retry=False)


def share(replies: list[TcpReply | Failure]) -> Share:
    lost = sum(isinstance(reply, Failure) for reply in replies)
    return Share.NONE if not lost else Share.ALL if lost == len(replies) else Share.SOME


CHECK = Check(
    id="repeats",
    title="connections go unanswered all or not at all",
    gather=gather,
    asks=(
        asks.tcp("{login_server}", "is every connection answered"),
        asks.tcp("{layer_host}", "the same, for the layers"),
        asks.tcp("mcr.microsoft.com", "the same, at a host that has nothing to do with it"),
    ),
)
