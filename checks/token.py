"""The pull token: the identity's Entra token for a refresh token, that for an access token.

Both audiences are tried, ACR's first, as a registry may refuse tokens made for ARM.
"""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Failed, Health
from checks.identity import ACR_AUDIENCE, ARM_AUDIENCE, Identity
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Target
from checks.token_replies import Granted, Token

__all__ = ["ARM_AUDIENCE", "CHECK", "PullToken", "PullTokenRefused", "PullTokenUnknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullToken(Fact):
    """The registry gave a token. ``access`` is None where no repository was named."""

    audience: str
    refresh: Token
    access: Token | None
    permissions: tuple[str, ...] | None  # None: no such claim, an ABAC registry
    actions: tuple[str, ...]  # what the access token grants on the repository

    @property
    def may_pull(self) -> bool:
        return "pull" in self.actions or "*" in self.actions

    @property
    def health(self) -> Health:
        return Health.OK if self.access is None or self.may_pull else Health.FAIL

    @property
    def summary(self) -> str:
        if self.access is None:
            return "the registry accepts this identity"
        return f"a token that grants: {', '.join(self.actions) or 'nothing'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTokenRefused(Failed):
    step: str  # exchange | token
    status: int
    from_acr: bool
    code: str
    message: str
    refused_ip: str
    audiences: tuple[str, ...]  # the audiences that were refused
    abac: bool = False  # at the token step: the refresh token had no permissions claim

    @property
    def summary(self) -> str:
        where = "/oauth2/exchange" if self.step == "exchange" else "/oauth2/token"
        if self.refused_ip:
            return f"{where} answered HTTP {self.status}, refused {self.refused_ip}"
        return f"{where} answered HTTP {self.status}" + (
            f": {self.message}" if self.message else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTokenUnknown(Failed):
    step: str
    trouble: Trouble

    @property
    def summary(self) -> str:
        return f"no answer at the {self.step} step: {self.trouble}"


def gather(
    world: World, target: Target, identity: Identity
) -> PullToken | PullTokenRefused | PullTokenUnknown:
    server = target.login_server
    tried = [identity.audience]
    reply = world.tokens.exchange(server, identity.token)
    again = identity.audience == ACR_AUDIENCE
    if again and isinstance(reply, HttpReply) and reply.status == 401:
        other = world.tokens.identity(ARM_AUDIENCE)
        if isinstance(other, Granted):
            tried.append(ARM_AUDIENCE)
            second = world.tokens.exchange(server, other.token)
            reply = second if isinstance(second, Granted) else reply
    if not isinstance(reply, Granted):
        return refused(reply, "exchange", tuple(tried))
    refresh = reply
    if not target.repository:
        return parse(refresh, None, target, tried[-1])
    access = world.tokens.repository(server, target.repository, refresh.token)
    if not isinstance(access, Granted):
        return refused(access, "token", (tried[-1],), abac=refresh.claims.permissions is None)
    return parse(refresh, access, target, tried[-1])


def parse(refresh: Granted, access: Granted | None, target: Target, audience: str) -> PullToken:
    granted = access.claims.access if access else ()
    return PullToken(
        audience=audience,
        refresh=refresh.token,
        access=access.token if access else None,
        permissions=refresh.claims.permissions,
        actions=tuple(
            sorted(
                {
                    action
                    for entry in granted
                    if entry.type == "repository" and entry.name == target.repository
                    for action in entry.actions
                }
            )
        ),
    )


def refused(
    reply: HttpReply | Failure, step: str, audiences: tuple[str, ...], *, abac: bool = False
) -> PullTokenRefused | PullTokenUnknown:
    if isinstance(reply, Failure):
        return PullTokenUnknown(step=step, trouble=reply.trouble)
    error = answers.registry_error(reply)
    return PullTokenRefused(
        step=step,
        status=reply.status,
        from_acr=answers.from_acr(reply),
        code=error.code,
        message=error.message,
        refused_ip=error.refused_ip,
        audiences=audiences,
        abac=abac,
    )


CHECK = Check(
    id="token",
    title="the registry gives this identity a pull token",
    gather=gather,
    asks=(
        asks.registry("POST", "/oauth2/exchange", "trades the identity's token", "identity"),
        asks.registry("POST", "/oauth2/token", "for one that may pull", "identity", "image"),
    ),
)
