"""What is told of a token: never the token, which stays in the adapter that was given it."""

from dataclasses import dataclass
from typing import Annotated, NewType

from checks.privacy import Identity, Image, Public, Sensitivity, Url

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
