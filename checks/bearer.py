"""Which token the image is asked for with: the identity's, docker's own, or anybody's.

What asks by itself wants an access token; a runtime that pulls gets one for a refresh token.
"""

from checks.anonymous import Anonymous
from checks.stored import StoredLogins
from checks.token import PullToken
from checks.token_replies import Token


def chosen(
    token: PullToken | None, stored: StoredLogins | None, anonymous: Anonymous | None
) -> Token | None:
    """Give the first that grants pull; a token that grants nothing still brings a refusal."""
    if token and token.may_pull:
        return token.access
    if stored and stored.usable:
        return stored.usable.token
    return (token.access if token else None) or (anonymous.token if anonymous else None)


def refresh(token: PullToken | None, stored: StoredLogins | None) -> Token | None:
    """Give what a runtime pulls with; an identity's that may not pull still brings a refusal."""
    if token and token.may_pull:
        return token.refresh
    if stored and stored.usable:
        return stored.usable.token
    return token.refresh if token else None
