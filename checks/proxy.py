"""The proxy that requests to the login server go through, if any, and how it behaves.

Only what a request really met counts: the variables decide for each host, and a proxy may let one
host through and refuse another. Instance metadata is never asked through it.
"""

from dataclasses import dataclass

from checks.challenge import Challenge, ChallengeSilent
from checks.contract import Check, Fact, Failed
from checks.host import Host
from checks.replies import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProxy(Fact):
    @property
    def summary(self) -> str:
        return "requests to the login server go straight there"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyUsed(Fact):
    """The proxy let the request through to the registry."""

    url: str  # without credentials
    variable: str  # the environment variable that names it; empty where none is known

    @property
    def summary(self) -> str:
        return f"{self.url} lets the login server through"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyInPlace(Failed):
    """The proxy, or something behind it, answered in the registry's place."""

    url: str  # empty: no proxy is set here, but a Via header tells of one
    variable: str
    status: int
    via: str

    @property
    def summary(self) -> str:
        who = self.url or "a proxy that is not set here"
        via = f" (Via: {self.via})" if self.via else ""
        return f"{who} answered HTTP {self.status} in the registry's place{via}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyFailed(Failed):
    """No request came through: the proxy refused, failed or is not there."""

    url: str
    variable: str
    status: int  # its answer to CONNECT; 0 where it gave none
    trouble: Trouble
    connected: bool  # it took the TCP connection
    detail: str

    @property
    def summary(self) -> str:
        if self.status:
            return f"{self.url} answered HTTP {self.status} to CONNECT"
        if self.connected and self.trouble is not Trouble.PROXY:
            return f"{self.url} took the connection, which then failed: {self.trouble}"
        return f"{self.url} cannot be used: {self.detail.removeprefix('proxy: ')}"


def gather(
    host: Host | None, challenge: Challenge | None, silent: ChallengeSilent | None
) -> NoProxy | ProxyUsed | ProxyInPlace | ProxyFailed:
    if challenge:
        return answered(challenge, variable(host, challenge.via_proxy))
    if silent and silent.via_proxy:
        return ProxyFailed(
            url=silent.via_proxy,
            variable=variable(host, silent.via_proxy),
            status=silent.status,
            trouble=silent.trouble,
            connected=silent.connected,
            detail=silent.detail,
        )
    return NoProxy()


def answered(challenge: Challenge, named: str) -> NoProxy | ProxyUsed | ProxyInPlace:
    wants_login = challenge.status == 407  # a proxy's word alone: RFC 9110, 15.5.8
    if not challenge.from_acr and (challenge.via_proxy or challenge.via or wants_login):
        return ProxyInPlace(
            url=challenge.via_proxy, variable=named, status=challenge.status, via=challenge.via
        )
    if challenge.via_proxy:
        return ProxyUsed(url=challenge.via_proxy, variable=named)
    return NoProxy()


def variable(host: Host | None, url: str) -> str:
    """Give the variable that names this proxy; curl and Go look at the lower-case one first."""
    place = url.partition("://")[2].rstrip("/")
    named = [
        name
        for name, value in (host.proxies if host else ())
        if place and value.rpartition("://")[2].rstrip("/") == place
    ]
    wanted = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    return next((name for name in wanted if name in named), "")


CHECK = Check(id="proxy", title="no proxy stands in the way", gather=gather)
