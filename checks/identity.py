"""The managed identity (or other credential) that this machine can pull with."""

from dataclasses import dataclass

from checks import answers
from checks.contract import Check, Fact, Health
from checks.ports import Failure, Granted, HttpReply, Token, Trouble, World
from checks.target import Asked

ACR_AUDIENCE = "https://containerregistry.azure.net"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Fact):
    """An identity that Entra gives a token for. ``token`` is the token's name, not the token."""

    client_id: str
    object_id: str
    tenant: str
    how: str  # msi | cli | env | workload
    token: Token

    @property
    def summary(self) -> str:
        return f"client id {self.client_id or 'unknown'} by {self.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMissing(Fact):
    """There is no token. ``answered`` tells an IMDS that said no from one that said nothing."""

    why: str
    answered: bool
    ambiguous: bool = False
    none_assigned: bool = False  # IMDS: "Identity not found" and no client id was asked for
    switched_off: bool = False

    @property
    def health(self) -> Health:
        return Health.UNKNOWN if self.switched_off else Health.FAIL

    @property
    def summary(self) -> str:
        return f"no identity: {self.why}"

    @property
    def limit(self) -> str:
        return f"Nothing that needs an identity could be tried: {self.why}."


def gather(world: World, asked: Asked) -> Identity | IdentityMissing:
    return parse(world.tokens.identity(ACR_AUDIENCE), client_id=asked.client_id)


def parse(
    reply: Granted | HttpReply | Failure, *, client_id: str = ""
) -> Identity | IdentityMissing:
    """Read the identity endpoint's answer.

    IMDS documents its texts as not to be branched on, so status and ``error`` decide; the text is
    read only to tell "several identities" from "none", which have no other mark.
    """
    if isinstance(reply, Granted):
        claims = reply.claims
        return Identity(
            client_id=claims.client_id,
            object_id=claims.object_id,
            tenant=claims.tenant,
            how=reply.how,
            token=reply.token,
        )
    if isinstance(reply, Failure):
        words = f"{reply.trouble}: {reply.detail}" if reply.detail else str(reply.trouble)
        off = reply.trouble in (Trouble.SWITCHED_OFF, Trouble.NO_IDENTITY)
        return IdentityMissing(why=words, answered=False, switched_off=off)
    body = answers.json_of(reply)
    error = answers.text(body, "error")
    words = answers.text(body, "error_description") or error or f"HTTP {reply.status}"
    invalid = reply.status == 400 and error == "invalid_request"
    ambiguous = invalid and words.lower().startswith("multiple user assigned")
    return IdentityMissing(
        why=words,
        answered=bool(error),
        ambiguous=ambiguous,
        none_assigned=invalid and not ambiguous and not client_id,
    )


CHECK = Check(id="identity", title="this machine has an identity", gather=gather)
