"""The managed identity (or other credential) that this machine can pull with."""

import re
from dataclasses import dataclass

from checks import answers, asks
from checks.contract import Check, Fact, Health
from checks.host import Host
from checks.ports import World
from checks.replies import Failure, HttpReply, Trouble
from checks.target import Asked
from checks.token_replies import Granted, Token

ACR_AUDIENCE = "https://containerregistry.azure.net"
ARM_AUDIENCE = "https://management.azure.com/"

_SEVERAL = re.compile(r"multiple\b.*\bidentities exist", re.IGNORECASE)
# What the metadata service says while it updates itself, or to one who asks too often.
_LATER = (404, 410, 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Fact):
    """An identity that Entra gives a token for. ``token`` is the token's name, not the token."""

    client_id: str
    object_id: str
    tenant: str
    how: str  # msi | cli | env | workload
    token: Token
    audience: str = ACR_AUDIENCE  # what the token was made for

    @property
    def summary(self) -> str:
        only = "" if self.audience == ACR_AUDIENCE else ", with a token for ARM alone"
        return f"client id {self.client_id or 'unknown'} by {self.how}{only}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMissing(Fact):
    """There is no token. ``answered`` tells an IMDS that said no from one that said nothing."""

    why: str
    answered: bool
    ambiguous: bool = False
    none_assigned: bool = False  # IMDS: "Identity not found" and no client id was asked for
    switched_off: bool = False
    authority: str = ""  # the sign-in host that gave no answer; empty where another was asked
    trouble: Trouble | None = None  # in which way nobody answered
    connected: bool = False  # the sign-in host took the connection, and failed after that
    client_id: str = ""  # whose token was asked for, where that was chosen
    again: bool = False  # the answer was one that asks for another try

    @property
    def health(self) -> Health:
        return Health.UNKNOWN if self.switched_off else Health.FAIL

    @property
    def summary(self) -> str:
        return f"no identity: {self.why}"

    @property
    def limit(self) -> str:
        return f"Nothing that needs an identity could be tried: {self.why}."


def gather(world: World, asked: Asked, host: Host | None) -> Identity | IdentityMissing:
    reply = world.tokens.identity(ACR_AUDIENCE)
    if isinstance(reply, HttpReply) and _unknown_audience(reply):
        other = world.tokens.identity(ARM_AUDIENCE)
        if isinstance(other, Granted):
            return parse(other, audience=ARM_AUDIENCE)
    return parse(reply, client_id=asked.client_id or (host.kubelet_client if host else ""))


def _unknown_audience(reply: HttpReply) -> bool:
    """Entra does not know ACR's own audience in this tenant; the one for ARM is known in all."""
    wrong = answers.text(answers.json_of(reply), "error") == "invalid_resource"
    return reply.status == 400 and wrong


def parse(
    reply: Granted | HttpReply | Failure, *, client_id: str = "", audience: str = ACR_AUDIENCE
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
            audience=audience,
        )
    if isinstance(reply, Failure):
        words = f"{reply.trouble}: {reply.detail}" if reply.detail else str(reply.trouble)
        off = reply.trouble in (Trouble.SWITCHED_OFF, Trouble.NO_IDENTITY)
        return IdentityMissing(
            why=words,
            answered=False,
            switched_off=off,
            authority=reply.host,
            trouble=reply.trouble,
            connected=bool(reply.host) and reply.connected,
        )
    body = answers.json_of(reply)
    error = answers.text(body, "error")
    words = answers.text(body, "error_description") or error or f"HTTP {reply.status}"
    invalid = reply.status == 400 and error == "invalid_request"
    ambiguous = invalid and bool(_SEVERAL.match(words))
    return IdentityMissing(
        why=words,
        answered=bool(error) and reply.status not in _LATER and reply.status < 500,
        again=reply.status in _LATER or reply.status >= 500,
        ambiguous=ambiguous,
        client_id=client_id,
        none_assigned=invalid and not ambiguous and not client_id,
    )


CHECK = Check(
    id="identity",
    title="this machine has an identity",
    gather=gather,
    asks=(
        asks.imds(
            "identity/oauth2/token", "a token for the registry and for Azure", "identity", "msi"
        ),
        asks.entra("GET", "/{tenant}/v2.0/.well-known/openid-configuration", "where to sign in"),
        asks.entra("POST", "/{tenant}/oauth2/v2.0/token", "the same, with --auth env or workload"),
        asks.run("az account get-access-token", "the same, with --auth cli", "identity", "cli"),
    ),
)
