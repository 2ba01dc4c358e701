"""What a stored login is, and how to renew it; no cause of its own."""

import re
import shlex

from checks.registry import Registry
from checks.stored import NULL_USER, Login, State
from checks.target import Target
from diagnose.causes import commands
from diagnose.causes.contract import Confidence, Evidence, Finding, FixStep, Risk
from diagnose.causes.identity import _role
from diagnose.causes.identity._pull import Pull

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def is_principal(login: Login) -> bool:
    """A service principal signs in by its client id, a GUID; the null one stands for a token."""
    return bool(_GUID.match(login.user)) and login.user != NULL_USER


def is_token(login: Login) -> bool:
    return login.user in ("", NULL_USER)


def renew(login: Login, target: Target, registry: Registry | None) -> tuple[FixStep, ...]:
    """Get a new secret of the same kind and log in with it; nobody else's secret is touched."""
    name = shlex.quote(commands.registry_name(target, registry))
    if is_token(login):
        return sign_in(target, registry)
    who = shlex.quote(login.user)
    again = FixStep(
        command=f"docker login {shlex.quote(target.login_server)} --username {who}",
        needs="the account whose docker pulls, on this machine",
        risk=Risk.CHANGES_ACCESS,
        why="Stores the new secret; it asks for it, so that it does not stay in the shell.",
    )
    if is_principal(login):
        return FixStep(
            command=f"az ad app credential reset --id {who} --append",
            needs="owner of the application, or Application Administrator",
            risk=Risk.CHANGES_ACCESS,
            why="Adds a secret beside the old ones, which stay, and prints it once. For the undo "
            "put its keyId, which az ad app credential list shows, into the variable KEY_ID.",
            undo=f'az ad app credential delete --id {who} --key-id "${{KEY_ID:?}}"',
        ), again
    if login.user.lower() == commands.registry_name(target, registry).lower():
        return FixStep(
            command=f"az acr credential show --name {name}",
            needs="Microsoft.ContainerRegistry/registries/listCredentials/action",
            risk=Risk.READ_ONLY,
            why="Shows the admin user's passwords of today; it fails where that user is disabled.",
        ), again
    return FixStep(
        command=f"az acr token show --name {who} --registry {name}",
        needs="Microsoft.ContainerRegistry/registries/tokens/read",
        risk=Risk.READ_ONLY,
        why="Shows whether the token exists, is enabled, and when its passwords expire. Without "
        "such a token the user name is wrong. A new password replaces the old one for everybody.",
    ), again


def login_command(target: Target, registry: Registry | None) -> str:
    return f"az acr login --name {shlex.quote(commands.registry_name(target, registry))}"


def sign_in(target: Target, registry: Registry | None) -> tuple[FixStep, ...]:
    lasting = FixStep(
        command="",
        needs="whoever sets this machine or the cluster up",
        risk=Risk.CHANGES_ACCESS,
        why="For pulls that nobody watches let a managed identity sign in before each, or store a "
        "service principal's login. In Kubernetes attach the registry, or name a pull secret.",
    )
    return FixStep(
        command=login_command(target, registry),
        needs="an az that is signed in with an identity that may pull (AcrPull), and docker",
        risk=Risk.CHANGES_ACCESS,
        why="Stores a new token for the docker of this account. It lasts about three hours.",
        undo=f"docker logout {shlex.quote(target.login_server)}",
    ), lasting


def without_role(pull: Pull, registry: Registry | None) -> Finding | None:
    """A refused service principal may also be one without a role: the answer is the same 401."""
    if pull.missing and pull.missing.switched_off:
        return None  # there may be an identity, which pulls
    login = pull.stored.spoilt if pull.stored else None
    if login is None or login.state is not State.REFUSED or not is_principal(login):
        return None
    who = shlex.quote(login.user)
    return Finding(
        confidence=Confidence.POSSIBLE,
        evidence=(Evidence(check="stored-credentials", saw=login.words),),
        fix=(
            _role.grant(
                f'"$(az ad sp show --id {who} --query id -o tsv)"',
                service=True,
                target=pull.target,
                registry=registry,
            ),
        ),
        settle=_role.listing(who, pull.target, registry),
    )


def without_repository(pull: Pull, registry: Registry | None) -> Finding | None:
    """A service principal that is let in and may not pull: in ABAC mode its AcrPull is nothing."""
    logins = pull.stored.logins if pull.stored else ()
    login = next((one for one in logins if one.state is State.POWERLESS), None)
    if login is None or not is_principal(login) or (pull.missing and pull.missing.switched_off):
        return None
    who = f'"$(az ad sp show --id {shlex.quote(login.user)} --query id -o tsv)"'
    grant = _role.grant(who, service=True, target=pull.target, registry=registry, role=_role.READ)
    return Finding(
        confidence=Confidence.LIKELY,
        evidence=(Evidence(check="stored-credentials", saw=login.words),),
        fix=(grant,),
        settle=commands.acr_show(pull.target, registry, "roleAssignmentMode"),
        aside=bool(pull.granted),
    )
