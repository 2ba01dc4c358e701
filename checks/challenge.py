"""``GET /v2/`` without credentials: 401 with a Bearer challenge is the healthy answer.

A 401 here does not mean that the network rules let us in: since 2021 the refusal falls at the
token endpoints. A 403 here is the older form of the same refusal.
"""

import re
from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Health
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target

_BEARER = re.compile(r"\bBearer\b", re.IGNORECASE)
_REALM = re.compile(r'(?<!Basic )\brealm="(?P<realm>[^"]*)', re.IGNORECASE)
# 470 is a status of Azure Firewall alone; the words are in its page for plain and inspected HTTP:
# https://learn.microsoft.com/azure/firewall/
_NO_RULE = re.compile(rb"Action: Deny\. Reason: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Fact):
    """Something answered ``/v2/``."""

    status: int
    realm: str
    own_realm: bool  # the realm, and every other in the answer, is the login server's own
    from_acr: bool
    code: str
    message: str
    refused_ip: str
    via_proxy: str
    minutes_off: int | None  # local clock minus the server's, whole minutes; None: no Date
    via: str = ""  # the Via header: whoever carried the answer
    page: bool = False  # HTML, which the registry never sends
    firewall: bool = False  # Azure Firewall's own words for a request that no rule allows

    @property
    def leads_away(self) -> bool:
        """Tell whether a client that obeys would take its login to another place."""
        return bool(self.realm) and not self.own_realm

    @property
    def health(self) -> Health:
        asked = self.status == 401 and self.own_realm
        return Health.OK if asked or self.status == 200 else Health.FAIL

    @property
    def summary(self) -> str:
        if self.refused_ip:
            return f"HTTP {self.status}, refused {self.refused_ip}"
        who = "" if self.from_acr else ", not from the registry itself"
        if self.leads_away:
            return f"/v2/ answered HTTP {self.status}{who}, and sends logins to {self.realm}"
        words = f": {self.message}" if self.message and self.status != 401 else ""
        return f"/v2/ answered HTTP {self.status}{who}{words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeSilent(Failed):
    trouble: Trouble
    detail: str
    via_proxy: str = ""
    status: int = 0  # with which that proxy refused, where it did
    connected: bool = False  # a TCP connection stood: to the proxy, where one is used

    @property
    def summary(self) -> str:
        return f"/v2/ gave no answer: {self.trouble}" + (f" ({self.detail})" if self.detail else "")


def gather(world: World, target: Target) -> Challenge | ChallengeSilent:
    reply = world.http.get(f"https://{target.login_server}/v2/")
    return parse(reply, target, now=world.host.look().now)


def parse(reply: HttpReply | Failure, target: Target, *, now: float) -> Challenge | ChallengeSilent:
    if isinstance(reply, Failure):
        return ChallengeSilent(
            trouble=reply.trouble,
            detail=answers.clean(reply.detail),
            via_proxy=reply.via_proxy,
            status=reply.status,
            connected=reply.connected,
        )
    asked = reply.headers.get("www-authenticate", "")
    # Of one challenge clients take the first realm or the last, however long it is.
    bearer = _BEARER.search(asked)
    realms = _REALM.findall(asked, bearer.end()) if bearer else []
    own = re.compile(rf"https://{re.escape(target.login_server)}(?::443)?/", re.IGNORECASE)
    foreign = [one for one in realms if not own.match(one)]
    error = answers.registry_error(reply)
    return Challenge(
        status=reply.status,
        realm=answers.clean(next(iter([*foreign, *realms]), "")),
        own_realm=bool(realms) and not foreign,
        from_acr=answers.from_acr(reply),
        code=error.code,
        message=error.message,
        refused_ip=error.refused_ip,
        via_proxy=reply.via_proxy,
        minutes_off=answers.minutes_off(reply, now),
        via=answers.clean(reply.headers.get("via", ""), 100),
        page=answers.is_page(reply),
        firewall=reply.status == 470 or bool(_NO_RULE.search(reply.body[:4096])),
    )


CHECK = Check(
    id="challenge",
    title="the registry asks for a token",
    gather=gather,
    asks=(asks.registry("GET", "/v2/", "does the registry ask for a token"),),
)
