"""The stored login for this registry is expired or wrong.

What happened
Docker keeps a login for this registry and presents it with every pull, also where a pull without
any would be let in. The registry does not take it: the token in it has ended, the secret was
changed, or the account is gone.

How we know
A token names its own end, and this one's has passed; or the registry answered the login with 401
while it answers others, so that the network is let in. For a service principal the same 401 may
mean that it lacks the role, so there the cause is only likely, unless the registry says that it
does not know the account.

On a machine whose identity may pull, such a login is a leftover as far as this program's own pull
goes: it is named beside a healthy verdict, since "docker pull" by hand does fail. Where it could
not be seen whether there is an identity, as the metadata service of an Azure machine is silent, it
is no more than likely; where this program was told to use none, it is not concluded at all.

Fix
Log in again. A token from "az acr login" lasts about three hours; for unattended pulls use a
managed identity or a service principal. Or remove the login with docker logout, where the pull
needs none.

Still failing?
The clock of this machine decides whether a token has ended: see that it is right. Docker keeps
logins by account, so log in as the one that pulls. A new secret can take a minute.
"""

import shlex

from checks.host import Host
from checks.registry import Registry
from checks.stored import Login, State, StoredLogins
from diagnose.causes.contract import Cause, Confidence, Evidence, Finding, Owner, Rejected, Stage
from diagnose.causes.identity import _logins, _role
from diagnose.causes.identity._pull import Pull

# What ACR says of a user that it does not know (https://github.com/Azure/acr/issues/366).
_UNKNOWN_USER = ("application not registered with aad", "client id must be guid")


def find(
    *,
    stored: StoredLogins,
    pull: Pull,
    host: Host | None,
    registry: Registry | None,
) -> Finding | Rejected | None:
    login = stored.spoilt
    if login is None:
        return Rejected(because=stored.summary) if stored.usable else None
    missing = pull.missing
    if missing and missing.switched_off:
        return None
    hidden = bool(missing and not missing.answered and host and host.on_azure)
    sure = _sure(login) and not hidden
    look = "" if sure else _look(login, pull, registry)
    if hidden:
        look = "the machine's identity, once the metadata service answers"
    return Finding(
        confidence=Confidence.PROVEN if sure else Confidence.LIKELY,
        evidence=(Evidence(check="stored-credentials", saw=login.words),),
        fix=_logins.renew(login, pull.target, registry),
        note="A docker pull by hand presents it and is refused." if pull.granted else "",
        settle=look,
        aside=bool(pull.granted),
    )


def _sure(login: Login) -> bool:
    """Only a service principal and a token can be refused for want of a role."""
    if login.state is State.EXPIRED or any(w in login.message.lower() for w in _UNKNOWN_USER):
        return True
    return not (_logins.is_principal(login) or _logins.is_token(login))


def _look(login: Login, pull: Pull, registry: Registry | None) -> str:
    if _logins.is_token(login):
        return _logins.login_command(pull.target, registry)
    who = shlex.quote(login.user)
    ends = f"az ad app credential list --id {who} --query '[].endDateTime'"
    return f"{ends}; {_role.listing(who, pull.target, registry)}"


CAUSE = Cause(
    id="credentials-rejected",
    title="The stored login for this registry is expired or wrong",
    stage=Stage.TOKEN,
    owner=Owner.IMAGE,
    find=find,
    # Docker presents what it keeps, whoever else could pull: the others are met after that.
    before=(
        "abac-role-missing",
        "arm-audience-disabled",
        "identity-ambiguous",
        "no-managed-identity",
        "pull-role-missing",
        "wrong-tenant",
    ),
)
