"""The anonymous token probe: what the registry says to somebody without credentials.

403 is a refusal by network; 401 means that the network is let in and credentials are wanted; 200
that anonymous pull is on. It needs no identity and no rights, which makes it the one request that
always separates the network from the identity.
"""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Health
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target
from checks.token_replies import Granted, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymous(Fact):
    status: int
    token: Token | None  # the name of an anonymous token, where one was given
    from_acr: bool
    code: str
    message: str
    refused_ip: str

    @property
    def lets_pull(self) -> bool:
        """Anybody may pull; a 200 without a token is a page of something in between."""
        return self.token is not None

    @property
    def health(self) -> Health:
        return Health.OK if self.token or self.status == 401 else Health.FAIL

    @property
    def summary(self) -> str:
        if self.refused_ip:
            return f"HTTP {self.status}, refused {self.refused_ip}"
        if self.status == 401:
            return "HTTP 401: the network is let in, credentials are wanted"
        if self.token:
            return "HTTP 200: anonymous pull is on"
        if self.status == 200:
            return "HTTP 200 without a token, which is not what a registry answers"
        return f"HTTP {self.status}" + (f": {self.message}" if self.message else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousSilent(Failed):
    trouble: Trouble

    @property
    def summary(self) -> str:
        return f"the token endpoint gave no answer: {self.trouble}"


def gather(world: World, target: Target) -> Anonymous | AnonymousSilent:
    return parse(world.tokens.anonymous(target.login_server, target.repository))


def parse(reply: Granted | HttpReply | Failure) -> Anonymous | AnonymousSilent:
    if isinstance(reply, Failure):
        return AnonymousSilent(trouble=reply.trouble)
    if isinstance(reply, Granted):
        return Anonymous(
            status=200, token=reply.token, from_acr=True, code="", message="", refused_ip=""
        )
    error = answers.registry_error(reply)
    return Anonymous(
        status=reply.status,
        token=None,
        from_acr=answers.from_acr(reply),
        code=error.code,
        message=error.message,
        refused_ip=error.refused_ip,
    )


CHECK = Check(
    id="anonymous-token",
    title="the network is let in",
    gather=gather,
    asks=(asks.registry("GET", "/oauth2/token", "does its firewall let this machine in"),),
)
