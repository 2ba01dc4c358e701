"""What is told of a token: never the token, which stays in the adapter that was given it."""

from dataclasses import dataclass
from typing import Annotated, NewType

from checks.privacy import File, Identity, Image, Name, Public, Sensitivity, Url
from checks.replies import Failure, HttpReply

Token = NewType("Token", str)
"""The *name* of a token that the adapter keeps, such as ``"refresh:HOST"``; never the token."""

Known = Annotated[Token, Sensitivity.PROSE]  # the name of one holds the server's, in a port's terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One entry of an ACR access token's ``access`` claim."""

    type: Public
    name: Image
    actions: tuple[Public, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a JWT says of itself, decoded without verifying, reduced to what may be shown.

    ``permissions`` is None where the token has no such claim (an ABAC registry's refresh token),
    an empty tuple where it has one without actions.
    """

    audience: Url = ""
    issuer: Url = ""
    tenant: Identity = ""
    object_id: Identity = ""
    client_id: Identity = ""
    expired: bool = False
    permissions: tuple[Public, ...] | None = None
    access: tuple[Access, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token was given; it stays in the adapter under this name."""

    token: Known
    claims: Claims
    how: Public = ""  # msi | cli | env | workload | exchange | token


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """One credential for a registry that this machine's clients keep, and what it is worth.

    ``answer`` is what the registry's token endpoint said to it; None where it was not tried.
    """

    source: File  # the file, or the helper's name
    kind: Public  # password | identity-token | helper
    user: Name = ""  # empty for a token; a null GUID stands for "a token as the password"
    expired: bool | None = None  # by the token's own claims; None: it does not say
    answer: Granted | HttpReply | Failure | None = None
