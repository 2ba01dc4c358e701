"""Whether the registry takes Entra tokens that were made for ARM, beside those for ACR itself.

A registry may refuse the former
(https://learn.microsoft.com/azure/container-registry/container-registry-disable-authentication-as-arm).
Only a caller whose other token is taken learns that from a 401: a caller without any right is
refused with both.
"""

from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Unseen
from checks.identity import ARM_AUDIENCE, Identity
from checks.ports import World
from checks.replies import Failure, HttpReply
from checks.target import Target
from checks.token import PullToken
from checks.token_replies import Granted


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmAudience(Fact):
    taken: bool

    @property
    def summary(self) -> str:
        if self.taken:
            return "tokens for ARM are taken too"
        return "tokens for ACR's own audience alone are taken; one for ARM was refused with 401"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmAudienceUnknown(Unseen):
    why: str

    @property
    def summary(self) -> str:
        return f"not known: {self.why}"


def gather(
    world: World, target: Target, identity: Identity, token: PullToken | None
) -> ArmAudience | ArmAudienceUnknown:
    if identity.audience == ARM_AUDIENCE or token is None:
        return parse(None, token)
    if token.audience == ARM_AUDIENCE:
        return ArmAudience(taken=True)
    other = world.tokens.identity(ARM_AUDIENCE)
    if not isinstance(other, Granted):
        return ArmAudienceUnknown(why="the identity has no token for ARM")
    return parse(world.tokens.exchange(target.login_server, other.token), token)


def parse(
    reply: Granted | HttpReply | Failure | None, token: PullToken | None
) -> ArmAudience | ArmAudienceUnknown:
    """Read the exchange of a token for ARM, by an identity whose other token is taken."""
    if isinstance(reply, Granted) or (token and token.audience == ARM_AUDIENCE):
        return ArmAudience(taken=True)
    if reply is None:
        return ArmAudienceUnknown(why="no token of this identity was taken")
    if isinstance(reply, HttpReply) and reply.status == 401 and answers.from_acr(reply):
        return ArmAudience(taken=False)
    what = reply.trouble if isinstance(reply, Failure) else f"HTTP {reply.status}"
    return ArmAudienceUnknown(why=f"the exchange of a token for ARM gave {what}")


CHECK = Check(
    id="arm-audience",
    title="it is known which tokens the registry takes",
    gather=gather,
    asks=(asks.registry("POST", "/oauth2/exchange", "does it take Azure's tokens", "identity"),),
)
