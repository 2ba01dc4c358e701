"""Whether anything else outside answers: two hosts of Microsoft's that every pull path knows.

They are controls. A registry that is silent while they answer is blocked by itself; when nothing
answers, the subnet has no way out.
"""

from dataclasses import dataclass
from typing import NamedTuple

from checks import asks
from checks.contract import Check, Fact, Health
from checks.ports import World
from checks.replies import DnsReply, TcpReply
from checks.target import Target
from checks.together import together

_AUTHORITIES = {
    "AzureUSGovernmentCloud": "login.microsoftonline.us",
    "AzureChinaCloud": "login.chinacloudapi.cn",
    "BleuCloud": "login.sovcloud-identity.fr",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside(Fact):
    reached: tuple[str, ...]
    silent: tuple[str, ...]  # resolved, but did not take a connection
    unresolved: tuple[str, ...]
    one_place: bool = False  # all lead to one address: the DNS server says that of every name

    @property
    def health(self) -> Health:
        return Health.OK if self.reached else Health.FAIL

    @property
    def summary(self) -> str:
        parts = []
        if self.reached:
            parts.append(f"{', '.join(self.reached)} answers on 443")
        if self.silent:
            parts.append(f"{', '.join(self.silent)} does not answer on 443")
        if self.unresolved:
            parts.append(f"{', '.join(self.unresolved)} does not resolve")
        if self.one_place:
            parts.append("all lead to one address")
        return "; ".join(parts)


def controls(cloud: str) -> tuple[str, ...]:
    """Give the hosts that serve as controls in this cloud."""
    return ("mcr.microsoft.com", _AUTHORITIES.get(cloud, "login.microsoftonline.com"))


def gather(world: World, target: Target) -> Outside:
    names = controls(target.cloud)
    results = together(lambda name: _reach(world, name), names)
    by_result = {
        word: tuple(n for n, r in zip(names, results, strict=True) if r.word == word)
        for word in ("reached", "silent", "unresolved")
    }
    places = {one.addresses for one in results}
    return Outside(**by_result, one_place=len(places) == 1 and () not in places)


class _Result(NamedTuple):
    word: str
    addresses: tuple[str, ...] = ()  # sorted


def _reach(world: World, name: str) -> _Result:
    reply = world.dns.system(name)
    if not isinstance(reply, DnsReply) or not reply.addresses:
        return _Result("unresolved")
    # One address is enough for a control, and keeps the run short where all are dropped.
    taken = isinstance(world.net.connect(reply.addresses[0]), TcpReply)
    return _Result("reached" if taken else "silent", tuple(sorted(reply.addresses)))


CHECK = Check(
    id="outside",
    title="other hosts outside answer on 443",
    gather=gather,
    asks=(
        asks.tcp("mcr.microsoft.com", "does anything outside answer"),
        asks.tcp("{authority}", "does anything outside answer"),
    ),
)
