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

_REALM = re.compile(r'Bearer\b.*?\brealm="(?P<realm>[^"]{1,500})"', re.IGNORECASE)
# 470 is a status of Azure Firewall alone; the words are in its page for plain and inspected HTTP:
# https://learn.microsoft.com/azure/firewall/
_NO_RULE = re.compile(rb"Action: Deny\. Reason: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Fact):
    """Something answered ``/v2/``."""

    status: int
    realm: str
    own_realm: bool  # the realm is the login server's own token endpoint
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
    def health(self) -> Health:
        asked = self.status == 401 and self.own_realm
        return Health.OK if asked or self.status == 200 else Health.FAIL

    @property
    def summary(self) -> str:
        if self.refused_ip:
            return f"HTTP {self.status}, refused {self.refused_ip}"
        who = "" if self.from_acr else ", not from the registry itself"
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
    found = _REALM.search(reply.headers.get("www-authenticate", ""))
    realm = answers.clean(found["realm"]) if found else ""
    error = answers.registry_error(reply)
    return Challenge(
        status=reply.status,
        realm=realm,
        own_realm=realm.lower().startswith(f"https://{target.login_server}/"),
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
